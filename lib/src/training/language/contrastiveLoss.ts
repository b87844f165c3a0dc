/** The item-item contrastive loss of stage-PT (method 5.3), with the items of a batch as negatives. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropyWithLabels } from '../../engine/ops';
import { TEMPERATURE, unitRows } from '../../models/recformer/similarity';

/**
 * Cross-entropy of each user's own item among the items of all pairs, by cosine over temperature; equal items
 * are not masked out. `users` and `items` [pairs, d], `weights` [pairs] 1, or 0 for a place without a pair.
 * `correct`: number of pairs whose own item is first.
 */
export function contrastiveLoss(
  users: Tensor,
  items: Tensor,
  weights: Tensor1D,
): { loss: Scalar; correct: Tensor } {
  const [u, v] = [unitRows(users), unitRows(items)];
  const pairs = weights.size;
  // Places without a pair are no candidates.
  const absent = tf.reshape(tf.mul(tf.sub(1, weights), -1e9), [1, pairs]);
  const logits = tf.add(tf.mul(tf.matMul(u, v, false, true), 1 / TEMPERATURE), absent) as Tensor2D;
  const own = tf.range(0, pairs, 1, 'int32');
  const loss = softmaxCrossEntropyWithLabels(logits, own, weights);
  const diagonal = tf.sum(tf.mul(logits, tf.eye(pairs)), 1, true);
  const above = tf.sum(tf.cast(tf.greater(logits, diagonal), 'float32'), 1);
  return { loss, correct: tf.sum(tf.mul(tf.cast(tf.equal(above, 0), 'float32'), weights)) };
}
