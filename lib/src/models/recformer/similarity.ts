/** Similarity of RECFORMER (method 4.5): cosine over a temperature. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/** The paper's temperature; the command-line option of the authors' code is never used. */
export const TEMPERATURE = 0.05;

/** Rows divided by their length; a zero row stays zero. [n, d] */
export function unitRows(x: Tensor): Tensor2D {
  const squares = tf.sum(tf.mul(x, x), -1, true);
  return tf.mul(x, tf.rsqrt(tf.maximum(squares, 1e-24))) as Tensor2D;
}

/** Scores [n, m] of users [n, d] and items [m, d]. `unitItems` are rows of length 1 already. */
export function similarity(users: Tensor, unitItems: Tensor2D): Tensor2D {
  return tf.mul(tf.matMul(unitRows(users), unitItems, false, true), 1 / TEMPERATURE) as Tensor2D;
}
