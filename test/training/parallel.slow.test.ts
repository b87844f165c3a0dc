/**
 * Trainings in processes of their own (compiled library, as users run it): equal to those in this process, a
 * killed one resumes to the byte, a grid chooses on validation and survives a rate that diverges.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  learningRateGrid,
  type RecommenderResult,
  trainInParallel,
  trainRecommender,
} from '../../lib/dist/training';
import { runIn, startRunWorker } from '../../lib/dist/training/recommender/trainInParallel';
import { createRandom } from '../../lib/src/random';
import { smallDataset } from '../evaluation/smallDataset';
import { pattern } from '../pattern';
import { freshFolder } from '../support/folders';

const folder = freshFolder();

const dataset = smallDataset({ users: 60, items: 100 });
const shape = {
  dataset,
  model: 'sasrec',
  loss: 'ce',
  dim: 8,
  maxLength: 10,
  batch: 60,
  dropout: 0.3,
  threads: 1,
} as const;
const small = { ...shape, epochs: 4, patience: 4 };
const bytes = ({ weights }: Pick<RecommenderResult, 'weights'>): string[] =>
  Object.entries(weights)
    .map(
      ([name, { data }]) =>
        `${name} ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`,
    )
    .sort();

describe('trainings side by side', () => {
  it('give what each gives alone, in the order asked for, and one failure leaves the others', async () => {
    const alone = await trainRecommender({ ...small, seed: 2 });
    let seen = 0;
    const [one, broken, two, thrown] = await trainInParallel(
      [
        { ...small, seed: 1 },
        { ...small, dim: 0 },
        { ...small, seed: 2 },
        { ...small, dataset: { ...small.dataset, offsets: null as never } },
      ],
      { processes: 2, onProgress: (_, finished) => (seen = Math.max(seen, finished)) },
    );
    expect(broken).toEqual({ diverged: false, failed: expect.stringContaining('dim') });
    expect(thrown).toMatchObject({ stack: expect.stringContaining('splits.js') });
    expect(bytes(two as RecommenderResult)).toEqual(bytes(alone));
    expect(bytes(one as RecommenderResult)).not.toEqual(bytes(alone));
    expect(seen).toBe(4);
  });

  it('end with the signal, and none begins after it', async () => {
    const controller = new AbortController();
    const long = { ...small, epochs: 100, patience: 100 };
    let said = 0;
    const running = trainInParallel([long, long, long], {
      processes: 1,
      signal: controller.signal,
      onProgress: () => (said++, controller.abort(new Error('enough'))),
      onResult: () => (said += 1000),
    });
    await expect(running).rejects.toThrow('enough');
    said = 0;
    // A process takes half a second until it speaks.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(said).toBe(0);
  });
});

describe('a learning-rate grid', () => {
  it('takes the rate with the best validation value, then trains the other seeds with it', async () => {
    const { grid, learningRate, runs } = await learningRateGrid(small, {
      learningRates: [1e-9, 1e-2, 1e38],
      seeds: [1, 2],
      processes: 2,
    });
    expect(grid.map((point) => point.learningRate)).toEqual([1e-9, 1e-2, 1e38]);
    expect(grid[2].outcome).toBe('diverged');
    const values = grid.slice(0, 2).map(({ outcome }) => outcome as number);
    expect(learningRate).toBe(values[0] >= values[1] ? 1e-9 : 1e-2);
    expect(runs.map(({ options }) => [options.seed, options.learningRate])).toEqual([
      [1, learningRate],
      [2, learningRate],
    ]);
  });

  it('reports what became of every rate if none trains, and trains no further seed', async () => {
    let ended = 0;
    const grid = learningRateGrid(small, {
      learningRates: [1e38, 2e38, -1],
      seeds: [1, 2],
      processes: 1,
      onResult: () => void ended++,
    });
    await expect(grid).rejects.toThrow(
      pattern(
        /learning-rate grid: expected at least one rate that trains, /,
        /got 1e\+38: diverged; 2e\+38: diverged; -1: .*expected a number above 0, got -1/,
      ),
    );
    expect(ended).toBe(3);
  });
});

/** Moments at which a training is killed; ELEPHANT_KILLS asks for more. */
const KILLS = Number(process.env.ELEPHANT_KILLS ?? 3);

describe('a training killed with SIGKILL', () => {
  const long = { ...shape, epochs: 20, patience: 20 };
  const random = createRandom(8);

  it(
    `resumes to the byte, at ${KILLS} of ${KILLS} random moments`,
    { timeout: 30_000 + 20_000 * KILLS },
    async () => {
      const whole = await trainRecommender(long);
      for (let kill = 0; kill < KILLS; kill++) {
        const checkpoint = join(folder, `killed-${kill}`);
        // In an update, a validation or a checkpoint, some epochs from the start and well before the end.
        const [atEpoch, delay] = [1 + random.integer(10), 40 * random.uniform()];
        const worker = startRunWorker();
        const result = await runIn(worker, { ...long, checkpoint }, ({ epoch, metric }) => {
          if (metric !== undefined && epoch === atEpoch) setTimeout(() => worker.kill('SIGKILL'), delay);
        });
        expect(result).toMatchObject({ failed: expect.stringContaining('SIGKILL') });
        const resumed = await trainRecommender({ ...long, checkpoint });
        expect(bytes(resumed)).toEqual(bytes(whole));
        expect(resumed.evaluation.ranks).toEqual(whole.evaluation.ranks);
      }
    },
  );

  it('killed again and again, resumes to the byte', async () => {
    const whole = await trainRecommender(long);
    const checkpoint = join(folder, 'killed-often');
    for (let death = 1; death <= 3; death++) {
      const worker = startRunWorker();
      await runIn(worker, { ...long, checkpoint }, ({ epoch, metric }) => {
        if (metric !== undefined && epoch >= 3 * death) worker.kill('SIGKILL');
      });
    }
    const resumed = await trainRecommender({ ...long, checkpoint });
    expect(bytes(resumed)).toEqual(bytes(whole));
  });
});
