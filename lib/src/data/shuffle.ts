/** A seeded order of training examples, the same for every batch size, and its division into batches. */
import { MT19937 } from './mt19937';

/** A permutation of 0..n-1 that depends on (n, seed, epoch) only. */
export function shuffledOrder(n: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, k) => k);
  const generator = new MT19937(mix(seed, epoch));
  for (let k = n - 1; k > 0; k--) {
    const other = generator.below(k + 1);
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order;
}

/**
 * Consecutive slices of `order`, of `batchSize` each; the last may be shorter, and is left out then if
 * `dropLast` is set. Views, no copies.
 * @throws RangeError for a batch size that is no whole number of at least 1.
 */
export function* slices(order: Int32Array, batchSize: number, dropLast = false): Generator<Int32Array> {
  if (!(Number.isInteger(batchSize) && batchSize > 0))
    throw new RangeError(`slices: expected a batch size of at least 1, got ${batchSize}`);
  for (let start = 0; start < order.length; start += batchSize) {
    const batch = order.subarray(start, start + batchSize);
    if (!(dropLast && batch.length < batchSize)) yield batch;
  }
}

/** One 32-bit seed from two numbers, so that neighbouring epochs and seeds do not share a stream. */
function mix(seed: number, epoch: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(epoch + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}
