/** Table look-up. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Rows of a table [n, d] at int32 ids [...]: [..., d]. The gradient sums over ids that occur more than once.
 */
export function embedding(table: Tensor, ids: Tensor): Tensor {
  const d = table.shape[1];
  const rows = tf.gather(table, tf.reshape(ids, [ids.size]));
  return tf.reshape(rows, [...ids.shape, d!]);
}
