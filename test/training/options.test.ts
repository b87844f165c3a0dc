/**
 * Every documented decision of docs/decisions.md that is an option here can be trained with, and changes the
 * result.
 */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { adam, createEngine } from '../../lib/src/engine';
import type { NamedHostTensors, Optimizer } from '../../lib/src/engine/types';
import { withPaddingRow } from '../../lib/src/text/itemTable';
import { createRandom } from '../../lib/src/random';
import {
  presetOptions,
  recommenderOptions,
  type RecommenderOptions,
  trainRecommender,
  type TrainRecommender,
} from '../../lib/src/training';
import { lazyRows } from '../../lib/src/training/recommender/lazyRows';
import { recommenderBatches } from '../../lib/src/training/recommender/recommenderBatches';
import { trainableUsers, userBatches } from '../../lib/src/training/recommender/userBatches';
import { ringDataset, smallDataset } from '../evaluation/smallDataset';

const dataset = smallDataset({ users: 40, items: 110 });
const random = createRandom(6);
const table = withPaddingRow(
  Float32Array.from({ length: dataset.items * 8 }, () => 0.2 * random.normal()),
  dataset.items,
  8,
);
/** Pairs of items with equal vectors: every score is tied. */
const twins = withPaddingRow(
  Float32Array.from(
    { length: dataset.items * 8 },
    (_, i) => table.data[8 + 16 * Math.floor(i / 16) + (i % 8)],
  ),
  dataset.items,
  8,
);
const loss = async (
  request: Partial<TrainRecommender> & Pick<TrainRecommender, 'model'>,
): Promise<number> => {
  const { log } = await trainRecommender({
    dataset,
    dim: 8,
    heads: 1,
    maxLength: 10,
    batch: 40,
    epochs: 3,
    dropout: 0,
    threads: 1,
    userSampling: 'shuffled',
    ...request,
  });
  return log[2].loss as number;
};

describe('options', () => {
  it.each([
    ['D10 padding masked', { model: 'sasrec', loss: 'ce' }, { padding: 'masked' }],
    ['D11 padding as class 0', { model: 'sasrec', loss: 'ce' }, { paddingAsClass: true }],
    ['D12 softmax instead of BCE', { model: 'sasrec', loss: 'bce' }, { loss: 'ce' }],
    ['several negatives', { model: 'sasrec', loss: 'bce' }, { negatives: 3 }],
    ['D44 negatives by popularity', { model: 'sasrec', loss: 'sampled' }, { negativeSampling: 'popularity' }],
    ['no logQ correction', { model: 'sasrec', loss: 'sampled' }, { logQ: 'none' }],
    [
      'logQ correction of labels too',
      { model: 'sasrec', loss: 'sampled', negativeSampling: 'popularity' },
      { logQ: 'both' },
    ],
    [
      'D48 users with replacement',
      { model: 'sasrec', loss: 'ce' },
      { userSampling: 'replacement', batch: 40 },
    ],
    [
      'D8 every batch three times',
      { model: 'sasrec', loss: 'bce', userSampling: 'replacement', batch: 10 },
      { userSampling: 'repeated' },
    ],
    ['D41 lazy rows', { model: 'sasrec', loss: 'bce', batch: 10 }, { lazyRows: true }],
    [
      'D35 table rescaled',
      { model: 'sasrec', loss: 'ce', variant: 'freeze', table },
      { tableScale: 'randomStd' },
    ],
    [
      'D35 table whitened',
      { model: 'sasrec', loss: 'ce', variant: 'freeze', table },
      { tableScale: 'whitened' },
    ],
    ['D3 tied output', { model: 'bert4rec' }, { output: 'tied' }],
    ['D4 trained mask row', { model: 'bert4rec', variant: 'freeze', table }, { trainedMaskRow: true }],
  ] as [string, Partial<TrainRecommender> & Pick<TrainRecommender, 'model'>, Partial<RecommenderOptions>][])(
    '%s changes what is learnt',
    async (_, request, change) => {
      const [before, after] = [await loss(request), await loss({ ...request, ...change })];
      expect(Number.isFinite(after)).toBe(true);
      expect(after).not.toBe(before);
    },
  );

  it.each([
    ['D44 negatives by popularity', { evaluationNegatives: 'popularity' }, 'sampled'],
    ['D32 trained items only', { candidates: 'trained' }, 'full'],
    ['D15 ties against the target', { ties: 'pessimistic', variant: 'freeze', table: twins }, 'full'],
  ] as const)('%s changes what is measured, not what is learnt', async (_, change, protocol) => {
    const request = {
      dataset,
      model: 'sasrec',
      loss: 'ce',
      dim: 8,
      maxLength: 10,
      batch: 40,
      epochs: 1,
      threads: 1,
      userSampling: 'shuffled',
    } as const;
    const plain = 'table' in change ? { variant: change.variant, table: change.table } : {};
    const [before, after] = [
      await trainRecommender({ ...request, ...plain }),
      await trainRecommender({ ...request, ...change }),
    ];
    expect(after.weights).toEqual(before.weights);
    expect(after.test[protocol]).not.toEqual(before.test[protocol]);
    expect(after.log[0].metrics[`${protocol} NDCG@50`]).not.toBe(
      before.log[0].metrics[`${protocol} NDCG@50`],
    );
  });

  it('D13: the padding class is one candidate more', async () => {
    const request = {
      dataset,
      model: 'sasrec',
      loss: 'ce',
      dim: 8,
      maxLength: 10,
      batch: 40,
      epochs: 1,
      threads: 1,
    } as const;
    const { ranks: without } = (await trainRecommender(request)).evaluation;
    const { ranks: padded } = (await trainRecommender({ ...request, paddingClass: true })).evaluation;
    const more = padded.full.above.map((above, k) => above - without.full.above[k]);
    expect(new Set(more)).toEqual(new Set([0, 1]));
  });

  it('D8: each batch comes three times, users and all; D48: floor(users / batch) batches', () => {
    const users = trainableUsers(dataset, 2);
    const options = recommenderOptions({ model: 'sasrec', batch: 5, userSampling: 'repeated' });
    const batches = userBatches(dataset, users, 0, options);
    expect(batches.length).toBe(8);
    expect(batches.map((batch) => batches.indexOf(batch))).toEqual([0, 0, 0, 3, 3, 3, 6, 6]);
    expect(batches[3]).not.toEqual(batches[0]);
  });

  it.each(['sasrec', 'bert4rec'] as const)(
    'D6: the last partial batch of a pass over the users is dropped, whole ones and a lone one are not (%s)',
    (model) => {
      const ring = ringDataset(40, 110, 8);
      const users = trainableUsers(ring, 2);
      const sizes = (batch: number, dropLastBatch: boolean, passes = 1): number[] => {
        const options = recommenderOptions({
          model,
          dim: 8,
          heads: 1,
          maxLength: 10,
          batch,
          passes,
          userSampling: 'shuffled',
          dropLastBatch,
        });
        const { total, batches } = recommenderBatches(ring, options)(1);
        const all = Array.from({ length: passes }, (_, pass) =>
          userBatches(ring, users, passes + pass, options),
        ).flat();
        expect([...batches].length).toBe(total);
        expect(all.length).toBe(total);
        // What is left are the batches of a pass that drops nobody.
        if (passes === 1)
          expect(all).toEqual(
            userBatches(ring, users, 1, { ...options, dropLastBatch: false }).slice(0, all.length),
          );
        return all.map(({ length }) => length);
      };
      expect(sizes(12, false)).toEqual([12, 12, 12, 4]);
      expect(sizes(12, true)).toEqual([12, 12, 12]);
      expect(sizes(12, true, 2)).toEqual([12, 12, 12, 12, 12, 12]);
      expect(sizes(10, true)).toEqual([10, 10, 10, 10]);
      expect(sizes(64, true)).toEqual([40]);
    },
  );

  it('D41: a row without gradient keeps value and moments; others move as in dense Adam', async () => {
    const engine = await createEngine({ provider: 'cpu', threads: 1 });
    const after = async (optimizer: Optimizer): Promise<NamedHostTensors> => {
      const state = engine.createState({
        table: { shape: [3, 2], dtype: 'float32', data: Float32Array.of(1, 2, 3, 4, 5, 6) },
      });
      const step = await engine.compileTraining(
        {
          name: 'rows',
          inputs: { row: { shape: [1], dtype: 'int32' } },
          optimizer,
          loss: (params, { row }) =>
            tf.sum<tf.Scalar>(tf.square(tf.gather(params.table, row as tf.Tensor1D))),
        },
        state,
      );
      for (const row of [0, 1]) await step.run({ row: Int32Array.of(row) });
      return state.snapshot();
    };
    const dense = adam({ learningRate: 0.1 });
    const [one, other] = [await after(dense), await after(lazyRows(dense, () => true))];
    await engine.dispose();
    const row = (tensors: NamedHostTensors, name: string, r: number): number[] =>
      Array.from(tensors[name].data.subarray(2 * r, 2 * r + 2));
    // Row 0 had its gradient in the first step only, row 2 in none.
    expect(row(one, 'table', 0)[0]).toBeLessThan(row(other, 'table', 0)[0] - 0.01);
    expect(row(other, 'table', 0)[0]).toBeCloseTo(0.9, 4);
    expect(row(other, 'table/m', 0)).not.toEqual(row(one, 'table/m', 0));
    for (const name of ['table', 'table/m', 'table/v']) {
      expect(row(other, name, 1)).toEqual(row(one, name, 1));
      expect(row(other, name, 2)).toEqual(row(one, name, 2));
    }
  });

  it("have the original papers' values on request", () => {
    const sasrec = recommenderOptions({
      model: 'sasrec',
      ...presetOptions('published', { model: 'sasrec' }),
    });
    expect(sasrec).toMatchObject({
      dim: 50,
      heads: 1,
      dropout: 0.5,
      loss: 'bce',
      padding: 'masked',
      userSampling: 'shuffled',
      learningRate: 1e-3,
      selection: 'sampled',
      evaluationNegatives: 'uniform',
      maxLength: 50,
      batch: 128,
      beta2: 0.98,
    });
    const bert4rec = recommenderOptions({
      model: 'bert4rec',
      ...presetOptions('published', { model: 'bert4rec' }),
    });
    expect(bert4rec).toMatchObject({
      dim: 64,
      heads: 2,
      loss: 'ce',
      output: 'tied',
      userSampling: 'shuffled',
      dropLastBatch: false,
      learningRate: 1e-4,
      selection: 'sampled',
      evaluationNegatives: 'popularity',
      batch: 256,
      beta2: 0.999,
    });
    // What the table in published.ts says both presets share.
    for (const options of [sasrec, bert4rec])
      expect(options).toMatchObject({
        lazyRows: false,
        paddingClass: false,
        paddingAsClass: false,
        variant: 'base',
        ties: 'optimistic',
      });
    expect(() => presetOptions('published', { model: 'gru4rec' as 'sasrec' })).toThrow(
      /unknown model "gru4rec"/,
    );
  });

  it('need a dataset: a promise that nobody waited for is named', async () => {
    const train = (given: unknown) =>
      trainRecommender({ dataset: given, model: 'sasrec' } as TrainRecommender);
    await expect(train(Promise.resolve(dataset))).rejects.toThrow(
      /train: expected a dataset .*got a promise of one\. Write await before it/,
    );
    for (const none of [undefined, null, {}, 'examples/shop'])
      await expect(train(none)).rejects.toThrow(/await readOwn\(path\) gives one/);
  });

  it('refuse values of another type', () => {
    expect(() => recommenderOptions({ model: 'sasrec', lazyRows: 'yes' as never })).toThrow(
      /train lazyRows: expected true or false, got "yes"/,
    );
    expect(() => recommenderOptions({ model: 'sasrec', beta1: '0.9' as never })).toThrow(
      /train beta1: expected a number of at least 0 and below 1, got "0\.9"/,
    );
    expect(() => recommenderOptions({ model: 'sasrec', beta2: 1 })).toThrow(
      /train beta2: expected a number of at least 0 and below 1, got 1/,
    );
    expect(() => recommenderOptions({ model: 'sasrec', beta1: -0.1 })).toThrow(
      /train beta1: expected a number of at least 0 and below 1, got -0.1/,
    );
    expect(() => recommenderOptions({ model: 'sasrec', eps: 0 })).toThrow(
      /train eps: expected a number above 0, got 0/,
    );
  });

  it("have the authors' defaults", () => {
    expect(recommenderOptions({ model: 'sasrec' })).toMatchObject({
      dim: 768,
      blocks: 2,
      heads: 1,
      dropout: 0.5,
      batch: 128,
      loss: 'bce',
      beta2: 0.98,
      userSampling: 'replacement',
      patience: 10,
      epochs: 200,
    });
    expect(recommenderOptions({ model: 'bert4rec' })).toMatchObject({
      dim: 768,
      blocks: 2,
      heads: 4,
      dropout: 0.1,
      batch: 256,
      loss: 'ce',
      beta2: 0.999,
      userSampling: 'shuffled',
      output: 'untied',
    });
  });

  it('weigh padded slots as coded (D11): all together as their share of batch x length', async () => {
    // At rate ~0 the last norm's bias stays 0, so a padded slot's loss is ln(V + 1).
    const still = { model: 'sasrec', loss: 'ce', learningRate: 1e-30 } as const;
    const [real, all] = [await loss(still), await loss({ ...still, paddingAsClass: true })];
    const share = (all - real) / (Math.log(dataset.items + 1) - real);
    let positions = 0;
    let users = 0;
    for (let u = 0; u < dataset.users; u++) {
      const length = dataset.offsets[u + 1] - dataset.offsets[u];
      const part = length < 3 ? length : length - 2;
      if (part < 2) continue;
      users++;
      positions += Math.min(10, part - 1);
    }
    expect(share).toBeCloseTo(1 - positions / (users * 10), 2);
  });
});
