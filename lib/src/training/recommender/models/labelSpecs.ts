/** Inputs that every training step has. */
import type { NamedSpecs } from '../../../engine/types';

/** Ids of the labels and their weights; `size` positions. */
export function labelSpecs(size: number): NamedSpecs {
  return { labels: { shape: [size], dtype: 'int32' }, weights: { shape: [size], dtype: 'float32' } };
}
