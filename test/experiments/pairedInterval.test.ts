/** Intervals over users: against Student's t by hand, against the bootstrap, and in the committed results. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bootstrapMeans } from '../../lib/src/experiments/claims/bootstrap';
import { differenceInterval, gainInterval } from '../../lib/src/experiments/pairedInterval';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import { folders } from '../../lib/src/project';
import { createRandom } from '../../lib/src/random';

test('of four users, by the table of t', () => {
  // Differences 1, 2, 3, 6: mean 3, standard error sqrt(14 / 3) / 2; t(3) is 3.182.
  const { low, high, users } = differenceInterval([2, 4, 6, 10], [1, 2, 3, 4]);
  expect(users).toBe(4);
  expect((low + high) / 2).toBeCloseTo(3);
  expect((high - low) / 2 / (3.182 * (Math.sqrt(14 / 3) / 2))).toBeCloseTo(1, 1.5);
});

test('what both columns share cancels', () => {
  const base = [0, 1, 0, 1, 1];
  const { low, high } = differenceInterval(
    base.map((value) => value + 0.25),
    base,
  );
  expect([low, high]).toEqual([0.25, 0.25]);
  const gain = gainInterval(
    base.map((value) => 1.2 * value),
    base,
  );
  expect([gain?.low, gain?.high]).toEqual([expect.closeTo(20), expect.closeTo(20)]);
});

describe('of 400 users', () => {
  const random = createRandom(7);
  const base = Float64Array.from({ length: 400 }, () =>
    random.integer(3) === 0 ? 1 / (1 + random.integer(9)) : 0,
  );
  const other = base.map((value) => (random.integer(4) === 0 ? 0.5 : value));
  const percentiles = (values: Float64Array): number[] => {
    const sorted = values.slice().sort();
    return [sorted[Math.round(0.025 * sorted.length)], sorted[Math.round(0.975 * sorted.length)]];
  };
  const [others, bases] = bootstrapMeans([other, base], 4000, 1);

  test('a difference is as the bootstrap has it', () => {
    const [low, high] = percentiles(others.map((mean, i) => mean - bases[i]));
    const interval = differenceInterval(other, base);
    const width = high - low;
    expect(Math.abs(interval.low - low)).toBeLessThan(0.06 * width);
    expect(Math.abs(interval.high - high)).toBeLessThan(0.06 * width);
  });

  test('a gain is nearly so: the bootstrap is a little skewed', () => {
    const [low, high] = percentiles(others.map((mean, i) => 100 * (mean / bases[i] - 1)));
    const interval = gainInterval(other, base)!;
    const width = high - low;
    expect(Math.abs(interval.low - low)).toBeLessThan(0.15 * width);
    expect(Math.abs(interval.high - high)).toBeLessThan(0.15 * width);
  });
});

test('a base without a hit has no gain; unequal or too few users are refused', () => {
  expect(gainInterval([1, 0], [0, 0])).toBeUndefined();
  expect(() => differenceInterval([1, 2], [1, 2, 3])).toThrow(/two lists of at least 2 users, got 2 and 3/);
  expect(() => differenceInterval([1], [1])).toThrow(/got 1 and 1/);
});

describe('in the committed results', () => {
  const session = openResults(join(folders.results, 'mini.json'));

  test('each gain of Table 3 lies in the middle of its interval', async () => {
    for (const backbone of ['SASRec', 'BERT4Rec'] as const) {
      const { rows } = await session.table3(backbone);
      const base = backbone === 'SASRec' ? 'SAS' : 'BERT';
      for (const { cells } of rows) {
        expect(cells[base].gain).toBeUndefined();
        const others = Object.entries(cells).filter(([, { gain }]) => gain !== undefined);
        expect(others.length).toBeGreaterThanOrEqual(9);
        for (const [, { ours, gain }] of others)
          expect((gain!.low + gain!.high) / 2).toBeCloseTo(
            100 * (ours!.mean / cells[base].ours!.mean - 1),
            6,
          );
      }
    }
  });

  test('each distance of Figure 2 from 0 % lies in the middle of its interval', async () => {
    const [none, ...points] = await session.figure2();
    expect([none.percent, none.above]).toEqual([0, undefined]);
    for (const { values, above } of points)
      for (const [metric, { low, high }] of Object.entries(above!))
        expect((low + high) / 2).toBeCloseTo(values[metric].mean - none.values[metric].mean, 6);
  });
});
