/** `bench scaling`: its counts, its exponents, its figure, and one small sweep of ours alone. */
import { expect, it } from 'vitest';
import { benchScaling, growth, type ScalingRow, trainedPositions } from '../../bench/recommender/scaling';
import { scalingFigure } from '../../bench/recommender/scalingFigure';
import { makeDataset } from '../../lib/src/data';
import { renderSvg } from '../../lib/src/report/figures/renderSvg';

const FIXED = { users: 300, items: 100, events: 6, dim: 8, maxLength: 10 };

it('counts positions with a next item, as far as a history is read', () => {
  const dataset = makeDataset({
    name: 'two users',
    kind: 'own',
    offsets: Int32Array.of(0, 5, 13),
    sequence: Int32Array.of(1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6, 7, 8),
    userKeys: ['a', 'b'],
    itemKeys: ['1', '2', '3', '4', '5', '6', '7', '8'],
    itemTexts: Array.from({ length: 8 }, () => ({ title: 't', brand: '', category: '' })),
  });
  // The last two events of each are held out: parts of 3 and of 6 items.
  expect(trainedPositions(dataset, 50)).toBe(2 + 5);
  expect(trainedPositions(dataset, 4)).toBe(2 + 4);
});

it('growth is the exponent of a power', () => {
  const of = (power: number) => [1, 2, 8].map((x) => ({ x, seconds: 3 * x ** power }));
  expect(growth(of(1))).toBeCloseTo(1, 12);
  expect(growth(of(0))).toBeCloseTo(0, 12);
  expect(growth(of(2))).toBeCloseTo(2, 12);
});

it('sweeps one size and leaves the others', async () => {
  const lines: string[] = [];
  const rows = await benchScaling({
    axes: [{ size: 'users', values: [300, 600], loss: 'bce', fixed: FIXED }],
    ...{ threads: 1, rounds: 1, onProgress: (line: string) => lines.push(line) },
  });
  expect(rows).toMatchObject([
    { axis: 'users', users: 300, dim: 8, loss: 'bce' },
    { axis: 'users', users: 600, dim: 8, loss: 'bce' },
  ]);
  const [few, many] = rows;
  expect(many.positions / few.positions).toBeCloseTo(2, 0);
  expect(many.productGflop).toBeGreaterThan(1.5 * few.productGflop);
  expect(few.oursSeconds).toBeGreaterThan(0);
  expect(few.peerSeconds).toBeUndefined();
  expect(lines[0]).toMatch(/^users 300: \d+\.\d\d s per epoch of \d+ positions, \d+\.\d µs each$/);
});

it('draws a panel per size, and says the exponents', async () => {
  const row = (axis: 'users' | 'dim', value: number): ScalingRow => ({
    ...{ ...FIXED, [axis]: value },
    ...{
      axis,
      loss: 'bce',
      positions: 1,
      productGflop: 1,
      oursSeconds: value / 100,
      peerSeconds: value / 10,
    },
  });
  const figure = scalingFigure([row('users', 100), row('users', 1000), row('dim', 8), row('dim', 80)]);
  expect(figure.alt).toBe(
    'Seconds per epoch of SASRec as one size grows. ' +
      'Exponents: users: ours 1.00, padded PyTorch 1.00; width: ours 1.00, padded PyTorch 1.00.',
  );
  const svg = await renderSvg(figure);
  expect(svg).toContain('padded PyTorch');
  expect(svg).toContain('seconds per epoch');
});
