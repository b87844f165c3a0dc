/**
 * MPNet's relative positions: to the score of a query and a key their distance adds a learnt value per head,
 * the same in all layers. Near distances have a value each, far ones share theirs (the buckets of T5).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** From this distance on all keys share the last bucket. */
const FARTHEST = 128;

/** [1, heads, L, L] of a table [buckets, heads]: what is added to the scores of a row of L tokens. */
export function relativeBias(table: Tensor, L: number): Tensor {
  const [buckets, heads] = table.shape as [number, number];
  const of = Int32Array.from({ length: 2 * L - 1 }, (_, i) => relativeBucket(i - (L - 1), buckets));
  const pairs = Int32Array.from({ length: L * L }, (_, k) => of[(k % L) - Math.floor(k / L) + L - 1]);
  const values = tf.gather(table, tf.tensor1d(pairs, 'int32'));
  return tf.reshape(tf.transpose(values, [1, 0]), [1, heads, L, L]);
}

/**
 * Bucket of `distance`, key minus query: the lower half of the buckets for keys before the query, in each
 * half one per distance first, then ever wider ones. In float32, as the models were trained.
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
