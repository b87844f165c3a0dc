/**
 * SASRec on packed rows equals its padded form (method 14.4, 16.5), for both readings of D10, and is causal.
 */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { binomialThresholds, paddedKeys, type PackedFeeds } from '../../lib/src/models/packedAttention';
import { sasrec, sasrecBody, type SASRecOptions, sasrecTable } from '../../lib/src/models/sasrec';
import { createRandom } from '../../lib/src/random';
import { packSequences } from '../../lib/src/training/recommender/packedFeeds';
import { paddedSasrec } from './paddedSasrec';
import { asTensors, evaluationContext, shaken } from './plainTensors';

const OPTIONS: SASRecOptions = {
  items: 40,
  dim: 8,
  blocks: 2,
  heads: 1,
  maxLength: 12,
  dropout: 0.5,
  padding: 'attended',
};
const random = createRandom(7);
const weights = shaken({ ...sasrecBody(OPTIONS, random), ...sasrecTable(OPTIONS, random) }, random);
const histories = [1, 3, 5, 12, 2, 7, 4, 1, 11].map((length) =>
  Int32Array.from({ length }, () => 1 + random.integer(OPTIONS.items)),
);

function run(feeds: PackedFeeds, options: SASRecOptions, places?: number[]): Float32Array {
  return tf.tidy(() => {
    const params = asTensors(weights);
    const shape: [number, number] = [feeds.items.length / options.maxLength, options.maxLength];
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, data]) => [name, tf.tensor2d(data, shape, 'int32')]),
    );
    const embedded = tf.gather(
      params['item/table'],
      tf.reshape(inputs.items, [feeds.items.length]) as tf.Tensor1D,
    );
    return sasrec(
      params,
      inputs,
      embedded,
      evaluationContext,
      options,
      places && tf.tensor1d(places, 'int32'),
    ).dataSync() as Float32Array;
  });
}

describe('SASRec on packed rows', () => {
  it.each([
    ['attended', 1],
    ['attended', 2],
    ['masked', 1],
  ] as const)('equals the padded computation with padding %s, heads: %i', (padding, heads) => {
    const options = { ...OPTIONS, padding, heads };
    const { plan, feeds } = packSequences(histories, options.maxLength);
    expect(plan.rows).toBeLessThan(histories.length);
    const packed = run(feeds, options);
    let worst = 0;
    histories.forEach((history, k) => {
      const expected = paddedSasrec(weights, history, options).slice(-history.length);
      expected.forEach((vector, j) => {
        const place = plan.row[k] * options.maxLength + plan.start[k] + j;
        vector.forEach(
          (value, e) => (worst = Math.max(worst, Math.abs(value - packed[place * options.dim + e]))),
        );
      });
    });
    expect(worst).toBeLessThan(1e-5);
  });

  it('gives another result if padding is masked, so the option matters', () => {
    const { feeds } = packSequences(histories, OPTIONS.maxLength);
    expect(run(feeds, OPTIONS)).not.toEqual(run(feeds, { ...OPTIONS, padding: 'masked' }));
  });

  it('does not look ahead', () => {
    const history = histories[3];
    const changed = history.slice();
    changed[8] = (changed[8] % OPTIONS.items) + 1;
    const [before, after] = [history, changed].map((items) =>
      run(packSequences([items], OPTIONS.maxLength).feeds, OPTIONS),
    );
    expect(after.subarray(0, 8 * OPTIONS.dim)).toEqual(before.subarray(0, 8 * OPTIONS.dim));
    expect(after.subarray(8 * OPTIONS.dim, 9 * OPTIONS.dim)).not.toEqual(
      before.subarray(8 * OPTIONS.dim, 9 * OPTIONS.dim),
    );
  });

  it.each(['attended', 'masked'] as const)(
    'gives the same for the places that are asked for alone, with padding %s',
    (padding) => {
      const options = { ...OPTIONS, padding };
      const { dim } = options;
      const { feeds } = packSequences(histories, options.maxLength);
      // The last of a history, one within it, one where nothing lies, one asked for twice.
      const places = [11, 3, feeds.segments.lastIndexOf(0), 25, 25];
      const [all, some] = [run(feeds, options), run(feeds, options, places)];
      expect(some.length).toBe(places.length * dim);
      some.forEach((value, i) =>
        expect(value).toBeCloseTo(all[places[Math.floor(i / dim)] * dim + (i % dim)], 5),
      );
    },
  );

  it('is finite even at empty places', () => {
    const values = run(packSequences(histories, OPTIONS.maxLength, 9).feeds, OPTIONS);
    expect(values.every(Number.isFinite)).toBe(true);
  });
});

describe('dropout on the attended padding', () => {
  it('keeps a binomial number of the padded weights', () => {
    const thresholds = binomialThresholds(6, 0.5).arraySync();
    expect(thresholds[4].slice(0, 4)).toEqual([1 / 16, 5 / 16, 11 / 16, 15 / 16]);
    expect(thresholds[4].slice(4)).toEqual([2, 2]);
    expect(thresholds[0]).toEqual(new Array(6).fill(2));
  });

  it('scales them by kept / (n (1 - rate)), whose mean is 1', () => {
    const stream = createRandom(3);
    const context = {
      ...evaluationContext,
      training: true,
      uniform: (shape: readonly number[]) =>
        tf.tensor(
          Array.from({ length: shape[0] * shape[1] }, () => stream.uniform()),
          [...shape],
        ),
    };
    const n = 5;
    const kept: Float32Array = paddedKeys(tf.fill([200, 50], n, 'int32'), 50, context)
      .kept(0.3)
      .dataSync() as Float32Array;
    const counts = kept.map((value) => value * n * 0.7);
    expect(counts.every((count) => Math.abs(count - Math.round(count)) < 1e-4 && count < n + 1e-4)).toBe(
      true,
    );
    const mean = kept.reduce((a, b) => a + b, 0) / kept.length;
    const variance = kept.reduce((a, b) => a + (b - mean) ** 2, 0) / kept.length;
    expect(mean).toBeCloseTo(1, 1.7);
    expect(variance).toBeCloseTo(0.3 / (0.7 * n), 2);
  });
});
