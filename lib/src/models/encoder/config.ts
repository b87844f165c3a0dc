/**
 * What a text encoder looks like: BERT, RoBERTa and MiniLM ("full" attention), Longformer and RECFORMER
 * ("window" attention with a global first token). They share one description because they differ in little
 * else. Weights are in the engine's state.
 */
import { InputError } from '../../errors';

export interface EncoderConfig {
  /**
   * "full": every token sees every token of its sequence. "window": a token sees its neighbours and the first
   * token, and the first token sees all.
   */
  attention: 'full' | 'window';
  layers: number;
  heads: number;
  /** Width d; a multiple of `heads`. */
  hidden: number;
  /** Width inside the feed-forward part. */
  intermediate: number;
  /** Rows of the word table. */
  vocabulary: number;
  /** Rows of the position table. */
  positions: number;
  /** Position of the first token: 0 in BERT, 2 in RoBERTa and Longformer (padding id + 1). */
  positionOffset: number;
  tokenTypes: number;
  /** Rows of RECFORMER's item-position table; 0 if the model has none. */
  itemPositions: number;
  /** Tokens seen on both sides together (64 means 32 on each). Even; not used with full attention. */
  window: number;
  /** Rows of MPNet's table of relative positions (full attention); absent if the model has none. */
  relativeBuckets?: number;
  normEps: number;
  hiddenDropout: number;
  attentionDropout: number;
  /** Standard deviation of initial weights. */
  initializerStd: number;
}

/** RECFORMER at the size of the paper (method 4.1): Longformer base with window 64 and item positions. */
export const RECFORMER_BASE: EncoderConfig = {
  attention: 'window',
  layers: 12,
  heads: 12,
  hidden: 768,
  intermediate: 3072,
  vocabulary: 50265,
  positions: 4098,
  positionOffset: 2,
  tokenTypes: 4,
  itemPositions: 51,
  window: 64,
  normEps: 1e-5,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
  initializerStd: 0.02,
};

/** Refuses a configuration that no encoder can have. */
export function checkEncoderConfig(config: EncoderConfig, where = 'encoder'): void {
  const whole: (keyof EncoderConfig)[] = [
    'layers',
    'heads',
    'hidden',
    'intermediate',
    'vocabulary',
    'positions',
    'tokenTypes',
  ];
  for (const key of whole) {
    if (!Number.isInteger(config[key]) || (config[key] as number) < 1) {
      throw new InputError(where, `expected ${key} to be a positive integer, got ${config[key]}`);
    }
  }
  if (config.hidden % config.heads !== 0) {
    throw new InputError(
      where,
      `expected hidden to be a multiple of heads, got ${config.hidden} and ${config.heads}`,
    );
  }
  if (config.attention === 'window' && (config.window < 2 || config.window % 2 !== 0)) {
    throw new InputError(where, `expected window to be even and positive, got ${config.window}`);
  }
}
