/** The written-out gradient of the chunked softmax equals autodiff of the plain one; sampled softmax and BCE against their formulas. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '../../lib/src/engine/gradients';
import { describe, expect, it } from 'vitest';
import { binaryCrossEntropyLoss, fullSoftmaxLoss, sampledSoftmaxLoss } from '../../lib/src/training/losses';
import { createRandom } from '../../lib/src/text/random';

tf.enableProdMode();
const random = createRandom(5);
const tensor = (shape: number[], scale = 1): tf.Tensor =>
  tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * random.normal()), shape);

const N = 11;
const C = 17;
const d = 6;
const hidden = tensor([N, d]);
const classes = tensor([C, d]);
const bias = tensor([C]);
const labels = tf.tensor1d(Array.from({ length: N }, () => random.integer(C)), 'int32');
const weights = tf.tensor1d(Array.from({ length: N }, (_, i) => (i === 4 ? 0 : random.uniform())));

function plain(h: tf.Tensor, e: tf.Tensor, b?: tf.Tensor): tf.Scalar {
  let logits: tf.Tensor = tf.matMul(h as tf.Tensor2D, e as tf.Tensor2D, false, true);
  if (b !== undefined) logits = tf.add(logits, b);
  const picked = tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(labels, C)), 1);
  return tf.neg(tf.sum<tf.Scalar>(tf.mul(picked, weights)));
}

const difference = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0];

describe('full softmax in chunks', () => {
  it.each([1, 4, 11, 64])('equals the plain one with chunks of %i positions, gradient and all', (chunk) => {
    const chunked = tf.valueAndGrads((h: tf.Tensor, e: tf.Tensor, b: tf.Tensor) =>
      tf.mul(fullSoftmaxLoss({ hidden: h, classes: e, bias: b, labels, weights }, chunk), 3) as tf.Scalar,
    )([hidden, classes, bias]);
    const expected = tf.valueAndGrads((h: tf.Tensor, e: tf.Tensor, b: tf.Tensor) => tf.mul(plain(h, e, b), 3) as tf.Scalar)([hidden, classes, bias]);
    expect(difference(chunked.value, expected.value)).toBeLessThan(1e-5);
    chunked.grads.forEach((gradient, i) => expect(difference(gradient, expected.grads[i])).toBeLessThan(1e-5));
  });

  it('goes without a bias', () => {
    const chunked = tf.valueAndGrads((h: tf.Tensor, e: tf.Tensor) => fullSoftmaxLoss({ hidden: h, classes: e, labels, weights }, 4))([hidden, classes]);
    const expected = tf.valueAndGrads((h: tf.Tensor, e: tf.Tensor) => plain(h, e))([hidden, classes]);
    expect(difference(chunked.value, expected.value)).toBeLessThan(1e-5);
    chunked.grads.forEach((gradient, i) => expect(difference(gradient, expected.grads[i])).toBeLessThan(1e-5));
  });

  it('survives logits whose probability of the label underflows', () => {
    const far = tf.mul(hidden, 500);
    const loss = fullSoftmaxLoss({ hidden: far, classes, labels, weights }).dataSync()[0];
    expect(Number.isFinite(loss)).toBe(true);
    expect(Math.abs(loss - plain(far, classes).dataSync()[0]) / loss).toBeLessThan(1e-5);
  });
});

describe('sampled softmax', () => {
  const all = tf.range(0, C, 1, 'int32') as tf.Tensor1D;
  const positives = tf.gather(classes, labels);

  it('is the full softmax when every class is drawn once', () => {
    const loss = sampledSoftmaxLoss({ hidden, positives, negatives: classes, labels, negativeLabels: all, weights, logQ: tf.zeros([C]) });
    expect(difference(loss, plain(hidden, classes))).toBeLessThan(1e-5);
  });

  it('estimates the full softmax when corrected: each class drawn twice counts half', () => {
    const twice = tf.concat([all, all]);
    const loss = sampledSoftmaxLoss({ hidden, positives, negatives: tf.gather(classes, twice), labels, negativeLabels: twice, weights, logQ: tf.fill([2 * C], Math.log(2)) });
    expect(difference(loss, plain(hidden, classes))).toBeLessThan(1e-5);
  });
});

describe('binary cross-entropy', () => {
  it('follows its formula with several negatives', () => {
    const k = 3;
    const positives = tensor([N, d]);
    const negatives = tensor([N * k, d]);
    const loss = binaryCrossEntropyLoss(hidden, positives, negatives, weights).dataSync()[0];
    const [h, p, q, w] = [hidden, positives, negatives, weights].map((t) => t.arraySync()) as [number[][], number[][], number[][], number[]];
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
