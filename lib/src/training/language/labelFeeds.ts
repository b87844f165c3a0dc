/**
 * The masked-token inputs of a pre-training program: where the labels are, what they are, and how much each
 * counts.
 */
import type { Feeds } from '../../engine/types';
import type { BatchShape, EncoderBatch } from '../../models/encoder/packing';
import { MASKED_SHARE, type MaskedTokens, maskingBudget } from './maskWords';

/**
 * One side of a batch: masked sequences by their index in the packed batch, and the weight of the side's mean
 * loss.
 */
export interface MaskedSide {
  readonly weight: number;
  readonly sequences: readonly { readonly index: number; readonly masked: MaskedTokens }[];
}

/**
 * Enough places for all labels of `count` masked sequences in a part of a batch's tokens. A sequence has at
 * most share * length + (1 - share) labels, because the budget is rounded and at least 1.
 */
export function labelPlaces(
  { rows, rowLength }: BatchShape,
  partOfTokens: number,
  count: number,
  share = MASKED_SHARE,
): number {
  return Math.ceil(share * rows * rowLength * partOfTokens + (1 - share) * count);
}

/**
 * The same if budgets count padding (D25). Sequences have at most `longest` tokens, and each gets the budget
 * of the longest.
 */
export function paddedLabelPlaces(
  { rows, rowLength }: BatchShape,
  partOfTokens: number,
  count: number,
  longest: number,
): number {
  return Math.min(Math.ceil(rows * rowLength * partOfTokens), count * maskingBudget(longest));
}

/**
 * Each side's labels share its weight equally, so the weighted sum is weight times the mean over the side's
 * labels. Sequences in another piece of the batch (start -1) only count in the mean.
 */
export function labelFeeds(places: number, batch: EncoderBatch, sides: readonly MaskedSide[]): Feeds {
  const labelAt = new Int32Array(places);
  const labels = new Int32Array(places);
  const labelWeights = new Float32Array(places);
  let at = 0;
  for (const { weight, sequences } of sides) {
    const total = sequences.reduce((sum, { masked }) => sum + masked.positions.length, 0);
    for (const { index, masked } of sequences) {
      if (batch.starts[index] < 0) continue;
      masked.positions.forEach((position, k) => {
        if (at === places) throw new RangeError(`labelFeeds: expected at most ${places} labels`);
        labelAt[at] = batch.starts[index] + position;
        labels[at] = masked.labels[k];
        labelWeights[at++] = weight / total;
      });
    }
  }
  return { labelAt, labels, labelWeights };
}
