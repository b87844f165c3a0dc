/** SASRec's own loss (method 7.4): binary cross-entropy of each label and its drawn negatives. */
import * as tf from '@tensorflow/tfjs-core';
import type { NegativesLoss } from './loss';

/** SASRec's own loss, of each label and its drawn items. */
export const bce = {
  name: 'bce',
  meaning: 'each label against drawn items',
  against: 'negativesPerPosition',
  /** sum_n weights[n] * (softplus(-h.positive) + mean over k of softplus(h.negative)). */
  value({ hidden, positives, negatives, weights }) {
    const [N, d] = hidden.shape;
    const k = negatives.shape[0] / N;
    const positive = tf.sum(tf.mul(hidden, positives), 1);
    const negative =
      k === 1
        ? tf.sum(tf.mul(hidden, negatives), 1, true)
        : tf.sum(tf.mul(tf.reshape(hidden, [N, 1, d]), tf.reshape(negatives, [N, k, d])), 2);
    const perPosition = tf.add(tf.softplus(tf.neg(positive)), tf.mean(tf.softplus(negative), 1));
    return tf.sum(tf.mul(perPosition, weights));
  },
} satisfies NegativesLoss;
