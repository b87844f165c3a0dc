/** Inputs that every training step has. */
import type { NamedSpecs } from '../../../engine/types';

/**
 * Input of a step that computes a piece of a batch: its share of the labels, times the number of pieces. Its
 * loss is multiplied by that.
 */
export const SHARE_OF_BATCH = 'shareOfBatch';

/** Ids of the labels and their weights; `size` positions. */
export function labelSpecs(size: number): NamedSpecs {
  return { labels: { shape: [size], dtype: 'int32' }, weights: { shape: [size], dtype: 'float32' } };
}
