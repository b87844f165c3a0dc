/**
 * Softmax cross-entropy against a few drawn classes instead of all: K negatives shared by the whole batch, so
 * their logits are one small product. With the logQ correction the loss estimates the full softmax; without
 * it, it does not.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';

export interface SampledSoftmaxInputs {
  /** [N, d] */
  hidden: Tensor;
  /** Vectors of the labels, [N, d]. */
  positives: Tensor;
  /** Vectors of the drawn classes, [K, d]. */
  negatives: Tensor;
  /** int32 [N] and [K]: a draw that equals a position's label does not compete there. */
  labels: Tensor;
  negativeLabels: Tensor;
  /** [N], 1/count where a label is, else 0. */
  weights: Tensor;
  /**
   * ln of how often a class is expected among the K draws, for each negative [K]; absent: no correction. With
   * it the sum over negatives estimates that of all classes. `logQLabels` [N] corrects the label's own logit
   * too, as TensorFlow's sampled_softmax_loss does; the label is always there, so leaving it uncorrected is
   * the unbiased form.
   */
  logQ?: Tensor;
  logQLabels?: Tensor;
}

export function sampledSoftmaxLoss({
  hidden,
  positives,
  negatives,
  labels,
  negativeLabels,
  weights,
  logQ,
  logQLabels,
}: SampledSoftmaxInputs): Scalar {
  const [N] = hidden.shape;
  const [K] = negatives.shape;
  let positive: Tensor = tf.sum(tf.mul(hidden, positives), 1, true);
  let negative: Tensor = tf.matMul(hidden as Tensor2D, negatives as Tensor2D, false, true);
  if (logQ !== undefined) negative = tf.sub(negative, tf.reshape(logQ, [1, K]));
  if (logQLabels !== undefined) positive = tf.sub(positive, tf.reshape(logQLabels, [N, 1]));
  const same = tf.equal(tf.reshape(labels, [N, 1]), tf.reshape(negativeLabels, [1, K]));
  negative = tf.add(negative, tf.mul(tf.cast(same, 'float32'), -1e9));
  const logits = tf.concat([positive, negative], 1);
  const logSum = tf.reshape(tf.logSumExp(logits, 1), [N]);
  return tf.sum(tf.mul(weights, tf.sub(logSum, tf.reshape(positive, [N]))));
}
