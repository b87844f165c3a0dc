/** Gaussian error linear unit. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTracing, recordGelu } from '../trace/kernels/fused';

/**
 * x times the probability that a standard normal number is below x: exactly ('erf', as BERT and Longformer), or by the tanh
 * formula of Hendrycks and Gimpel ('tanh', as the original GPT and BERT4Rec code).
 */
export function gelu<T extends Tensor>(x: T, form: 'erf' | 'tanh' = 'erf'): T {
  if (form === 'erf') return geluErf(x) as T;
  const cubic = tf.mul(x, tf.add(tf.mul(tf.mul(x, x), 0.044715), 1));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(cubic, Math.sqrt(2 / Math.PI))), 1)) as T;
}

/** x (1 + erf(x / sqrt 2)) / 2. With h = x / sqrt 2, the slope is (1 + erf(h) + 2 / sqrt(pi) h exp(-h h)) / 2. */
const geluErf = tf.customGrad((input, save) => {
  const x = input as Tensor;
  (save as tf.GradSaveFunc)([x]);
  return {
    value: isTracing() ? recordGelu(x) : tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
    gradFunc: (dy: Tensor, saved: Tensor[]) => {
      const half = tf.mul(saved[0], Math.SQRT1_2);
      const bell = tf.mul(tf.mul(half, 2 / Math.sqrt(Math.PI)), tf.exp(tf.neg(tf.mul(half, half))));
      return tf.mul(tf.mul(dy, 0.5), tf.add(tf.add(tf.erf(half), bell), 1));
    },
  };
});
