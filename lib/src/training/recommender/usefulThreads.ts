/**
 * With how many threads a training is fastest. Stages name their threads themselves.
 */
import { libraryLoss } from '../losses';
import type { RecommenderOptions } from './options';

/** From this width on the products of the layers alone are worth sharing. */
const WIDE = 512;

/**
 * All there are where the loss is a softmax over all items or the model is wide, one otherwise: without
 * logits a narrow model's step is hundreds of operators of some ten microseconds, which two threads lose more
 * at sharing than they gain. Seconds an epoch of BCE with one and two threads: Beauty at width 64 2.2 and
 * 3.4; Office_Products at 64 0.18 and 0.3, 256 1.1 and 1.3, 384 2.1 and 2.1, 512 3.5 and 2.7, 768 8.2 and
 * 5.3.
 */
export function usefulThreads(
  { loss, dim }: Pick<RecommenderOptions, 'loss' | 'dim'>,
  available: number,
): number {
  return libraryLoss(loss).against === 'allItems' || dim >= WIDE ? available : 1;
}
