/**
 * Stage-PT in numbers: contrastive loss against double precision, accuracy within groups, what is a target,
 * what is seen (method 5).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../../lib/src/engine';
import { adam } from '../../../lib/src/engine/optimizers';
import type { EncoderConfig } from '../../../lib/src/models/encoder/config';
import { packBatch, fillRows } from '../../../lib/src/models/encoder/packing';
import { initialEncoder, initialLanguageHead } from '../../../lib/src/models/encoder/parameters';
import { SequenceEncoder } from '../../../lib/src/models/encoder/sequenceEncoder';
import { pretrainingProgram } from '../../../lib/src/training/language/pretrainingProgram';
import { createRandom } from '../../../lib/src/random';
import { pretrainingSequences } from '../../../lib/src/training/language';
import { groupAccuracy } from '../../../lib/src/training/language/contrastiveAccuracy';
import { epochBatches } from '../../../lib/src/training/language/pretrainingBatches';
import {
  type PretrainingSequence,
  targetPosition,
} from '../../../lib/src/training/language/pretrainingSequences';
import { datasetFrom, randomDataset } from '../../data/support';

describe('contrastive loss', () => {
  const config: EncoderConfig = {
    attention: 'window',
    layers: 1,
    heads: 2,
    hidden: 16,
    intermediate: 24,
    vocabulary: 40,
    positions: 40,
    positionOffset: 2,
    tokenTypes: 4,
    itemPositions: 6,
    window: 8,
    normEps: 1e-5,
    hiddenDropout: 0,
    attentionDropout: 0,
    initializerStd: 0.4,
  };
  const random = createRandom(2);
  const sequences = [9, 14, 3, 25, 1, 8, 30, 12].map((length) => ({
    tokens: Int32Array.from({ length }, (_, i) => (i === 0 ? 0 : 5 + random.integer(35))),
  }));
  const shape = { rows: 4, rowLength: 32, slots: 3 };
  const batch = packBatch(
    config,
    shape,
    fillRows(
      sequences.map(({ tokens }) => tokens.length),
      32,
      3,
    ),
    sequences,
    1,
  );
  const weights = { ...initialEncoder(config, random), ...initialLanguageHead(config, random) };
  let engine: Engine;
  let vectors: number[][];
  let run: (
    users: number[],
    items: number[],
    present: number[],
  ) => Promise<{ loss: number; contrastive: number; masked: number; correct: number }>;

  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
    const state = engine.createState(weights);
    const encoder = new SequenceEncoder(engine, state, config, { padToken: 1 });
    const pooled = await encoder.encode(sequences);
    vectors = sequences.map((_, i) => [...pooled.subarray(i * 16, (i + 1) * 16)]);
    const step = await engine.compileTraining(
      pretrainingProgram(
        config,
        { ...shape, labels: 2, pairs: 4 },
        { optimizer: adam({ learningRate: 1e-3 }), trainable: () => true },
      ),
      state,
    );
    const placesOf = (ids: number[]): Int32Array => Int32Array.from(ids, (i) => batch.places[i]);
    run = async (users, items, present) => {
      await state.restore(weights);
      const { loss, outputs } = await step.run({
        ...batch.feeds,
        labelAt: Int32Array.of(3, 5),
        labels: Int32Array.of(7, 8),
        labelWeights: Float32Array.of(0.1, 0.1),
        users: placesOf(users),
        items: placesOf(items),
        pairWeights: Float32Array.from(present),
      });
      const [contrastive, masked, correct] = ['contrastiveLoss', 'maskedLoss', 'correct'].map(
        (name) => outputs[name].data[0],
      );
      return { loss, contrastive, masked, correct };
    };
  });
  afterAll(() => engine.dispose());

  const dot = (a: number[], b: number[]): number => a.reduce((sum, x, k) => sum + x * b[k], 0);

  /**
   * Of each present user the cross-entropy of the own item among the present items, cosine over 0.05; the
   * mean over pairs.
   */
  function oracle(users: number[], items: number[], present: number[]): { loss: number; correct: number } {
    const there = [...present.keys()].filter((i) => present[i] === 1);
    const score = (u: number, i: number): number => {
      const [a, b] = [vectors[users[u]], vectors[items[i]]];
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) / 0.05;
    };
    const losses = there.map((u) =>
      Math.log(there.reduce((sum, i) => sum + Math.exp(score(u, i) - score(u, u)), 0)),
    );
    return {
      loss: losses.reduce((a, b) => a + b, 0) / there.length,
      correct: there.filter((u) => there.every((i) => i === u || score(u, i) <= score(u, u))).length,
    };
  }

  it.each([
    ['all pairs', [0, 1, 2, 3], [4, 5, 6, 7], [1, 1, 1, 1], undefined],
    [
      'the same in the other direction, which is another loss',
      [4, 5, 6, 7],
      [0, 1, 2, 3],
      [1, 1, 1, 1],
      undefined,
    ],
    ['items that are their users', [0, 1, 2, 3], [0, 1, 2, 3], [1, 1, 1, 1], 4],
    ['each item another user', [0, 1, 2, 3], [1, 2, 3, 0], [1, 1, 1, 1], 0],
    // The item of the absent pair would be first for user 0.
    ['an absent pair', [0, 1, 2, 7], [4, 5, 6, 0], [1, 1, 1, 0], undefined],
    ['one pair, which has nobody to compete with', [0, 1, 2, 3], [4, 0, 0, 0], [1, 0, 0, 0], 1],
    ['equal items, which are not masked out', [0, 1, 2, 3], [5, 5, 2, 6], [1, 1, 1, 1], undefined],
  ] as [string, number[], number[], number[], number | undefined][])(
    'is that of double precision: %s',
    async (_, users, items, present, right) => {
      const expected = oracle(users, items, present);
      const { loss, contrastive, masked, correct } = await run(users, items, present);
      expect(Math.abs(contrastive - expected.loss)).toBeLessThan(1e-4 * Math.max(1, expected.loss));
      expect(loss).toBeCloseTo(contrastive + masked, 4);
      expect(correct).toBe(right ?? expected.correct);
      expect(expected.correct).toBe(correct);
    },
  );

  it('differs by direction, and by what an absent pair would add', () => {
    const all = [1, 1, 1, 1];
    expect(
      Math.abs(oracle([0, 1, 2, 3], [4, 5, 6, 7], all).loss - oracle([4, 5, 6, 7], [0, 1, 2, 3], all).loss),
    ).toBeGreaterThan(0.05);
    expect(
      Math.abs(
        oracle([0, 1, 2, 7], [4, 5, 6, 0], all).loss - oracle([0, 1, 2, 7], [4, 5, 6, 0], [1, 1, 1, 0]).loss,
      ),
    ).toBeGreaterThan(0.05);
  });
});

describe('accuracy within groups', () => {
  const users = [
    [1, 0],
    [0, 1],
    [1, 0],
    [0, 1],
    [-1, 0],
  ];
  const items = [
    [1, 1],
    [10, 0.5],
    [2, 1],
    [10, 20],
    [-1, 0],
  ];
  const vectors = Float32Array.from([...users, ...items].flat());

  it('ranks by cosine, among the items of the own group alone', () => {
    // Pairs of two: 0 and 1 are nearer to each other's items; 2 and 3 to their own, though item 3 is longer;
    // 4 is alone.
    expect(groupAccuracy(vectors, 5, 2, [[0, 1], [2, 3], [4]])).toBe(3 / 5);
    // Among all five, item 1 comes before user 2's own.
    expect(groupAccuracy(vectors, 5, 2, [[0, 1, 2, 3, 4]])).toBe(2 / 5);
  });

  it('lets an item that is as near as the own one do no harm', () => {
    expect(groupAccuracy(Float32Array.of(1, 0, 1, 0, 3, 0, 3, 0), 2, 2, [[0, 1]])).toBe(1);
  });
});

describe('the target', () => {
  it.each([
    [1, [0]],
    [2, [0, 1]],
    [3, [1, 2]],
    [4, [1, 2, 3]],
    [5, [2, 3, 4]],
    [6, [2, 3, 4, 5]],
  ])('of a sequence of %i is one of %j, each as likely', (n, positions) => {
    const found = Array.from({ length: 120 }, (_, k) => targetPosition(n, k / 120));
    expect(found).toEqual(
      Array.from({ length: 120 }, (_, k) => positions[Math.floor((k * positions.length) / 120)]),
    );
    expect(targetPosition(n, 1 - 2 ** -32)).toBe(n - 1);
  });
});

describe('sequences of pre-training', () => {
  const domains = [
    randomDataset({ users: 700, items: 40, seed: 1 }),
    randomDataset({ users: 320, items: 30, seed: 2 }),
  ];
  const keys = (sequences: PretrainingSequence[]): string[] =>
    sequences.map(({ domain, items }) => `${domain} ${items.byteOffset}`);

  it(
    'are nested: a larger fraction has every sequence of a smaller one, and all have the same held-out ' +
      'ones, which none trains on',
    () => {
      const parts = [0.001, 0.01, 0.1, 0.5, 1].map((fraction) => {
        const { train, validation } = pretrainingSequences(domains, { fraction, heldOut: 0.02 });
        return { train: keys(train), validation: keys(validation) };
      });
      expect(parts.map(({ train }) => train.length)).toEqual([1, 10, 100, 500, 1000]);
      for (const [i, { train, validation }] of parts.entries()) {
        expect(validation.length).toBe(20);
        expect(validation).toEqual(parts[0].validation);
        expect(train.filter((key) => validation.includes(key))).toEqual([]);
        expect(new Set(train).size).toBe(train.length);
        if (i > 0) expect(parts[i - 1].train.filter((key) => !train.includes(key))).toEqual([]);
      }
      expect(new Set([...parts[4].train, ...parts[4].validation]).size).toBe(1020);
      // A small fraction is drawn from both domains, not from the front.
      expect(new Set(parts[2].train.map((key) => key[0]))).toEqual(new Set(['0', '1']));
      expect(keys(pretrainingSequences(domains, { fraction: 0.1, seed: 43 }).train)).not.toEqual(
        parts[2].train,
      );
    },
  );

  it('leave out the held-out items of users that are evaluated later, and of nobody else (D28)', () => {
    // The last user has a test item that nobody is trained on, so is not evaluated.
    const dataset = datasetFrom([
      [1, 2, 3, 1, 2],
      [3, 2, 1, 3],
      [1, 2, 3, 9],
    ]);
    const of = (options: object): string[] => {
      const { train, validation } = pretrainingSequences([dataset, domains[0]], options);
      return [...train, ...validation]
        .filter(({ domain }) => domain === 0)
        .map(({ items }) => items.join(''))
        .sort();
    };
    const named = dataset.name;
    expect(named).toBe(domains[0].name);
    expect(of({ evaluated: [named] })).toEqual(['1239', '123', '32'].sort());
    expect(of({ evaluated: [named], targets: 'in' })).toEqual(['12312', '3213', '1239'].sort());
    expect(of({ evaluated: ['another'] })).toEqual(['12312', '3213', '1239'].sort());
  });
});

describe('batches of an epoch (D52)', () => {
  const sequences = [0, 1, 0, 1, 0, 0].map((domain) => ({ domain, items: Int32Array.of(1, 2) }));
  const order = Int32Array.of(3, 0, 5, 1, 2, 4);

  it('cut the shuffled order if all domains are mixed', () => {
    expect(epochBatches(sequences, order, 4, 'shuffled')).toEqual([
      [3, 0, 5, 1],
      [2, 4],
    ]);
  });

  it('hold one domain each, every sequence once, in the order of their first sequences', () => {
    expect(epochBatches(sequences, order, 2, 'oneDomain')).toEqual([
      [3, 1],
      [0, 5],
      [2, 4],
    ]);
    expect(epochBatches(sequences, order, 3, 'oneDomain')).toEqual([[3, 1], [0, 5, 2], [4]]);
  });
});
