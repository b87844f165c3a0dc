/** Gaussian error linear unit. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTracing, recordGelu } from '../trace/kernels/fused';

/**
 * x times the probability that a standard normal number is below x: exactly ('erf', as BERT and Longformer), or by the tanh
 * formula of Hendrycks and Gimpel ('tanh', as the original GPT and BERT4Rec code).
 */
export function gelu<T extends Tensor>(x: T, form: 'erf' | 'tanh' = 'erf'): T {
  // Without a tape nobody asks for the gradient.
  if (form === 'erf') return (isTracing() && !tf.engine().isTapeOn() ? recordGelu(x) : geluErf(x)) as T;
  const cubic = tf.mul(x, tf.add(tf.mul(tf.mul(x, x), 0.044715), 1));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(cubic, Math.sqrt(2 / Math.PI))), 1)) as T;
}

/**
 * With h = x / sqrt 2 and s = 1 + erf(h): the value is h s / sqrt 2 and the slope (s + 2 / sqrt(pi) h exp(-h h)) / 2. Where a
 * gradient will be taken, h and s are kept for it; the factors stand where a product before or after absorbs them.
 */
const geluErf = tf.customGrad((input, save) => {
  const x = input as Tensor;
  const half = tf.mul(x, Math.SQRT1_2);
  const share = tf.add(tf.erf(half), 1);
  (save as tf.GradSaveFunc)([half, share]);
  return {
    value: tf.mul(tf.mul(half, share), Math.SQRT1_2),
    gradFunc: (dy: Tensor, saved: Tensor[]) => {
      const [half, share] = saved;
      const bell = tf.mul(half, tf.exp(tf.sub(Math.log(2 / Math.sqrt(Math.PI)), tf.mul(half, half))));
      return tf.mul(tf.mul(dy, 0.5), tf.add(bell, share));
    },
  };
});
