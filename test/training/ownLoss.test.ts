/**
 * A loss of the user's own: it trains as the library's of equal content does, to the byte; what is no loss is
 * refused; a checkpoint knows the loss it was written with.
 */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { recommend, trainInParallel, trainRecommender, type TrainRecommender } from '../../lib/src/training';
import { LOSSES, type NegativesLoss, type RecommenderLoss } from '../../lib/src/training/losses';
import { smallDataset } from '../evaluation/smallDataset';
import { freshFolder } from '../support/folders';

const dataset = smallDataset({ users: 30, items: 40 });
const run = (request: Partial<TrainRecommender>) =>
  trainRecommender({
    dataset,
    model: 'sasrec',
    dim: 8,
    heads: 1,
    maxLength: 10,
    batch: 10,
    epochs: 2,
    threads: 1,
    ...request,
  });

const names = Object.keys(LOSSES).join(', ');

const bpr: NegativesLoss = {
  name: 'bpr',
  against: 'negativesPerPosition',
  value({ hidden, positives, negatives, weights }) {
    const margin = tf.sum(tf.mul(hidden, tf.sub(positives, negatives)), 1);
    return tf.sum(tf.mul(tf.softplus(tf.neg(margin)), weights));
  },
};

describe('a loss of your own', () => {
  it.each([
    ['sasrec', 'bce', { negatives: 2 }],
    ['sasrec', 'ce', { paddingAsClass: true }],
    ['sasrec', 'sampled', { logQ: 'both', negativeSampling: 'popularity' }],
    ['bert4rec', 'ce', {}],
  ] as const)('%s: a copy of %s trains as the original', async (model, name, options) => {
    const copy = { ...LOSSES[name], name: 'copy' } as RecommenderLoss;
    const [own, library] = [
      await run({ ...options, model, loss: copy }),
      await run({ ...options, model, loss: name }),
    ];
    expect(own.weights).toEqual(library.weights);
    expect(own.log.map(({ loss }) => loss)).toEqual(library.log.map(({ loss }) => loss));
    expect(own.options).toEqual({ ...library.options, loss: 'copy' });
  });

  it('learns, and its model recommends', async () => {
    const result = await run({ loss: bpr, epochs: 30, dropout: 0, learningRate: 0.01 });
    const losses = result.log.map(({ loss }) => loss as number);
    expect(losses[0]).toBeLessThan(1);
    expect(losses[losses.length - 1]).toBeLessThan(0.7 * losses[0]);
    expect(result.options).toMatchObject({ loss: 'bpr', negatives: 1 });
    const [next] = await recommend(result, dataset, [[dataset.itemKeys[0]]], { top: 3, threads: 1 });
    expect(next).toHaveLength(3);
  });

  it.each([
    [null, 'train loss: expected a name or an object, got null'],
    [{ ...bpr, name: 'bce' }, `train loss.name: expected a name other than ${names}, got "bce"`],
    [{ ...bpr, name: undefined }, `train loss.name: expected a name other than ${names}, got undefined`],
    [{ ...bpr, against: 'all' }, 'train loss.against: expected one of allItems, negativesPerPosition,'],
    [{ ...bpr, value: undefined }, 'train loss.value: expected a function, got undefined'],
    [
      { ...bpr, inputs: { specs: () => ({}) } },
      'train loss.inputs.feeds: expected a function, got undefined',
    ],
    [() => 1, 'train loss: expected a name or an object, got a function'],
  ])('is refused unless it is one: %o', async (loss, message) => {
    await expect(run({ loss: loss as never })).rejects.toThrow(message);
  });

  it('is refused if the model has no use for it, if names clash, and in other processes', async () => {
    await expect(run({ model: 'bert4rec', loss: bpr })).rejects.toThrow('expected ce for bert4rec, got bpr');
    const clash = { specs: () => ({ labels: { shape: [], dtype: 'int32' as const } }), feeds: () => ({}) };
    await expect(run({ loss: { ...bpr, inputs: clash } })).rejects.toThrow(
      'train loss bpr: expected other input names than "labels"',
    );
    await expect(trainInParallel([{ dataset, model: 'sasrec', loss: bpr as never }])).rejects.toThrow(
      'train in parallel: expected the name of a loss, got an object',
    );
  });

  it('is not mixed with another in one checkpoint', async () => {
    const checkpoint = freshFolder();
    const changed: NegativesLoss = {
      ...bpr,
      value: (batch) => tf.mul<tf.Scalar>(2, LOSSES.bce.value(batch)),
    };
    await run({ loss: bpr, checkpoint });
    await expect(run({ loss: changed, checkpoint })).rejects.toThrow(/loss/);
    expect((await run({ loss: bpr, checkpoint })).epochs).toBe(2);
  });
});

it('every loss is listed by its own name, with a meaning', () => {
  for (const [key, { name, meaning }] of Object.entries(LOSSES)) {
    expect(name).toBe(key);
    expect(meaning).toMatch(/^\S.*\S$/);
  }
});
