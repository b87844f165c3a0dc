/** Gaussian error linear unit. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTracing, recordGelu } from '../trace/kernels/fused';

/**
 * x times the probability that a standard normal number is below x: exactly ('erf', as BERT and Longformer),
 * or by the tanh formula of Hendrycks and Gimpel ('tanh', as the original GPT and BERT4Rec code).
 */
export function gelu<T extends Tensor>(x: T, form: 'erf' | 'tanh' = 'erf'): T {
  // Without a tape nobody asks for the gradient.
  if (form === 'erf') return (isTracing() && !tf.engine().isTapeOn() ? recordGelu(x) : geluErf(x)) as T;
  return geluTanh(x) as T;
}

/**
 * With h = x / sqrt 2 and s = 1 + erf(h), the value is h s / sqrt 2 and the slope (s + 2 / sqrt(pi) h exp(-h
 * h)) / 2. If a gradient will be taken, h and s are kept for it. The factors are placed so that a product
 * before or after absorbs them.
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

/**
 * 2 sqrt(2 / pi), and that times 0.044715: the formula's (1 + tanh(u)) / 2 is sigmoid(2 u), and 2 u = x
 * (LINEAR + CUBIC x x).
 */
const LINEAR = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = LINEAR * 0.044715;

/**
 * With s = sigmoid(2 u), the value is x s and the slope s (1 + (x - x s) (2 u)'). That is a dozen operators,
 * half of what autodiff makes of the formula.
 */
const geluTanh = tf.customGrad((input, save) => {
  const x = input as Tensor;
  const square = tf.mul(x, x);
  const share = tf.sigmoid(tf.mul(x, tf.add(tf.mul(square, CUBIC), LINEAR)));
  const value = tf.mul(x, share);
  (save as tf.GradSaveFunc)([x, square, share, value]);
  return {
    value,
    gradFunc: (dy: Tensor, saved: Tensor[]) => {
      const [x, square, share, value] = saved;
      const steepness = tf.add(tf.mul(square, 3 * CUBIC), LINEAR);
      return tf.mul(dy, tf.mul(share, tf.add(tf.mul(tf.sub(x, value), steepness), 1)));
    },
  };
});
