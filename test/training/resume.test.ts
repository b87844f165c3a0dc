/**
 * A training killed in the middle and resumed ends with the very bytes of one that ran through; a folder of
 * another run is refused.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NamedHostTensors } from '../../lib/src/engine/types';
import { trainRecommender, type TrainRecommender } from '../../lib/src/training';
import { smallDataset } from '../evaluation/smallDataset';
import { freshFolder } from '../support/folders';

const folder = freshFolder();

const dataset = smallDataset({ users: 60, items: 100 });
const small = {
  dataset,
  model: 'sasrec',
  loss: 'ce',
  dim: 8,
  maxLength: 10,
  batch: 60,
  epochs: 5,
  patience: 5,
  dropout: 0.3,
  threads: 1,
} as const;

const bytes = (weights: NamedHostTensors): string[] =>
  Object.entries(weights)
    .map(
      ([name, { data }]) =>
        `${name} ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`,
    )
    .sort();

/** Runs until `update` updates are done, then stops as an abort does; undefined runs through. */
async function until(
  update: number | undefined,
  checkpoint: string,
  overrides: Partial<TrainRecommender> = {},
): ReturnType<typeof trainRecommender> {
  const controller = new AbortController();
  let done = 0;
  return trainRecommender({
    ...small,
    ...overrides,
    checkpoint,
    signal: controller.signal,
    onProgress: ({ metric }) => {
      if (metric === undefined && ++done === update) controller.abort();
    },
  });
}

describe('resume', () => {
  it('gives the weights, ranks and log of the whole run, wherever it stopped', async () => {
    const whole = await until(undefined, join(folder, 'whole'));
    for (const update of [1, 3, 5]) {
      const place = join(folder, `stopped-${update}`);
      await expect(until(update, place)).rejects.toThrow();
      const resumed = await until(undefined, place);
      expect(bytes(resumed.weights)).toEqual(bytes(whole.weights));
      expect(resumed.evaluation.ranks).toEqual(whole.evaluation.ranks);
      expect(resumed.log.map(({ loss, metrics }) => [loss, metrics])).toEqual(
        whole.log.map(({ loss, metrics }) => [loss, metrics]),
      );
    }
  });

  it('names what differs when the folder is of another run', async () => {
    const place = join(folder, 'other');
    await until(undefined, place, { epochs: 1 });
    await expect(until(undefined, place, { epochs: 1, learningRate: 0.01 })).rejects.toThrow(/learningRate/);
    await expect(
      until(undefined, place, { epochs: 1, dataset: smallDataset({ users: 60, items: 100, seed: 12 }) }),
    ).rejects.toThrow(/dataset/);
  });
});
