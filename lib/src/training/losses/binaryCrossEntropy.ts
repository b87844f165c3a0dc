/**
 * SASRec's own loss (method 7.4): each position's label against k drawn negatives, as binary cross-entropy
 * with logits. Vectors in, scalar out; who draws the negatives is the caller's affair.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

/**
 * sum_n weights[n] * (softplus(-h.positive) + mean over k of softplus(h.negative)). `hidden` and `positives`
 * [N, d], `negatives` [N * k, d] with the k of a position side by side, `weights` [N] (1/count where a label
 * is, else 0).
 */
export function binaryCrossEntropyLoss(
  hidden: Tensor,
  positives: Tensor,
  negatives: Tensor,
  weights: Tensor,
): Scalar {
  const [N, d] = hidden.shape as [number, number];
  const k = negatives.shape[0] / N;
  const positive = tf.sum(tf.mul(hidden, positives), 1);
  const negative =
    k === 1
      ? tf.sum(tf.mul(hidden, negatives), 1, true)
      : tf.sum(tf.mul(tf.reshape(hidden, [N, 1, d]), tf.reshape(negatives, [N, k, d])), 2);
  const perPosition = tf.add(tf.softplus(tf.neg(positive)), tf.mean(tf.softplus(negative), 1));
  return tf.sum(tf.mul(perPosition, weights));
}
