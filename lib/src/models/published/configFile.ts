/**
 * `config.json` of published encoders (BERT, RoBERTa, DistilBERT, MPNet, Longformer, and our RECFORMER files)
 * as an EncoderConfig, and back. Other architectures are refused by name, because a wrong guess would load
 * and compute nonsense.
 */
import { InputError, unknownName } from '../../errors';
import { type EncoderConfig, checkEncoderConfig } from '../encoder/config';
import type { WeightNaming } from './weightNames';

const FAMILIES = ['bert', 'roberta', 'xlm-roberta', 'longformer', 'distilbert', 'mpnet'] as const;
type Family = (typeof FAMILIES)[number];

/** Keys of DistilBERT's file, by the names used in the other files. */
const DISTILBERT_KEYS: Readonly<Record<string, string>> = {
  num_hidden_layers: 'n_layers',
  num_attention_heads: 'n_heads',
  hidden_size: 'dim',
  intermediate_size: 'hidden_dim',
  hidden_dropout_prob: 'dropout',
  attention_probs_dropout_prob: 'attention_dropout',
  hidden_act: 'activation',
};

export interface ParsedConfig {
  readonly config: EncoderConfig;
  readonly padToken: number;
  readonly naming: WeightNaming;
}

/** `file` is the parsed file, `where` its path. */
export function parseConfig(file: Readonly<Record<string, unknown>>, where: string): ParsedConfig {
  const family = String(file.model_type ?? '') as Family;
  const json = family === 'distilbert' ? { ...file, ...renamed(file) } : file;
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
  if (json.is_decoder === true)
    throw new InputError(where, 'expected an encoder, got is_decoder true: its tokens see only earlier ones');
  const number = (key: string, fallback?: number): number => {
    const value = json[key] ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new InputError(where, `expected a number for ${key}, got ${JSON.stringify(value)}`);
    return value;
  };
  const bert = family === 'bert' || family === 'distilbert';
  const typed = family !== 'distilbert' && family !== 'mpnet';
  const padToken = number('pad_token_id', bert ? 0 : 1);
  const config: EncoderConfig = {
    attention: family === 'longformer' ? 'window' : 'full',
    layers: number('num_hidden_layers'),
    heads: number('num_attention_heads'),
    hidden: number('hidden_size'),
    intermediate: number('intermediate_size'),
    vocabulary: number('vocab_size'),
    positions: number('max_position_embeddings'),
    positionOffset: bert ? 0 : padToken + 1,
    tokenTypes: typed ? number('type_vocab_size', bert ? 2 : 1) : 1,
    itemPositions: number('max_item_embeddings', 0),
    window: family === 'longformer' ? windowOf(json.attention_window, where) : 0,
    normEps: number('layer_norm_eps', bert || family === 'mpnet' ? 1e-12 : 1e-5),
    hiddenDropout: number('hidden_dropout_prob', 0.1),
    attentionDropout: number('attention_probs_dropout_prob', 0.1),
    initializerStd: number('initializer_range', 0.02),
    ...(family === 'mpnet' ? { relativeBuckets: number('relative_attention_num_buckets', 32) } : {}),
  };
  checkEncoderConfig(config, where);
  return { config, padToken, naming: family === 'distilbert' || family === 'mpnet' ? family : 'bert' };
}

/** DistilBERT's values under the names used in the other files. Its layer norm has no entry of its own. */
function renamed(file: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(DISTILBERT_KEYS).map(([name, key]) => [name, file[key]]));
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
