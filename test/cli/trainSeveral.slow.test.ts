/**
 * `elephant train` with lists of learning rates and seeds: what it chooses, prints and counts as failed, and
 * that Ctrl-C ends its processes.
 */
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import * as library from '../../lib/dist';
import {
  type SeveralRuns,
  severalHeading,
  severalSummary,
  testOverSeeds,
} from '../../lib/src/cli/train/severalResults';
import type { RecommenderResult } from '../../lib/src/training/recommender';
import { smallDataset } from '../evaluation/smallDataset';
import { groupIsGone } from './groupIsGone';
import { pattern } from '../pattern';
import { COMMAND, elephant, type Ended } from '../support/elephant';

const SMALL = ['train', '--domain', 'Pantry', '--dim', '8', '--loss', 'ce', '--epochs', '3'];
const run = (...args: string[]): Promise<Ended> => elephant(...SMALL, ...args);

type Metrics = Record<string, Record<string, number>>;
interface Several {
  learningRate: number;
  search: { learningRate: number; outcome: number | 'diverged'; validation?: Metrics; test?: Metrics }[];
  runs: {
    seed: number;
    options: { learningRate: number; seed: number };
    validation: Metrics;
    test: Metrics;
  }[];
  test: Record<string, Record<string, { mean: number; spread?: number; values: number[] }>>;
  baselines: Record<string, Metrics>;
}

test(
  'the first seed chooses the rate by validation, one that diverges is said to, and the other seeds take ' +
    'what it chose',
  async () => {
    const { out, err } = await run(
      '--learning-rates',
      '1e-9,1e38,1e-2',
      '--seeds',
      '2,1',
      '--workers',
      '2',
      '--json',
    );
    const { learningRate, search, runs, test: tested, baselines } = JSON.parse(out) as Several;
    expect(err).toMatch(/^learning rate 1e\+38: diverged$/m);
    expect(err).toMatch(/^seed 1: validation NDCG@10 0\.\d{4}, 3 epochs/m);
    expect(search.map((point) => [point.learningRate, typeof point.outcome])).toEqual([
      [1e-9, 'number'],
      [1e38, 'string'],
      [1e-2, 'number'],
    ]);
    expect(search[1].outcome).toBe('diverged');
    const best = search[0].outcome >= search[2].outcome ? search[0] : search[2];
    expect(learningRate).toBe(best.learningRate);
    expect(best.outcome).toBe(best.validation?.full['NDCG@10']);
    for (const point of search) expect(point.test).toBeUndefined();
    expect(runs.map(({ seed, options }) => [seed, options.seed, options.learningRate])).toEqual([
      [2, 2, learningRate],
      [1, 1, learningRate],
    ]);
    expect(runs[0].validation).toEqual(best.validation);
    const [a, b] = runs.map((one) => one.test.full['HR@10']);
    expect(tested.full['HR@10'].values).toEqual([a, b]);
    expect(tested.full['HR@10'].mean).toBeCloseTo((a + b) / 2, 12);
    expect(tested.full['HR@10'].spread).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 12);
    expect(baselines.popularity.full['HR@10']).toBeGreaterThan(0);
  },
);

test('several seeds train as each would alone, and are printed with their spread', async () => {
  const [{ out, err }, alone] = await Promise.all([
    run('--learning-rate', '3e-3', '--seeds', '3,4'),
    run('--learning-rate', '3e-3', '--seed', '4', '--threads', '1', '--json'),
  ]);
  expect(out).toMatch(
    pattern(
      /^learning rate 0\.003, mean ± standard deviation over seeds 3, 4\ntest +HR@1 .*\n/,
      /1 \+ 100 sampled, sasrec( +0\.\d{4} ± 0\.\d{4}){5}\n/,
      /1 \+ 100 sampled, popularity( +0\.\d{4}){5}\n/,
    ),
  );
  expect(out).not.toMatch(/validation/);
  const { bestEpoch } = JSON.parse(alone.out) as { bestEpoch: number };
  expect(err).toMatch(
    new RegExp(`^seed 4: validation NDCG@10 0\\.\\d{4}, 3 epochs \\(best ${bestEpoch},`, 'm'),
  );
});

test('one rate of several, one seed: which was chosen, and no spread', async () => {
  const { out, err } = await run(
    '--as',
    'published',
    '--learning-rates',
    '0.0001,3e-3',
    '--seed',
    '5',
    '--set',
    'selection=full',
  );
  expect(out).toMatch(
    pattern(
      /^validation of seed 5, all items\nlearning rate +NDCG@10 +best epoch +epochs\n/,
      / +0\.0001 +0\.\d{4} +\d +3.*\n +0\.003 +0\.\d{4} +\d +3.*\n\n/,
      /learning rate (0\.0001|0\.003), seed 5\ntest /,
    ),
  );
  expect(out).not.toMatch(/±/);
  expect(err).toMatch(
    pattern(
      /^as published: heads=1, dropout=0\.5, padding=masked, /m,
      /userSampling=shuffled, evaluationNegatives=uniform$/,
    ),
  );
  expect(out.match(/ chosen$/gm)).toHaveLength(1);
});

test('if nothing trains, one message says what became of each', async () => {
  const rates = await run('--learning-rates', '1e38,2e38');
  expect([rates.code, rates.out]).toEqual([2, '']);
  expect(rates.err).toMatch(
    pattern(
      /^elephant: learning-rate grid: expected at least one rate that trains, /m,
      /got 1e\+38: diverged; 2e\+38: diverged\. Try smaller rates$/,
    ),
  );
  const seeds = await run('--learning-rate', '1e38', '--seeds', '1,2');
  expect([seeds.code, seeds.out]).toEqual([2, '']);
  expect(seeds.err).toMatch(
    pattern(
      /^elephant: learning rate 1e\+38: expected at least one seed that trains, /m,
      /got seed 1: diverged; seed 2: diverged\. Try a smaller rate$/,
    ),
  );
});

test('a seed without a result is left out of the means, and a line says so', () => {
  const result = (seed: number, value: number): RecommenderResult =>
    ({
      options: { seed, selection: 'full' },
      test: Object.fromEntries(
        ['sampled', 'full', 'fullMasked'].map((protocol) => [protocol, { 'HR@1': value }]),
      ),
    }) as unknown as RecommenderResult;
  const several: SeveralRuns = {
    learningRate: 0.01,
    search: [],
    runs: [
      { seed: 1, result: result(1, 0.2) },
      { seed: 2, result: { failed: 'its process ended (SIGKILL)', diverged: false } },
      { seed: 3, result: result(3, 0.4) },
    ],
  };
  expect(severalHeading(several)).toBe(
    'learning rate 0.01, mean ± standard deviation over seeds 1, 3 (1 of 3 seeds gave no result)\n',
  );
  expect(testOverSeeds(several).full['HR@1'].values).toEqual([0.2, 0.4]);
  expect(severalSummary(several)).toMatchObject({
    runs: [{ seed: 1 }, { seed: 2, failed: 'its process ended (SIGKILL)', diverged: false }, { seed: 3 }],
  });
});

test.skipIf(process.platform === 'win32').each([
  ['the whole group, as a terminal sends it', -1],
  ['the command alone', 1],
])('Ctrl-C ends all processes: to %s', async (_, whom) => {
  const child = spawn(
    process.execPath,
    [COMMAND, ...SMALL, '--epochs', '100000', '--patience', '100000', '--seeds', '1,2,3', '--workers', '2'],
    { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const leader = child.pid as number;
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => void (printed += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await expect.poll(() => printed, { timeout: 60_000 }).toContain('0/3 trained');
  process.kill(whom * leader, 'SIGINT');
  expect(await ended).toBe(130);
  expect(printed).toContain('elephant: interrupted; nothing is kept of an interrupted training');
  await expect.poll(() => groupIsGone(leader), { timeout: 2000 }).toBe(true);
});

test('the library has both by its name', async () => {
  const request = {
    dataset: smallDataset({ users: 40, items: 60 }),
    model: 'sasrec',
    loss: 'ce',
    dim: 8,
    maxLength: 10,
    batch: 40,
    epochs: 1,
  } as const;
  const { runs } = await library.learningRateGrid(request, {
    learningRates: library.LEARNING_RATES.slice(2),
    processes: 2,
  });
  const [again] = await library.trainInParallel([
    { ...request, learningRate: runs[0].options.learningRate, seed: 42 },
  ]);
  expect(again).toMatchObject({ validation: runs[0].validation });
});
