import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect } from 'vitest';
import type { NegativesLoss } from '../../../lib/src/training/losses';
import type { Answer } from './answer';
import { foldedCode } from './foldedCode';

const bce = (positive: number, negative: number): string =>
  (Math.log(1 + Math.exp(-positive)) + Math.log(1 + Math.exp(negative))).toFixed(2);

export const answers: readonly Answer[] = [
  () => expect([bce(1, 0.5), bce(1, 2)]).toEqual(['1.29', '2.44']),
  () => {
    const expected = (50 * 100) / 999;
    expect(Math.round(expected)).toBe(5);
    expect(expected).toBeLessThan(10);
  },
  () => {
    const yours = foldedCode<NegativesLoss>('02-losses-and-ranking', { tf });
    const vectors = (...scores: number[]) => tf.tensor2d(scores, [scores.length, 1]);
    const batch = {
      hidden: vectors(1, 1),
      positives: vectors(1, 2),
      negatives: vectors(0.5, 3),
      weights: tf.tensor1d([0.5, 0.5]),
      labels: tf.tensor1d([1, 2], 'int32'),
      negativeLabels: tf.tensor1d([3, 4], 'int32'),
      inputs: {},
    };
    const value = yours.value(batch, { negatives: 1, negativeSampling: 'uniform', logQ: 'none' });
    const wanted = [0.5, -1].map((margin) => -Math.log(1 / (1 + Math.exp(-margin))));
    expect(value.dataSync()[0]).toBeCloseTo((wanted[0] + wanted[1]) / 2, 5);
  },
];
