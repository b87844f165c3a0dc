/**
 * Turns a published encoder into RECFORMER's starting point, the "LF weights" (method 4.7): four token types,
 * item positions, window 64. A model with full attention (BERT, RoBERTa, MiniLM) becomes a Longformer in the
 * way Longformer was made from RoBERTa: positions are repeated, and global projections are copied from the
 * local ones. No training here.
 */
import type { HostTensor, NamedHostTensors } from '../../engine/types';
import { InputError } from '../../errors';
import { createRandom } from '../../random';
import type { EncoderConfig } from '../encoder/config';
import { normal } from '../initialise';
import type { LanguageModel } from '../languageModel';

/** Sizes of the RECFORMER to make; the authors' by default. */
export interface RecformerOptions {
  window?: number;
  tokenTypes?: number;
  itemPositions?: number;
  /** Longest input in tokens. Positions of a full-attention model are repeated up to it. */
  maxTokens?: number;
  /** Seed of the item-position rows, which no published file has. */
  seed?: number;
  /**
   * "normal": N(0, initializerStd), as in the authors' code. "zero" (the option of D27): item positions carry
   * no information at first.
   */
  itemPositionStart?: 'normal' | 'zero';
}

/**
 * RECFORMER's starting point from a published encoder (docs/method.md, section 4.7): four token types, item
 * positions, a window of 64 tokens. A model with full attention (BERT, RoBERTa, MiniLM) becomes a Longformer
 * first.
 * @throws InputError for a model with relative positions (MPNet).
 * @example
 * ```ts
 * import { loadModel, saveModel, toRecformer } from 'elephant/models';
 * const { model } = await loadModel('data/models/allenai/longformer-base-4096');
 * await saveModel('data/models/recformer-start', toRecformer(model));
 * ```
 */
export function toRecformer(model: LanguageModel, options: RecformerOptions = {}): LanguageModel {
  const {
    window = 64,
    tokenTypes = 4,
    itemPositions = 51,
    maxTokens = 1024,
    seed = 42,
    itemPositionStart = 'normal',
  } = options;
  const { config: from, weights: given, padToken } = model;
  if (from.relativeBuckets !== undefined)
    throw new InputError(
      'toRecformer',
      'expected a model with absolute positions alone, got relative ones (MPNet)',
      'A window has none of these: start from a BERT, RoBERTa, DistilBERT or MiniLM',
    );
  const config: EncoderConfig = { ...from, attention: 'window', window, tokenTypes, itemPositions };
  const weights: NamedHostTensors = { ...given };
  const d = from.hidden;

  // Longformer has one row, which is repeated. BERT has two, for sentences A and B; the first is the usual
  // one.
  if (from.tokenTypes !== tokenTypes) {
    weights['embeddings/types'] = table(tokenTypes, d, () => 0, given['embeddings/types']);
  }
  if (from.itemPositions !== itemPositions) {
    const shape = [itemPositions, d];
    weights['embeddings/itemPositions'] =
      itemPositionStart === 'zero'
        ? { shape, dtype: 'float32', data: new Float32Array(itemPositions * d) }
        : normal(createRandom(seed), shape, from.initializerStd);
  }
  if (from.attention === 'full') {
    // Position ids start after the padding id, as in Longformer. The rows before it are for padding and are
    // never used.
    config.positionOffset = padToken + 1;
    config.positions = maxTokens + config.positionOffset;
    const real = from.positions - from.positionOffset;
    weights['embeddings/positions'] = table(
      config.positions,
      d,
      (row) =>
        row < config.positionOffset
          ? undefined
          : from.positionOffset + ((row - config.positionOffset) % real),
      given['embeddings/positions'],
    );
    for (let i = 0; i < config.layers; i++) {
      const name = `layer${i}/attention`;
      for (const part of ['kernel', 'bias']) {
        const local = given[`${name}/local/${part}`];
        weights[`${name}/globalQuery/${part}`] = columns(local, 0, d);
        weights[`${name}/globalKeyValue/${part}`] = columns(local, d, 3 * d);
      }
    }
  }
  return { config, weights, head: model.head, padToken, pooling: 'first', normalise: false };
}

/** A table whose row r is row source(r) of `old`, or zero if that is undefined. */
function table(
  rows: number,
  d: number,
  source: (row: number) => number | undefined,
  old: HostTensor,
): HostTensor {
  const data = new Float32Array(rows * d);
  for (let r = 0; r < rows; r++) {
    const from = source(r);
    if (from !== undefined) data.set((old.data as Float32Array).subarray(from * d, (from + 1) * d), r * d);
  }
  return { shape: [rows, d], dtype: 'float32', data };
}

function columns({ shape, data }: HostTensor, from: number, to: number): HostTensor {
  const width = shape[shape.length - 1];
  const rows = shape.length === 1 ? 1 : shape[0];
  const out = new Float32Array(rows * (to - from));
  for (let r = 0; r < rows; r++)
    out.set((data as Float32Array).subarray(r * width + from, r * width + to), r * (to - from));
  return { shape: shape.length === 1 ? [to - from] : [rows, to - from], dtype: 'float32', data: out };
}
