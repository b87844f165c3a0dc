/** The number of threads that makes a training fastest. Stages set their own. */
import { libraryLoss } from '../losses';
import type { RecommenderOptions } from './options';

/** At this width or more, the products of the layers alone are worth sharing. */
const WIDE = 512;

/**
 * All threads if the loss is a softmax over all items or the model is wide, otherwise one. Without logits, a
 * narrow model's step is hundreds of operators of about ten microseconds each, and two threads lose more by
 * sharing them than they gain.
 *
 * Seconds per epoch of BCE with one and two threads: Beauty at width 64 2.2 and 3.4; Office_Products at 64
 * 0.18 and 0.3, 256 1.1 and 1.3, 384 2.1 and 2.1, 512 3.5 and 2.7, 768 8.2 and 5.3.
 */
export function usefulThreads(
  { loss, dim }: Pick<RecommenderOptions, 'loss' | 'dim'>,
  available: number,
): number {
  return libraryLoss(loss).against === 'allItems' || dim >= WIDE ? available : 1;
}
