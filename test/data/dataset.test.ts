/**
 * Leave-one-out, exclusion of untrained items, fingerprint and statistics on datasets small enough to check
 * by hand.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  datasetStatistics,
  history,
  makeDataset,
  target,
  trainedItems,
  trainPart,
  type DatasetParts,
} from '../../lib/src/data';
import { datasetFrom } from './support';

// Items 1..3 are trained; 4 and 5 are seen as targets only; 6 never.
const sequences = [[1, 2, 3, 1], [2, 3, 1], [1, 2, 4, 3], [3, 1, 5], [2], [1, 3]];
const dataset = datasetFrom(sequences, 6);

describe('leave-one-out', () => {
  it('splits into training part, validation and test target', () => {
    expect([...trainPart(dataset, 0)]).toEqual([1, 2]);
    expect([...history(dataset, 0, 'validation')]).toEqual([1, 2]);
    expect([...history(dataset, 0, 'test')]).toEqual([1, 2, 3]);
    expect([target(dataset, 0, 'validation'), target(dataset, 0, 'test')]).toEqual([3, 1]);
  });

  it('leaves users with fewer than three interactions in training, with no targets', () => {
    expect([...trainPart(dataset, 5)]).toEqual([1, 3]);
    expect(() => target(dataset, 5, 'test')).toThrow(/at least 3 interactions, got row 5 with 2/);
    expect(() => history(dataset, 4, 'validation')).toThrow(/row 4 with 1/);
  });

  it('excludes users with an untrained target from both splits and counts why', () => {
    expect([...trainedItems(dataset)]).toEqual([0, 1, 1, 1, 0, 0, 0]);
    expect([...dataset.evaluationUsers]).toEqual([0, 1]);
    expect(dataset.exclusions).toEqual({ tooShort: 2, untrainedTarget: 2 });
  });

  it('keeps users with one trained target if the two are judged separately (D31)', () => {
    const parts = { ...dataset, exclusion: 'target' } as const;
    const apart = makeDataset(parts);
    // Row 2 has a trained test target (3), row 3 a trained validation target (1).
    expect([...apart.evaluationUsers]).toEqual([0, 1, 2, 3]);
    expect(apart.exclusions).toEqual({ tooShort: 2, untrainedTarget: 0 });
    expect(apart.fingerprint).not.toBe(dataset.fingerprint);
    expect(makeDataset({ ...parts, exclusion: 'user' }).fingerprint).toBe(dataset.fingerprint);
  });

  it('holds for any sequences: every evaluation user has trained targets, every other one a reason', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 7 }), {
          minLength: 1,
          maxLength: 20,
        }),
        (random) => {
          const made = datasetFrom(random, 9);
          const trained = new Set(random.flatMap((items) => (items.length < 3 ? items : items.slice(0, -2))));
          const expected = random.flatMap((items, row) =>
            items.length >= 3 && items.slice(-2).every((item) => trained.has(item)) ? [row] : [],
          );
          expect([...made.evaluationUsers]).toEqual(expected);
          expect(expected.length + made.exclusions.tooShort + made.exclusions.untrainedTarget).toBe(
            random.length,
          );
        },
      ),
    );
  });
});

describe('makeDataset', () => {
  const parts = (): DatasetParts => ({
    name: 'X',
    kind: 'own',
    offsets: Int32Array.of(0, 2, 3),
    sequence: Int32Array.of(1, 2, 1),
    userKeys: ['a', 'b'],
    itemKeys: ['i', 'j'],
    itemTexts: [
      { title: 't', brand: '', category: '' },
      { title: '', brand: 'b', category: 'c' },
    ],
  });

  it('fingerprints content: equal content equally, each part of it differently, labels not at all', () => {
    const base = makeDataset(parts()).fingerprint;
    expect(base).toMatch(/^[0-9a-f]{32}$/);
    expect(makeDataset({ ...parts(), name: 'Y', kind: 'amazon' }).fingerprint).toBe(base);
    const changes: Partial<DatasetParts>[] = [
      { offsets: Int32Array.of(0, 1, 3) },
      { sequence: Int32Array.of(2, 2, 1) },
      { userKeys: ['a', 'c'] },
      { itemKeys: ['i', 'k'] },
      {
        itemTexts: [
          { title: '', brand: 't', category: '' },
          { title: '', brand: 'b', category: 'c' },
        ],
      },
    ];
    const changed = changes.map((change) => makeDataset({ ...parts(), ...change }).fingerprint);
    expect(new Set([base, ...changed]).size).toBe(6);
  });

  it.each<[string, Partial<DatasetParts>, RegExp]>([
    ['offsets of another length', { offsets: Int32Array.of(0, 3) }, /expected 3 offsets for 2 users, got 2/],
    [
      'offsets that do not end at the sequence',
      { offsets: Int32Array.of(0, 2, 2) },
      /expected offsets from 0 to 3, got 0 to 2/,
    ],
    ['descending offsets', { offsets: Int32Array.of(0, 4, 3) }, /expected ascending offsets/],
    [
      'an item beyond the catalogue',
      { sequence: Int32Array.of(1, 3, 1) },
      /expected item ids 1\.\.2, got 3 at interaction 1/,
    ],
    ['padding as item', { sequence: Int32Array.of(0, 1, 1) }, /got 0/],
    [
      'a text too few',
      { itemTexts: [{ title: '', brand: '', category: '' }] },
      /expected one text per item \(2\), got 1/,
    ],
  ])('refuses %s', (_, change, message) => {
    expect(() => makeDataset({ ...parts(), ...change })).toThrow(message);
  });
});

describe('statistics', () => {
  it('count what Table 2 shows', () => {
    expect(datasetStatistics(dataset)).toMatchObject({
      users: 6,
      items: 6,
      interactions: 17,
      averageLength: 17 / 6,
      shortest: 1,
      longest: 4,
      interactionsPerItem: 17 / 6,
      density: 17 / 36,
      evaluationUsers: 2,
      evaluationShare: 1 / 3,
      untrainedItems: 3,
      repeats: 1,
      itemsWithTitle: 6,
      distinctTitles: 6,
      titleWords: 2,
    });
  });
});
