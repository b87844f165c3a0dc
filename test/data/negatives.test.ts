/**
 * MT19937 and the evaluation negatives: NumPy's legacy stream (method 10.1), rules of the draw, and NumPy
 * itself where there is one.
 */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { evaluationNegatives, MT19937, trainingCounts, type Dataset } from '../../lib/src/data';
import { datasetFrom, randomDataset } from './support';

describe('MT19937', () => {
  it.each([
    [8249, '3862 3572 5041 7719 4828 2058 922 4480'],
    [44410, '3862 3572 42349 30686 37809 40487 4828 2058'],
    [53899, '3862 3572 42349 30686 37809 40487 4828 2058'],
    [87235, '3862 69108 30686 37809 70364 2058 37248 83955'],
    [138116, '134934 69108 126894 37809 2058 115610 37248 20555'],
  ])('draws below %i as the table of method 10.1 says', (n, expected) => {
    const generator = new MT19937(98765);
    expect(Array.from({ length: 8 }, () => generator.below(n) + 1).join(' ')).toBe(expected);
  });

  it('gives the published first outputs of MT19937 seeded with 5489', () => {
    const generator = new MT19937(5489);
    expect([generator.nextUint32(), generator.nextUint32(), generator.nextUint32()]).toEqual([
      3499211612, 581869302, 3890346734,
    ]);
    for (let k = 4; k < 10000; k++) generator.nextUint32();
    // The C++ standard prescribes the 10,000th output of mt19937.
    expect(generator.nextUint32()).toBe(4123659995);
  });

  it('refuses an empty range', () => {
    expect(() => new MT19937(1).below(0)).toThrow(/expected 1 <= n/);
  });
});

describe('evaluation negatives', () => {
  it('by popularity (D44): in proportion to training interactions, never an untrained or an own item', () => {
    const generator = new MT19937(5);
    const popular = (): number => 1 + Math.floor(400 * (generator.below(1 << 20) / (1 << 20)) ** 3);
    const dataset = datasetFrom(
      Array.from({ length: 4000 }, () => Array.from({ length: 4 }, popular)),
      500,
    );
    const counts = trainingCounts(dataset);
    const drawn = evaluationNegatives(dataset, { count: 1, distribution: 'popularity' });
    expect(drawn.length).toBeGreaterThan(3500);
    drawn.forEach((item, k) => {
      expect(counts[item]).toBeGreaterThan(0);
      const row = dataset.evaluationUsers[k];
      expect(dataset.sequence.subarray(dataset.offsets[row], dataset.offsets[row + 1])).not.toContain(item);
    });
    const order = Array.from({ length: 500 }, (_, i) => i + 1).sort((a, b) => counts[b] - counts[a]);
    const all = counts.reduce((a, b) => a + b, 0);
    for (const group of [order.slice(0, 20), order.slice(20, 100), order.slice(100)]) {
      const expected = group.reduce((sum, item) => sum + counts[item], 0) / all;
      const got = drawn.filter((item) => group.includes(item)).length / drawn.length;
      // 3 standard deviations are 0.024; that a user's own items are left out moves it by less.
      expect(Math.abs(got - expected)).toBeLessThan(0.05);
      expect(expected).toBeGreaterThan(0.15);
    }
  });

  it('by popularity: distinct, the same again, and an error if too few trained items are left', () => {
    const sequences = [
      [1, 2, 3, 1, 2],
      [4, 5, 1, 2, 3],
      [2, 3, 6, 1, 4],
    ];
    const make = (count: number): Int32Array =>
      evaluationNegatives(datasetFrom(sequences, 50), { count, distribution: 'popularity' });
    expect(make(1)).toEqual(make(1));
    // Of the six trained items the first user touched three.
    expect([...make(1)].every((item) => item <= 6)).toBe(true);
    expect(() => make(4)).toThrow(/expected at least 4 items that user u0 did not touch, got 3 of 6/);
  });

  it('are distinct, in the catalogue and none of the user’s items, for every user', () => {
    const dataset = randomDataset({ users: 200, items: 150, seed: 3 });
    const negatives = evaluationNegatives(dataset);
    expect(negatives.length).toBe(dataset.evaluationUsers.length * 100);
    dataset.evaluationUsers.forEach((row, k) => {
      const own = new Set(dataset.sequence.subarray(dataset.offsets[row], dataset.offsets[row + 1]));
      const drawn = negatives.subarray(k * 100, k * 100 + 100);
      expect(new Set(drawn).size).toBe(100);
      for (const item of drawn) {
        expect(item).toBeGreaterThanOrEqual(1);
        expect(item).toBeLessThanOrEqual(150);
        expect(own.has(item)).toBe(false);
      }
    });
  });

  it('are drawn once per dataset and setting', () => {
    const dataset = randomDataset({ users: 20, items: 150, seed: 4 });
    expect(evaluationNegatives(dataset)).toBe(evaluationNegatives(dataset, { count: 100 }));
    expect(evaluationNegatives(dataset, { count: 5 })).not.toEqual(
      evaluationNegatives(dataset, { count: 5, seed: 1 }),
    );
  });

  it('refuses a catalogue that is too small', () => {
    const dataset = randomDataset({ users: 5, items: 60, seed: 5 });
    expect(() => evaluationNegatives(dataset)).toThrow(/at least 100 items .* did not touch/);
  });

  const python = process.env.ELEPHANT_PYTHON;
  if (!python) console.log('negatives: comparison with NumPy skipped, ELEPHANT_PYTHON is not set');
  it.skipIf(!python)('equal NumPy’s for 20,000 users', () => {
    const dataset = randomDataset({ users: 20_000, items: 8249, seed: 6 });
    const own = numpyNegatives(python!, dataset);
    expect(Buffer.from(evaluationNegatives(dataset).buffer).equals(own)).toBe(true);
  });
});

/** The authors' procedure in words, written anew: one randint a draw, redrawn while the item is taken. */
function numpyNegatives(python: string, dataset: Dataset): Buffer {
  const program = [
    'import sys, json, numpy as np',
    'items, users = json.load(sys.stdin)',
    'np.random.seed(98765)',
    'out = []',
    'for own in users:',
    '    taken = set(own)',
    '    for _ in range(100):',
    '        item = np.random.randint(items) + 1',
    '        while item in taken: item = np.random.randint(items) + 1',
    '        taken.add(item); out.append(item)',
    'sys.stdout.buffer.write(np.array(out, dtype="<i4").tobytes())',
  ].join('\n');
  const users = Array.from(dataset.evaluationUsers, (row) =>
    Array.from(dataset.sequence.subarray(dataset.offsets[row], dataset.offsets[row + 1])),
  );
  return execFileSync(python, ['-c', program], {
    input: JSON.stringify([dataset.items, users]),
    maxBuffer: 2 ** 28,
  });
}
