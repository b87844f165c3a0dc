/**
 * Row plans and shuffles: every position exactly once, nothing overlaps, few shapes, independent of the batch
 * size.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  slices,
  fewRowCounts,
  packRows,
  padRows,
  planPositions,
  shuffledOrder,
  type RowPlan,
} from '../../lib/src/data';

const lengthsOf = (rowLength: number) => fc.array(fc.integer({ min: 0, max: rowLength }), { maxLength: 60 });
const cases = fc
  .integer({ min: 1, max: 40 })
  .chain((rowLength) => fc.tuple(fc.constant(rowLength), lengthsOf(rowLength)));

/** What a plan must do, whatever its kind. */
function expectCover(plan: RowPlan, lengths: number[], maxLength: number): void {
  const { segment, index, slot } = planPositions(plan, maxLength);
  const seen = lengths.map(() => new Set<number>());
  for (let p = 0; p < segment.length; p++) {
    if (segment[p] === 0) {
      expect([index[p], slot[p]]).toEqual([-1, 0]);
      continue;
    }
    const k = segment[p] - 1;
    expect(seen[k].has(index[p])).toBe(false);
    seen[k].add(index[p]);
    expect(slot[p]).toBe(maxLength - lengths[k] + index[p]);
    expect(Math.floor(p / plan.rowLength)).toBe(plan.row[k]);
  }
  expect(seen.map((positions) => positions.size)).toEqual(lengths);
  expect(plan.used).toBe(lengths.reduce((sum, length) => sum + length, 0));
}

describe('row plans', () => {
  it('packed: cover every position of every sequence exactly once', () => {
    fc.assert(
      fc.property(cases, ([rowLength, lengths]) =>
        expectCover(packRows(lengths, rowLength), lengths, rowLength + 3),
      ),
    );
  });

  it('padded: the same, aligned right, one sequence a row', () => {
    fc.assert(
      fc.property(cases, ([rowLength, lengths]) => {
        const plan = padRows(lengths, rowLength);
        expectCover(plan, lengths, rowLength);
        const { segment, slot } = planPositions(plan, rowLength);
        segment.forEach(
          (k, p) => k > 0 && expect([k - 1, slot[p]]).toEqual([Math.floor(p / rowLength), p % rowLength]),
        );
      }),
    );
  });

  it('packed: at most one row is half empty or emptier, so rows stay below twice the least possible', () => {
    fc.assert(
      fc.property(cases, ([rowLength, lengths]) => {
        const plan = packRows(lengths, rowLength, (rows) => rows);
        const filled = new Int32Array(plan.rows);
        lengths.forEach((length, k) => plan.row[k] >= 0 && (filled[plan.row[k]] += length));
        expect([...filled].filter((sum) => 2 * sum <= rowLength).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('packs 128 histories of Amazon’s lengths into about a sixth of the padded rows', () => {
    const lengths = shuffledOrder(128, 1, 0).map((k) => 3 + (k % 9));
    expect(packRows(Array.from(lengths), 50).rows).toBe(20);
  });

  it('gives few row counts, none smaller than asked and at most a quarter larger', () => {
    const given = new Set<number>();
    for (let rows = 1; rows <= 1024; rows++) {
      const count = fewRowCounts(rows);
      expect(count).toBeGreaterThanOrEqual(rows);
      expect(count).toBeLessThanOrEqual(Math.ceil(rows * 1.25));
      given.add(count);
    }
    expect(given.size).toBe(36);
  });

  it('refuses lengths beyond the row and sequences beyond the positions', () => {
    expect(() => packRows([3, 6], 5)).toThrow(/expected lengths 0\.\.5, got 6 at sequence 1/);
    expect(() => padRows([-1], 5)).toThrow(/got -1/);
    expect(() => planPositions(packRows([5], 5), 4)).toThrow(/at most 4, got 5 at sequence 0/);
    expect(() => packRows([5, 5], 5, () => 1)).toThrow(/roundRows\(2\) >= 2, got 1/);
  });
});

describe('shuffles', () => {
  it('are permutations that depend on seed and epoch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.nat(), fc.nat(1000), (n, seed, epoch) => {
        expect([...shuffledOrder(n, seed, epoch)].sort((a, b) => a - b)).toEqual(
          Array.from({ length: n }, (_, k) => k),
        );
      }),
    );
    expect(shuffledOrder(50, 1, 0)).toEqual(shuffledOrder(50, 1, 0));
    expect(shuffledOrder(50, 1, 0)).not.toEqual(shuffledOrder(50, 1, 1));
    expect(shuffledOrder(50, 1, 0)).not.toEqual(shuffledOrder(50, 2, 0));
  });

  it('put each element at each place about equally often', () => {
    const counts = Array.from({ length: 5 }, () => new Array<number>(5).fill(0));
    for (let epoch = 0; epoch < 5000; epoch++)
      shuffledOrder(5, 9, epoch).forEach((element, place) => counts[element][place]++);
    // 1,000 expected, standard deviation 28: five of them on either side.
    for (const count of counts.flat()) expect(Math.abs(count - 1000)).toBeLessThan(140);
  });

  it('are cut into batches that together are the same order for every size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 30 }), (n, size) => {
        const order = shuffledOrder(n, 5, 2);
        const batches = [...slices(order, size)];
        expect(batches.flatMap((batch) => [...batch])).toEqual([...order]);
        expect(batches.slice(0, -1).every((batch) => batch.length === size)).toBe(true);
        expect([...slices(order, size, true)].length).toBe(Math.floor(n / size));
      }),
    );
    expect(() => [...slices(shuffledOrder(3, 1, 1), 0)]).toThrow(/at least 1, got 0/);
  });
});
