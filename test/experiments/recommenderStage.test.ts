/**
 * The stage that trains a recommender with a grid of learning rates: which it keeps, and what it says of
 * those that diverge.
 */
import { expect, it } from 'vitest';
import type { StageContext } from '../../lib/src/pipeline/stage';
import { run } from '../../lib/src/experiments/stages/recommender';
import { storeDataset } from '../../lib/src/experiments/stages/storedDataset';
import { smallDataset } from '../evaluation/smallDataset';

const inputs = { dataset: storeDataset(smallDataset({ users: 40, items: 60 })) };
const context: StageContext = {
  threads: 1,
  signal: new AbortController().signal,
  sources: {},
  progress: () => undefined,
  checkpoint: () => {
    throw new Error('no checkpoint in this test');
  },
};
const config = {
  model: 'sasrec',
  loss: 'ce',
  variant: 'base',
  selection: 'full',
  dim: 8,
  epochs: 2,
  patience: 2,
  batch: 20,
  passes: 1,
  seed: 1,
} as const;

it('says so if every rate diverges', async () => {
  await expect(run({ ...config, learningRates: [1e38, 2e38] }, inputs, context)).rejects.toThrow(
    'training diverged with every learning rate (1e+38, 2e+38)',
  );
});

it('continues with the others if one diverges, and keeps the best of them by validation', async () => {
  const rates = [1e-9, 1e38, 1e-2];
  const { json } = await run({ ...config, learningRates: rates }, inputs, context);
  const { search, learningRate, validation } = json;
  expect(search.map((point) => point.learningRate)).toEqual(rates);
  const values = search.map((point) => point.validation);
  expect(values[1]).toBeNull();
  expect(learningRate).toBe((values[0] as number) >= (values[2] as number) ? rates[0] : rates[2]);
  expect(validation.full['NDCG@10']).toBe(Math.max(values[0] as number, values[2] as number));
});

it('takes no other failure for a rate that diverges', async () => {
  await expect(run({ ...config, dim: 0, learningRates: [1e38, 1e-3] }, inputs, context)).rejects.toThrow(
    /train dim: expected a whole number of at least 1, got 0/,
  );
});
