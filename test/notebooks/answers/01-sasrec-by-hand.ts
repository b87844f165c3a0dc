import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect } from 'vitest';
import { trainPart } from '../../../lib/src/data';
import { simulateDomain } from '../../../lib/src/data/simulation';
import { evaluate, gain, popularity, type Scorer } from '../../../lib/src/evaluation';
import type { Answer } from './answer';
import { foldedCode } from './foldedCode';

export const answers: readonly Answer[] = [
  () => {
    // Whatever the fits are: without the mask each weight is above zero.
    const weights = tf.softmax(tf.tensor2d([[1.2, -0.7, 0.9]])).dataSync();
    expect(Math.min(...weights)).toBeGreaterThan(0);
    const masked = tf.softmax(tf.add(tf.tensor2d([[1.2, -0.7, 0.9]]), [[0, -1e9, -1e9]])).dataSync();
    expect(Array.from(masked)).toEqual([1, 0, 0]);
  },
  () => {
    expect(gain(2, 10)).toBe(0.5);
    expect([gain(9, 10) > 0, gain(10, 10)]).toEqual([true, 0]);
  },
  async () => {
    const shop = simulateDomain('Pantry', { size: 'smoke' });
    const yours = foldedCode<Scorer>('01-sasrec-by-hand', { shop, trainPart });
    const [reached, wanted] = [await evaluate(shop, yours), await evaluate(shop, popularity(shop))];
    expect(reached.metrics).toEqual(wanted.metrics);
  },
];
