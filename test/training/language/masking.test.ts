import { describe, expect, it } from 'vitest';
import { labelFeeds, labelPlaces, paddedLabelPlaces } from '../../../lib/src/training/language/labelFeeds';
import { maskWords } from '../../../lib/src/training/language/maskWords';
import { finetuningSchedule, linearDecay, usualSchedule } from '../../../lib/src/training/language/schedules';
import { tunedWeights } from '../../../lib/src/training/language/tunedLayers';
import { createRandom } from '../../../lib/src/random';

/** Ids 0-4 special, 5-49 start words, 50-99 continue them. */
const vocabulary = {
  starts: Uint8Array.from({ length: 100 }, (_, id) => (id >= 5 && id < 50 ? 1 : 0)),
  specials: new Set([0, 1, 2, 3, 4]),
  mask: 4,
  size: 100,
};

describe('whole-word masking', () => {
  const random = createRandom(3);
  const tokens = Int32Array.from({ length: 61 }, (_, i) =>
    i === 0 ? 0 : i % 3 === 1 ? 5 + (i % 40) : 50 + (i % 45),
  );

  it('chooses whole words within the budget, never <s>, and labels what was there', () => {
    for (let trial = 0; trial < 50; trial++) {
      const { tokens: masked, positions, labels } = maskWords(tokens, vocabulary, random);
      expect(positions.length).toBe(9); // 15 % of 61, in words of three
      for (let k = 0; k < 9; k += 3)
        expect(positions.slice(k, k + 3)).toEqual([0, 1, 2].map((j) => positions[k] + j));
      expect(positions.every((p) => p > 0)).toBe(true);
      expect(labels).toEqual(positions.map((p) => tokens[p]));
      masked.forEach((token, i) => positions.includes(i) || expect(token).toBe(tokens[i]));
    }
  });

  it('masks 80 %, replaces 10 %, keeps 10 %', () => {
    let [masks, kept, total] = [0, 0, 0];
    for (let trial = 0; trial < 2000; trial++) {
      const { tokens: masked, positions } = maskWords(tokens, vocabulary, random);
      for (const p of positions) {
        total++;
        if (masked[p] === vocabulary.mask) masks++;
        else if (masked[p] === tokens[p]) kept++;
      }
    }
    expect(masks / total).toBeGreaterThan(0.78);
    expect(masks / total).toBeLessThan(0.82);
    expect(kept / total).toBeGreaterThan(0.08);
    expect(kept / total).toBeLessThan(0.12);
  });

  it('masks the share it is given, whose labels always find room', () => {
    const sequences = [9, 30, 17].map((n) =>
      maskWords(
        Int32Array.from({ length: n }, (_, i) => (i === 0 ? 0 : 7)),
        vocabulary,
        random,
        0.4,
      ),
    );
    expect(sequences.map(({ positions }) => positions.length)).toEqual([4, 12, 7]);
    expect(labelPlaces({ rows: 2, rowLength: 32, slots: 4 }, 1, 3, 0.4)).toBeGreaterThanOrEqual(23);
  });

  it('joins tokens without a leading space to the word before; the first word needs none', () => {
    const { positions } = maskWords(Int32Array.of(0, 60, 61, 62), vocabulary, random);
    expect(positions).toEqual([]); // one word of three tokens, budget 1
    expect(maskWords(Int32Array.of(0), vocabulary, random).positions).toEqual([]);
    expect(maskWords(Int32Array.of(0, 7), vocabulary, random).positions).toEqual([1]);
  });

  it('counts padding as coded (D25): the same share in the mean, more or nothing in a short text', () => {
    const short = Int32Array.from({ length: 10 }, (_, i) => (i === 0 ? 0 : 7));
    const counts = Array.from(
      { length: 3000 },
      () => maskWords(short, vocabulary, random, undefined, 60).positions.length,
    );
    expect(maskWords(short, vocabulary, random).positions.length).toBe(2); // 15 % of 10 real tokens
    const mean = counts.reduce((a, b) => a + b) / counts.length;
    expect(mean).toBeGreaterThan(1.25); // 9 words of 59, a budget of 9: 1.37
    expect(mean).toBeLessThan(1.5);
    expect(Math.min(...counts)).toBe(0);
    expect(Math.max(...counts)).toBeGreaterThan(2);
    expect(Math.max(...counts)).toBeLessThanOrEqual(
      paddedLabelPlaces({ rows: 1, rowLength: 96, slots: 4 }, 1, 1, 60),
    );
  });

  it('always finds room for its labels, which weigh equally within a side', () => {
    const shape = { rows: 2, rowLength: 32, slots: 4 };
    const sequences = [20, 30, 3, 2, 9].map((n) =>
      maskWords(
        Int32Array.from({ length: n }, (_, i) => (i === 0 ? 0 : 7)),
        vocabulary,
        random,
      ),
    );
    const count = sequences.reduce((sum, s) => sum + s.positions.length, 0);
    const places = labelPlaces(shape, 1, 5);
    expect(count).toBeLessThanOrEqual(places);
    const batch = {
      feeds: {},
      places: Int32Array.of(0, 1, 2, 3, 4),
      starts: Int32Array.of(0, 32, 20, 23, 25),
    };
    const { labelWeights, labelAt } = labelFeeds(places, batch, [
      { weight: 0.1, sequences: sequences.map((masked, index) => ({ index, masked })) },
    ]) as { labelWeights: Float32Array; labelAt: Int32Array };
    expect(labelWeights.reduce((a, b) => a + b)).toBeCloseTo(0.1, 6);
    expect(labelWeights.filter((w) => w > 0).length).toBe(count);
    expect(labelAt[0]).toBe(sequences[0].positions[0]);
  });
});

describe('schedules (method 16.11)', () => {
  it('fine-tuning: 0 at update 0, 0.5 at 50, 1 - 100/T at 100, 0 from T on', () => {
    expect([0, 50, 100, 999, 1000, 2000].map((s) => finetuningSchedule(s, 1000, 100))).toEqual([
      0,
      0.5,
      0.9,
      1 - 999 / 1000,
      0,
      0,
    ]);
  });
  it('fine-tuning in the usual form (D21): 1 at the end of the ramp, 0 from T on', () => {
    expect([0, 50, 100, 550, 1000, 2000].map((s) => usualSchedule(s, 1000, 100))).toEqual([
      0, 0.5, 1, 0.5, 0, 0,
    ]);
  });
  it('pre-training: 1 to 0 in a line', () => {
    expect([0, 5, 10, 11].map((s) => linearDecay(s, 10))).toEqual([1, 0.5, 0, 0]);
  });
});

describe('tuned layers', () => {
  it('all, with and without the word table; some, without embeddings', () => {
    const all = tunedWeights('all', 12, { freezeWords: false });
    const pretraining = tunedWeights('all', 12, { freezeWords: true });
    const some = tunedWeights([3, 11], 12, { freezeWords: false });
    const names = [
      'embeddings/words',
      'embeddings/positions',
      'layer3/forward/inner/kernel',
      'layer1/forward/inner/kernel',
      'head/decoder/bias',
      'items',
    ];
    expect(names.map(all)).toEqual([true, true, true, true, true, false]);
    expect(names.map(pretraining)).toEqual([false, true, true, true, true, false]);
    expect(names.map(some)).toEqual([false, false, true, false, true, false]);
  });
  it('refuses layers that the model does not have', () => {
    expect(() => tunedWeights([12], 12, { freezeWords: false })).toThrow(/layers 0 to 11, got 12/);
  });
});
