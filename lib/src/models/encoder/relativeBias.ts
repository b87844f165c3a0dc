/**
 * MPNet's relative positions: the score of a query and a key gets a learnt value per head that depends on
 * their distance, the same in all layers. Short distances have a value each, long ones share values (the
 * buckets of T5).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Keys at this distance or farther share the last bucket. */
const FARTHEST = 128;

/** What is added to the scores of a row of L tokens, [1, heads, L, L], from a table [buckets, heads]. */
export function relativeBias(table: Tensor, L: number): Tensor {
  const [buckets, heads] = table.shape as [number, number];
  const of = Int32Array.from({ length: 2 * L - 1 }, (_, i) => relativeBucket(i - (L - 1), buckets));
  const pairs = Int32Array.from({ length: L * L }, (_, k) => of[(k % L) - Math.floor(k / L) + L - 1]);
  const values = tf.gather(table, tf.tensor1d(pairs, 'int32'));
  return tf.reshape(tf.transpose(values, [1, 0]), [1, heads, L, L]);
}

/**
 * Bucket of `distance`, key minus query. Keys before the query have the lower half of the buckets. In each
 * half, short distances have a bucket each and longer ones share ever wider buckets. Computed in float32, as
 * when the models were trained.
 */
export function relativeBucket(distance: number, buckets: number): number {
  const half = Math.floor(buckets / 2);
  const from = distance > 0 ? half : 0;
  const n = Math.abs(distance);
  const exact = Math.floor(half / 2);
  if (n < exact) return from + n;
  const share = Math.fround(Math.fround(Math.log(n / exact)) / Math.fround(Math.log(FARTHEST / exact)));
  return from + Math.min(half - 1, exact + Math.floor(Math.fround(share * (half - exact))));
}
