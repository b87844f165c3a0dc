import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect } from 'vitest';
import { simulateCorpus, simulateDomain } from '../../../lib/src/data/simulation';
import { unitRows } from '../../../lib/src/models/recformer/similarity';
import { tokenizerFromJson, trainBpe } from '../../../lib/src/text';
import { contrastiveLoss } from '../../../lib/src/training/language/contrastiveLoss';
import type { Answer } from './answer';
import { foldedCode } from './foldedCode';

export const answers: readonly Answer[] = [
  async () => {
    const titles = simulateDomain('Pantry', { size: 'smoke' }).itemTexts.map(({ title }) => title);
    const texts = [...simulateCorpus({ sentences: 500 }), ...titles];
    const [small, large] = await Promise.all(
      [500, 1000].map(async (size) => {
        const tokenizer = await tokenizerFromJson(
          trainBpe(texts, size, { lowerCase: true, prefixSpace: true }),
        );
        return titles.reduce((sum, title) => sum + tokenizer.encode(title).length, 0);
      }),
    );
    expect(small).toBeGreaterThan(large);
  },
  () => {
    // The best that can be: each user lies on its item, and two users have the same one.
    const users = tf.tensor2d([
      [1, 0],
      [1, 0],
      [0, 1],
    ]);
    const { loss } = contrastiveLoss(users, users, tf.tensor1d([1, 1, 0]));
    expect(loss.dataSync()[0]).toBeCloseTo(Math.log(2), 5);
  },
  () => {
    const cosines = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(unitRows(a), unitRows(b), false, true);
    const yours = foldedCode<(a: tf.Tensor, b: tf.Tensor) => number>('03-0-words-to-vectors', {
      tf,
      cosines,
    });
    const three = tf.eye(3);
    expect(yours(three, three)).toBe(1);
    expect(yours(three, tf.gather(three, [1, 0, 2]))).toBeCloseTo(1 / 3);
  },
];
