/** Gaussian error linear unit. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * x times the probability that a standard normal number is below x: exactly ('erf', as BERT and Longformer), or by the tanh
 * formula of Hendrycks and Gimpel ('tanh', as the original GPT and BERT4Rec code).
 */
export function gelu<T extends Tensor>(x: T, form: 'erf' | 'tanh' = 'erf'): T {
  if (form === 'erf') return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)) as T;
  const cubic = tf.mul(x, tf.add(tf.mul(tf.mul(x, x), 0.044715), 1));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(cubic, Math.sqrt(2 / Math.PI))), 1)) as T;
}
