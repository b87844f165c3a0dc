/** Sampled softmax against the full one, BCE against its formula. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { LOSSES } from '../../lib/src/training/losses';
import { createRandom } from '../../lib/src/random';

tf.enableProdMode();
const random = createRandom(5);
const tensor = (rows: number, columns: number): tf.Tensor2D =>
  tf.tensor2d(
    Float32Array.from({ length: rows * columns }, () => random.normal()),
    [rows, columns],
  );

const N = 11;
const C = 17;
const d = 6;
const hidden = tensor(N, d);
const classes = tensor(C, d);
const labels = tf.tensor1d(
  Array.from({ length: N }, () => random.integer(C)),
  'int32',
);
const weights = tf.tensor1d(Array.from({ length: N }, (_, i) => (i === 4 ? 0 : random.uniform())));

function plain(h: tf.Tensor, e: tf.Tensor): tf.Scalar {
  const logits = tf.matMul(h as tf.Tensor2D, e as tf.Tensor2D, false, true);
  const picked = tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(labels, C)), 1);
  return tf.neg(tf.sum<tf.Scalar>(tf.mul(picked, weights)));
}

const difference = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0];

describe('sampled softmax', () => {
  const all = tf.range(0, C, 1, 'int32') as tf.Tensor1D;
  const positives = tf.gather(classes, labels);

  it('is the full softmax when every class is drawn once', () => {
    const loss = LOSSES.sampled.value({
      hidden,
      positives,
      negatives: classes,
      labels,
      negativeLabels: all,
      weights,
      inputs: { logQ: tf.zeros([C]) },
    });
    expect(difference(loss, plain(hidden, classes))).toBeLessThan(1e-5);
  });

  it('estimates the full softmax when corrected: each class drawn twice counts half', () => {
    const twice = tf.concat([all, all]);
    const loss = LOSSES.sampled.value({
      hidden,
      positives,
      negatives: tf.gather(classes, twice),
      labels,
      negativeLabels: twice,
      weights,
      inputs: { logQ: tf.fill([2 * C], Math.log(2)) },
    });
    expect(difference(loss, plain(hidden, classes))).toBeLessThan(1e-5);
  });
});

describe('binary cross-entropy', () => {
  it('follows its formula with several negatives', () => {
    const k = 3;
    const positives = tensor(N, d);
    const negatives = tensor(N * k, d);
    const loss = LOSSES.bce
      .value({ hidden, positives, negatives, labels, negativeLabels: labels, weights, inputs: {} })
      .dataSync()[0];
    const [h, p, q, w] = [hidden, positives, negatives, weights].map((t) => t.arraySync()) as [
      number[][],
      number[][],
      number[][],
      number[],
    ];
    const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    let expected = 0;
    h.forEach((row, n) => {
      expected -= w[n] * Math.log(sigmoid(dot(row, p[n])));
      for (let j = 0; j < k; j++) expected -= (w[n] / k) * Math.log(1 - sigmoid(dot(row, q[n * k + j])));
    });
    expect(loss).toBeCloseTo(expected, 4);
  });
});
