/**
 * Layer normalisation over the last axis, as one operator in the forward pass, with its gradient written out.
 * Also its form with the sample deviation.
 */
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
    const value = isTracing()
      ? recordLayerNorm(x, gain, bias, eps)
      : tf.add(tf.mul(standardise(x, eps)[0], gain), bias);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, gain] = saved;
        // Recomputed, because the forward operator does not return it and this is cheaper than keeping it.
        const [normal, inverse] = standardise(x, eps);
        const along = tf.mul(dy, normal);
        const mean = tf.mul(gain, 1 / d);
        const dx = tf.mul(
          tf.sub(tf.sub(tf.mul(dy, gain), tf.mul(normal, weightedSum(along, mean))), weightedSum(dy, mean)),
          inverse,
        );
        return [dx, tf.sum(rows(along, d), 0), tf.sum(rows(dy, d), 0)];
      },
    };
  });
  return run(x, gain, bias) as T;
}

/** Added inside the root, for rows whose numbers are all equal. */
const NO_VARIANCE = 1e-12;

/**
 * (x - mean) / (s + eps) * gain + bias. s is the standard deviation over the last axis, of d numbers, with
 * divisor d - 1: the layer norm of some PyTorch programs that spell it out. x: [..., d]; gain, bias: [d];
 * result: [..., d].
 */
export function sampleNorm<T extends Tensor>(x: T, gain: Tensor, bias: Tensor, eps: number): T {
  const d = x.shape[x.shape.length - 1];
  // s from the biased deviation that standardise divides by.
  const excess = Math.sqrt(d / Math.max(1, d - 1));
  const run = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [x, gain, bias] = args as Tensor[];
    const [standard, inverse] = standardise(x, NO_VARIANCE);
    const factor = tf.reciprocal(tf.add(tf.mul(inverse, eps), excess));
    const normal = tf.mul(standard, factor);
    save([standard, normal, tf.mul(inverse, factor), gain]);
    return {
      value: tf.add(tf.mul(normal, gain), bias),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [standard, normal, slope, gain] = saved;
        const along = tf.mul(dy, normal);
        const turned = tf.mul(standard, weightedSum(along, tf.mul(gain, 1 / (Math.max(1, d - 1) * excess))));
        const dx = tf.mul(
          tf.sub(tf.sub(tf.mul(dy, gain), turned), weightedSum(dy, tf.mul(gain, 1 / d))),
          slope,
        );
        return [dx, tf.sum(rows(along, d), 0), tf.sum(rows(dy, d), 0)];
      },
    };
  });
  return run(x, gain, bias) as T;
}

/**
 * Sum over the last axis of t [..., d] times weights [d], [..., 1]. A product with a vector reads t once and
 * writes little.
 */
function weightedSum(t: Tensor, weights: Tensor): Tensor {
  const d = weights.size;
  return tf.reshape(tf.matMul(rows(t, d), tf.reshape(weights, [d, 1]) as Tensor2D), [
    ...t.shape.slice(0, -1),
    1,
  ]);
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
