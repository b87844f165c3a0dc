/** Layer normalisation over the last axis. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * (x - mean) / sqrt(variance + eps) * gain + bias, mean and (biased) variance over the last axis.
 * x: [..., d]; gain, bias: [d]; result: [..., d].
 */
export function layerNorm<T extends Tensor>(x: T, gain: Tensor, bias: Tensor, eps: number): T {
  const normalise = tf.customGrad((input, save) => {
    const x = input as Tensor;
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.mul(centred, centred), -1, true), eps));
    const normal = tf.mul(centred, inverse);
    (save as tf.GradSaveFunc)([normal, inverse]);
    return {
      value: normal,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [normal, inverse] = saved;
        const along = tf.mul(normal, tf.mean(tf.mul(dy, normal), -1, true));
        return tf.mul(inverse, tf.sub(tf.sub(dy, tf.mean(dy, -1, true)), along));
      },
    };
  });
  return tf.add(tf.mul(normalise(x), gain), bias) as T;
}
