/**
 * Softmax cross-entropy against a few drawn classes instead of all. K negatives are shared by the whole
 * batch, so their logits are one small product. Only with the logQ correction does the loss estimate the full
 * softmax.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedSpecs } from '../../engine/types';
import type { NegativesLoss } from './loss';

/**
 * Its inputs depend on the option `logQ`. Each is ln of the expected count of a class among the K draws.
 *
 * `logQ` [K] corrects the negatives, so that the sum over them estimates the sum over all classes.
 * `logQLabels` [N] also corrects the label's own logit, as TensorFlow's sampled_softmax_loss does. The label
 * is always present, so leaving it uncorrected is the unbiased form. A draw that equals a position's label
 * does not compete there.
 */
export const sampled = {
  name: 'sampled',
  meaning: 'softmax over drawn items',
  against: 'negativesPerBatch',
  // Sampled softmax with one negative is hardly a softmax; 256 is common in the field.
  defaults: { negatives: 256 },
  inputs: {
    /** [K] and [N], by the option `logQ`. */
    specs({ negatives, logQ }, positions) {
      const specs: NamedSpecs = {};
      if (logQ !== 'none') specs.logQ = { shape: [negatives], dtype: 'float32' };
      if (logQ === 'both') specs.logQLabels = { shape: [positions], dtype: 'float32' };
      return specs;
    },
    /** ln of the expected count of each draw, and of each label, among the K. */
    feeds: ({ labels, negatives, logExpected }, { logQ }) => ({
      ...(logQ !== 'none' && { logQ: Float32Array.from(negatives, logExpected) }),
      ...(logQ === 'both' && { logQLabels: Float32Array.from(labels, logExpected) }),
    }),
  },
  /** Softmax cross-entropy of each label against itself and the K drawn items. */
  value({ hidden, positives, negatives, labels, negativeLabels, weights, inputs: { logQ, logQLabels } }) {
    const [N] = hidden.shape;
    const [K] = negatives.shape;
    let positive: Tensor = tf.sum(tf.mul(hidden, positives), 1, true);
    let negative: Tensor = tf.matMul(hidden, negatives, false, true);
    if (logQ !== undefined) negative = tf.sub(negative, tf.reshape(logQ, [1, K]));
    if (logQLabels !== undefined) positive = tf.sub(positive, tf.reshape(logQLabels, [N, 1]));
    const same = tf.equal(tf.reshape(labels, [N, 1]), tf.reshape(negativeLabels, [1, K]));
    negative = tf.add(negative, tf.mul(tf.cast(same, 'float32'), -1e9));
    const logits = tf.concat([positive, negative], 1);
    const logSum = tf.reshape(tf.logSumExp(logits, 1), [N]);
    return tf.sum(tf.mul(weights, tf.sub(logSum, tf.reshape(positive, [N]))));
  },
} satisfies NegativesLoss;
