/** Baselines: their scores worked out by hand for five users; what is held out enters none of them. */
import { describe, expect, it } from 'vitest';
import { makeDataset } from '../../lib/src/data';
import {
  evaluate,
  itemKnn,
  popularity,
  randomScores,
  type Scorer,
  textSimilarity,
  transition,
} from '../../lib/src/evaluation';
import { ringDataset } from './smallDataset';

// Training parts 123, 124, 212, 423, 51; the last two of each are held out. Nobody has item 6.
const sequences = [
  [1, 2, 3, 2, 3],
  [1, 2, 4, 3, 1],
  [2, 1, 2, 3, 4],
  [4, 2, 3, 1, 2],
  [5, 1, 2, 4],
];
const items = 6;
const dataset = makeDataset({
  name: 'Five',
  kind: 'own',
  userKeys: sequences.map((_, u) => `u${u}`),
  itemKeys: Array.from({ length: items }, (_, i) => `i${i + 1}`),
  itemTexts: Array.from({ length: items }, () => ({ title: '', brand: '', category: '' })),
  offsets: Int32Array.of(0, 5, 10, 15, 20, 24),
  sequence: Int32Array.from(sequences.flat()),
});

const scoresOf = async (
  scorer: Scorer,
  user: number,
  split: 'validation' | 'test' = 'validation',
): Promise<number[]> => [...(await scorer.scores(split, user, 1)).subarray(0, items + 1)];

function close(scores: readonly number[], expected: readonly number[]): void {
  expect(scores.length).toBe(expected.length);
  expected.forEach((value, item) => expect(scores[item], `item ${item}`).toBeCloseTo(value, 5));
}

describe('popularity', () => {
  it('counts the training parts, for every user and both splits alike', async () => {
    expect(dataset.evaluationUsers.length).toBe(5);
    const row = [0, 4, 5, 2, 2, 1, 0];
    for (const split of ['validation', 'test'] as const)
      expect([...(await popularity(dataset).scores(split, 1, 3))]).toEqual([...row, ...row, ...row]);
  });
});

describe('transition', () => {
  it('counts what followed the last item, and is led by popularity if that says nothing', async () => {
    const prior = [0, 4, 5, 2, 2, 1, 0].map((count) => count / 12);
    const plus = (followers: Record<number, number>): number[] =>
      prior.map((value, item) => value + (followers[item] ?? 0));
    // After 2 came 3 twice, 4 and 1 once; after 4 came 2; after 1 came 2 three times; 3 was followed in
    // held-out items alone.
    close(await scoresOf(transition(dataset), 2), plus({ 3: 2, 4: 1, 1: 1 }));
    close(await scoresOf(transition(dataset), 1), plus({ 2: 1 }));
    close(await scoresOf(transition(dataset), 4), plus({ 2: 3 }));
    close(await scoresOf(transition(dataset), 0), prior);
  });

  it('goes from the validation item in the test', async () => {
    expect(await scoresOf(transition(dataset), 0, 'test')).toEqual(await scoresOf(transition(dataset), 2));
  });
});

describe('item-kNN', () => {
  it('is the shrunk cosine of the sets of users, newer items weighing more', async () => {
    // User 4 had 5, then 1. Users: 1 has 0124, 2 has 0123, 3 has 03, 4 has 13, 5 has 4.
    close(await scoresOf(itemKnn(dataset), 4), [
      0,
      0.8 / Math.sqrt(14),
      3 / Math.sqrt(26),
      1 / Math.sqrt(18),
      1 / Math.sqrt(18),
      1 / Math.sqrt(14),
      0,
    ]);
  });

  it('uses only the newest items, with the given decay and shrinkage', async () => {
    // User 2 has 2, 1, 2, 3 before the test item.
    const scorer = itemKnn(dataset, { recent: 2, decay: 0.5, shrinkage: 0 });
    const root8 = Math.sqrt(8);
    const expected = [
      0,
      1 / root8 + (0.5 * 3) / 4,
      2 / root8,
      (0.5 * 2) / root8,
      1 / 2 + (0.5 * 2) / root8,
      0,
      0,
    ];
    close(await scoresOf(scorer, 2, 'test'), expected);
    // Scores of one call are not added to those of another.
    close(await scoresOf(scorer, 2, 'test'), expected);
  });
});

describe('text similarity', () => {
  const vectors = [
    [0, 0],
    [1, 0],
    [0, 2],
    [3, 3],
    [-1, 0],
    [0, 0],
    [3, 4],
  ];
  const table = { rows: items + 1, dim: 2, data: Float32Array.from(vectors.flat()) };

  it('is the cosine with the weighted sum of the rows of the history, whatever their lengths', async () => {
    // User 4 has 5 (without text), 1, 2 before the test item: the query is (0.8, 1).
    close(await scoresOf(textSimilarity(dataset, table), 4, 'test'), [
      0,
      0.8,
      1,
      1.8 / Math.SQRT2,
      -0.8,
      0,
      1.28,
    ]);
    close(await scoresOf(textSimilarity(dataset, table, { recent: 1 }), 4, 'test'), [
      0,
      0,
      1,
      Math.SQRT1_2,
      0,
      0,
      0.8,
    ]);
    close(await scoresOf(textSimilarity(dataset, table, { decay: 0.5 }), 4, 'test'), [
      0,
      0.5,
      1,
      1.5 / Math.SQRT2,
      -0.5,
      0,
      1.1,
    ]);
  });

  it('refuses a table of another catalogue', () => {
    expect(() => textSimilarity(dataset, { rows: items, dim: 2, data: new Float32Array(2 * items) })).toThrow(
      /text similarity for Five: expected a table of 7 rows, got 6/,
    );
  });
});

describe('random scores', () => {
  it('are the same for the same seed and user, whoever else is ranked, and differ otherwise', async () => {
    const all = [...(await randomScores(dataset, 3).scores('test', 0, 5))];
    const one = await Promise.all(
      [0, 1, 2, 3, 4].map((user) => scoresOf(randomScores(dataset, 3), user, 'test')),
    );
    expect(one.flat()).toEqual(all);
    expect(await scoresOf(randomScores(dataset, 3), 2, 'validation')).toEqual(one[2]);
    expect(all.every((score) => score >= 0 && score < 1)).toBe(true);
    const other = [...(await randomScores(dataset, 4).scores('test', 0, 5))];
    expect(new Set([...all, ...other]).size).toBe(2 * 5 * (items + 1));
  });
});

it('counts ties of a baseline in their middle: equally popular items give chance', async () => {
  const ring = ringDataset(12, 12, 6);
  const { metrics, tiedUsers, ties } = await evaluate(ring, popularity(ring));
  expect(ties).toBe('mean');
  expect(tiedUsers.full).toBe(12);
  expect(metrics.full['HR@1']).toBe(0);
  const asCoded = await evaluate(ring, popularity(ring), { ties: 'optimistic' });
  expect(asCoded.metrics.full['HR@1']).toBe(1);
});
