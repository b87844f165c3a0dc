/** With how many threads a training is fastest. Called by the command line and the benchmark; stages name their threads themselves. */
import type { RecommenderOptions } from './options';

/**
 * All there are where the loss is a softmax over all items, one otherwise: without logits a step is hundreds of operators of some ten
 * microseconds, which two threads lose more at sharing than they gain (BCE on Beauty at width 64, `elephant bench sequential --quick 30`
 * before it had this rule: 2.2 s an epoch with one, 3.4 s and more with two).
 */
export function usefulThreads({ loss }: Pick<RecommenderOptions, 'loss'>, available: number): number {
  return loss === 'ce' ? available : 1;
}
