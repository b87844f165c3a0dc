/** Layer normalisation over the last axis, one operator forwards, with its gradient written out. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { isTracing, recordLayerNorm, recordStandardise } from '../trace/kernels/fused';

/**
 * (x - mean) / sqrt(variance + eps) * gain + bias, mean and (biased) variance over the last axis.
 * x: [..., d]; gain, bias: [d]; result: [..., d].
 */
export function layerNorm<T extends Tensor>(x: T, gain: Tensor, bias: Tensor, eps: number): T {
  const d = x.shape[x.shape.length - 1];
  const run = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [x, gain, bias] = args as Tensor[];
    save([x, gain]);
    const value = isTracing() ? recordLayerNorm(x, gain, bias, eps) : tf.add(tf.mul(standardise(x, eps)[0], gain), bias);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, gain] = saved;
        // Recomputed: cheaper than keeping it, since the forward operator does not give it.
        const [normal, inverse] = standardise(x, eps);
        const along = tf.mul(dy, normal);
        // Row and column sums as products with a vector: a tenth of the cost of writing a tensor.
        const weights = tf.mul(tf.reshape(gain, [d, 1]) as Tensor2D, 1 / d) as Tensor2D;
        const column = (t: Tensor): Tensor => tf.reshape(tf.matMul(rows(t, d), weights), [...x.shape.slice(0, -1), 1]);
        const dx = tf.mul(tf.sub(tf.sub(tf.mul(dy, gain), tf.mul(normal, column(along))), column(dy)), inverse);
        return [dx, tf.sum(rows(along, d), 0), tf.sum(rows(dy, d), 0)];
      },
    };
  });
  return run(x, gain, bias) as T;
}

/** (x - mean) / sqrt(variance + eps) [..., d] and 1 / sqrt(variance + eps) [..., 1]. */
function standardise(x: Tensor, eps: number): [Tensor, Tensor] {
  if (isTracing()) return recordStandardise(x, eps);
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.mul(centred, centred), -1, true), eps));
  return [tf.mul(centred, inverse), inverse];
}

function rows(t: Tensor, d: number): Tensor2D {
  return tf.reshape(t, [t.size / d, d]);
}
