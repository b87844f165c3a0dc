/**
 * The bootstrap against enumeration, a plain implementation and normal theory; intervals, p-values and Holm's
 * adjustment.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapMeans, domainSeed, holm, significance } from '../../lib/src/experiments/claims';
import { createRandom } from '../../lib/src/random';

const above = { direction: 'above', margin: 0 } as const;
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

describe('bootstrapMeans', () => {
  it('equals a plain loop over the same draws, with any number of columns', () => {
    const random = createRandom(5);
    for (const count of [1, 3, 4, 6]) {
      const columns = Array.from({ length: count }, () =>
        Float64Array.from({ length: 17 }, () => random.uniform()),
      );
      const draws = createRandom(9);
      const fast = bootstrapMeans(columns, 50, 9);
      for (let r = 0; r < 50; r++) {
        const users = Array.from({ length: 17 }, () => draws.integer(17));
        columns.forEach((column, c) =>
          expect(fast[c][r]).toBeCloseTo(mean(users.map((user) => column[user])), 12),
        );
      }
    }
  });

  it('draws every resample of three users as often as enumeration says, the same one for all columns', () => {
    const [a, b] = [Float64Array.of(0, 1, 10), Float64Array.of(7, 0, 100)];
    const exact = new Map<string, number>();
    const key = (x: number, y: number): string => `${x.toFixed(6)} ${y.toFixed(6)}`;
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++)
        for (let k = 0; k < 3; k++) {
          const at = key((a[i] + a[j] + a[k]) / 3, (b[i] + b[j] + b[k]) / 3);
          exact.set(at, (exact.get(at) ?? 0) + 1 / 27);
        }
    const resamples = 20_000;
    const [meansA, meansB] = bootstrapMeans([a, b], resamples, 3);
    const seen = new Map<string, number>();
    meansA.forEach((x, r) => seen.set(key(x, meansB[r]), (seen.get(key(x, meansB[r])) ?? 0) + 1));
    expect([...seen.keys()].sort()).toEqual([...exact.keys()].sort());
    for (const [at, p] of exact) {
      expect(Math.abs((seen.get(at) as number) / resamples - p)).toBeLessThan(
        4.5 * Math.sqrt((p * (1 - p)) / resamples),
      );
    }
  });

  it('gives the interval of normal theory for a paired difference of many users', () => {
    const [random, users] = [createRandom(11), 800];
    const a = Float64Array.from({ length: users }, () => random.normal());
    const b = a.map((value) => value + 0.1 + 0.3 * random.normal());
    const differences = b.map((value, i) => value - a[i]);
    const centre = mean(differences);
    const error = Math.sqrt(mean(differences.map((value) => (value - centre) ** 2)) / users);
    const [meansA, meansB] = bootstrapMeans([a, b], 10_000, 1);
    const { interval } = significance(
      meansB.map((value, r) => value - meansA[r]),
      above,
    );
    expect(Math.abs((interval.low - centre) / error + 1.96)).toBeLessThan(0.12);
    expect(Math.abs((interval.high - centre) / error - 1.96)).toBeLessThan(0.12);
  });

  it('gives intervals that hold the truth about 95 times of 100', () => {
    const random = createRandom(13);
    let covered = 0;
    for (let trial = 0; trial < 400; trial++) {
      const sample = Float64Array.from({ length: 80 }, () => Number(random.uniform() < 0.4));
      const { interval } = significance(bootstrapMeans([sample], 399, trial)[0], above);
      if (interval.low <= 0.4 && 0.4 <= interval.high) covered++;
    }
    expect(covered / 400).toBeGreaterThan(0.91);
    expect(covered / 400).toBeLessThan(0.98);
  });

  it('depends on the seed alone, and on a domain by its name', () => {
    const column = Float64Array.from({ length: 30 }, (_, i) => i);
    expect(bootstrapMeans([column], 20, 4)).toEqual(bootstrapMeans([column], 20, 4));
    expect(bootstrapMeans([column], 20, 4)).not.toEqual(bootstrapMeans([column], 20, 5));
    expect(domainSeed(1, 'Arts')).toBe(domainSeed(1, 'Arts'));
    expect(new Set([domainSeed(1, 'Arts'), domainSeed(1, 'Pantry'), domainSeed(2, 'Arts')]).size).toBe(3);
  });

  it('refuses no users and columns of different users', () => {
    expect(() => bootstrapMeans([new Float64Array(0)], 10, 1)).toThrow('at least one user');
    expect(() => bootstrapMeans([new Float64Array(3), new Float64Array(4)], 10, 1)).toThrow(
      'expected 3 users in every column, got 4',
    );
  });
});

describe('significance', () => {
  it('takes the order statistics of the interval and never a p-value of 0', () => {
    const replicates = Float64Array.from({ length: 9999 }, (_, i) => i + 1).reverse();
    const { interval, p } = significance(replicates, above);
    expect(interval).toEqual({ low: 250, high: 9750 });
    expect(p).toBeCloseTo(2 / 10_000, 12);
  });

  it('is at most 0.05 exactly if the interval lies on one side of the threshold', () => {
    const directions = fc.constantFrom('above', 'below', 'notBelow', 'notAbove');
    fc.assert(
      fc.property(
        directions,
        fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 39, maxLength: 200 }),
        fc.integer({ min: -30, max: 30 }),
        (direction, values, shift) => {
          const margin = direction === 'above' || direction === 'below' ? 0 : 2;
          const { interval, p } = significance(
            Float64Array.from(values, (value) => value + shift),
            { direction, margin },
          );
          const threshold = direction === 'notBelow' ? -2 : direction === 'notAbove' ? 2 : 0;
          const upward = direction === 'above' || direction === 'notBelow';
          const supported = upward ? interval.low > threshold : interval.high < threshold;
          const refuted = upward ? interval.high <= threshold : interval.low >= threshold;
          expect(p <= 0.05).toBe(supported || refuted);
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });

  it('refuses too few replicates', () => {
    expect(() => significance(new Float64Array(38), above)).toThrow('expected at least 39 resamples');
  });
});

describe('holm', () => {
  it('agrees with a worked example', () => {
    // In order: 4 x 0.005, 3 x 0.01, 2 x 0.03, then 0.04, which may not fall below its predecessor.
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((value, i) => expect(adjusted[i]).toBeCloseTo(value, 12));
  });

  it('never exceeds 1, keeps the order and leaves a single p-value alone', () => {
    expect(holm([0.7, 0.9, 0.8])).toEqual([1, 1, 1]);
    expect(holm([0.2])).toEqual([0.2]);
    expect(holm([])).toEqual([]);
  });
});
