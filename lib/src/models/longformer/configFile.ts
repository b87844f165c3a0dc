/**
 * `config.json` of published encoders (BERT, RoBERTa, Longformer, and our RECFORMER files) as an
 * EncoderConfig, and back. Other architectures are refused by name: a wrong guess would load and compute
 * nonsense.
 */
import { InputError, unknownName } from '../../errors';
import { type EncoderConfig, checkEncoderConfig } from '../encoder/config';

type Family = 'bert' | 'roberta' | 'xlm-roberta' | 'longformer';
const FAMILIES: readonly Family[] = ['bert', 'roberta', 'xlm-roberta', 'longformer'];

export interface ParsedConfig {
  readonly config: EncoderConfig;
  readonly padToken: number;
}

/** `json` is the parsed file, `where` its path. */
export function parseConfig(json: Readonly<Record<string, unknown>>, where: string): ParsedConfig {
  const family = String(json.model_type ?? '') as Family;
  if (!FAMILIES.includes(family)) throw unknownName(where, 'model_type', family, FAMILIES);
  if (json.position_embedding_type !== undefined && json.position_embedding_type !== 'absolute') {
    throw new InputError(
      where,
      `expected absolute position embeddings, got ${String(json.position_embedding_type)}`,
    );
  }
  if (json.hidden_act !== undefined && json.hidden_act !== 'gelu') {
    throw new InputError(where, `expected hidden_act "gelu", got ${JSON.stringify(json.hidden_act)}`);
  }
  const number = (key: string, fallback?: number): number => {
    const value = json[key] ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new InputError(where, `expected a number for ${key}, got ${JSON.stringify(value)}`);
    return value;
  };
  const padToken = number('pad_token_id', family === 'bert' ? 0 : 1);
  const config: EncoderConfig = {
    attention: family === 'longformer' ? 'window' : 'full',
    layers: number('num_hidden_layers'),
    heads: number('num_attention_heads'),
    hidden: number('hidden_size'),
    intermediate: number('intermediate_size'),
    vocabulary: number('vocab_size'),
    positions: number('max_position_embeddings'),
    positionOffset: family === 'bert' ? 0 : padToken + 1,
    tokenTypes: number('type_vocab_size', family === 'bert' ? 2 : 1),
    itemPositions: number('max_item_embeddings', 0),
    window: family === 'longformer' ? windowOf(json.attention_window, where) : 0,
    normEps: number('layer_norm_eps', family === 'bert' ? 1e-12 : 1e-5),
    hiddenDropout: number('hidden_dropout_prob', 0.1),
    attentionDropout: number('attention_probs_dropout_prob', 0.1),
    initializerStd: number('initializer_range', 0.02),
  };
  checkEncoderConfig(config, where);
  return { config, padToken };
}

/**
 * The file for a windowed encoder: Hugging Face's LongformerModel opens it (and ignores the item positions).
 */
export function configJson(config: EncoderConfig, padToken: number): Record<string, unknown> {
  if (config.attention !== 'window')
    throw new InputError('configJson', 'expected a windowed encoder; full-attention models are only read');
  if (config.positionOffset !== padToken + 1) {
    throw new InputError(
      'configJson',
      `expected positions to start at padding id + 1 = ${padToken + 1}, got ${config.positionOffset}`,
    );
  }
  return {
    model_type: 'longformer',
    architectures: ['LongformerModel'],
    attention_window: Array.from({ length: config.layers }, () => config.window),
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    hidden_size: config.hidden,
    intermediate_size: config.intermediate,
    vocab_size: config.vocabulary,
    max_position_embeddings: config.positions,
    type_vocab_size: config.tokenTypes,
    max_item_embeddings: config.itemPositions,
    layer_norm_eps: config.normEps,
    hidden_act: 'gelu',
    hidden_dropout_prob: config.hiddenDropout,
    attention_probs_dropout_prob: config.attentionDropout,
    initializer_range: config.initializerStd,
    pad_token_id: padToken,
  };
}

function windowOf(value: unknown, where: string): number {
  const windows = Array.isArray(value) ? (value as unknown[]) : [value ?? 512];
  if (windows.some((w) => w !== windows[0]) || typeof windows[0] !== 'number') {
    throw new InputError(where, `expected one attention_window for all layers, got ${JSON.stringify(value)}`);
  }
  return windows[0];
}
