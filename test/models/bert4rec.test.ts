/**
 * BERT4Rec on packed rows equals its padded form; its output has V + 1 classes; its norm divides by n - 1
 * (method 16.6).
 */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  bert4rec,
  bert4recBody,
  bert4recClasses,
  type BERT4RecOptions,
  bert4recTable,
  maskToken,
} from '../../lib/src/models/bert4rec';
import { createRandom } from '../../lib/src/random';
import { packSequences } from '../../lib/src/training/recommender/packedFeeds';
import { paddedBert4rec } from './paddedBert4rec';
import { asTensors, evaluationContext, shaken } from './plainTensors';

const OPTIONS: BERT4RecOptions = {
  items: 30,
  dim: 8,
  blocks: 2,
  heads: 2,
  maxLength: 10,
  dropout: 0.1,
  output: 'untied',
};
const random = createRandom(9);
const weights = shaken({ ...bert4recBody(OPTIONS, random), ...bert4recTable(OPTIONS, random) }, random);

describe('BERT4Rec on packed rows', () => {
  it('equals the padded computation', () => {
    const histories = [1, 3, 5, 10, 2, 7, 4].map((length) => {
      const ids = Int32Array.from({ length }, () => 1 + random.integer(OPTIONS.items));
      ids[length - 1] = maskToken(OPTIONS.items);
      return ids;
    });
    const { plan, feeds } = packSequences(histories, OPTIONS.maxLength);
    expect(plan.rows).toBeLessThan(histories.length);
    const packed = tf.tidy(() => {
      const inputs = Object.fromEntries(
        Object.entries(feeds).map(([name, data]) => [
          name,
          tf.tensor2d(data, [plan.rows, OPTIONS.maxLength], 'int32'),
        ]),
      );
      return bert4rec(asTensors(weights), inputs, evaluationContext, OPTIONS).dataSync() as Float32Array;
    });
    let worst = 0;
    histories.forEach((history, k) => {
      paddedBert4rec(weights, history, OPTIONS)
        .slice(-history.length)
        .forEach((vector, j) => {
          const place = plan.row[k] * OPTIONS.maxLength + plan.start[k] + j;
          vector.forEach(
            (value, e) => (worst = Math.max(worst, Math.abs(value - packed[place * OPTIONS.dim + e]))),
          );
        });
    });
    expect(worst).toBeLessThan(1e-5);
  });

  it('gives the same for the places that are asked for alone', () => {
    const { plan, feeds } = packSequences([Int32Array.of(3, 4, 5), Int32Array.of(7, 31)], OPTIONS.maxLength);
    const run = (places?: number[]): Float32Array =>
      tf.tidy(() => {
        const inputs = Object.fromEntries(
          Object.entries(feeds).map(([name, data]) => [
            name,
            tf.tensor2d(data, [plan.rows, OPTIONS.maxLength], 'int32'),
          ]),
        );
        const asked = places === undefined ? undefined : tf.tensor1d(places, 'int32');
        return bert4rec(
          asTensors(weights),
          inputs,
          evaluationContext,
          OPTIONS,
          asked,
        ).dataSync() as Float32Array;
      });
    const [all, some] = [run(), run([4, 1])];
    const { dim } = OPTIONS;
    some.forEach((value, i) => expect(value).toBeCloseTo(all[(i < dim ? 4 : 1) * dim + (i % dim)], 5));
  });

  it('scores V + 1 classes, with a layer of its own or the item table', () => {
    const params = asTensors(weights);
    const own = bert4recClasses(params, { output: 'untied' });
    expect(own.classes.shape).toEqual([OPTIONS.items + 1, OPTIONS.dim]);
    expect(own.bias.shape).toEqual([OPTIONS.items + 1]);
    expect(bert4recClasses(params, { output: 'tied' }).classes).toBe(params['item/table']);
  });

  it('starts with a padding row of zeros', () => {
    expect(
      Array.from(bert4recTable(OPTIONS, createRandom(1))['item/table'].data.subarray(0, OPTIONS.dim)),
    ).toEqual(new Array(OPTIONS.dim).fill(0));
  });
});
