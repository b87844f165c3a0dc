/**
 * `elephant train` with several learning rates or seeds: trainings side by side, each in a single-threaded
 * process. The first seed chooses the rate by validation and the others use it, as in the experiments
 * (experiments/chain/rankings.ts). severalResults.ts has the reports.
 */
import { InputError } from '../../errors';
import type { FailedRun, GridPoint, RecommenderResult, RunRequest } from '../../training/recommender';
import type { ProgressLine } from '../progress';
import { type SeveralRuns, severalHeading, severalSummary, testOverSeeds } from './severalResults';
import type { Trained } from './trained';
import { failure, watch } from './watchTrainings';

export interface SeveralOptions {
  /** At least one; validation chooses among several. */
  learningRates: readonly number[];
  seeds: readonly number[];
  /** Trainings at once. */
  processes: number;
  signal: AbortSignal;
}

/** @throws InputError if no rate, or no seed, gave a result. */
export async function trainSeveral(
  request: Omit<RunRequest, 'learningRate' | 'seed'>,
  options: SeveralOptions,
  line: ProgressLine,
): Promise<Trained> {
  const several = await searchThenSeeds(request, options, line);
  const { learningRate, search, runs } = several;
  if (!runs.some(({ result }) => !('failed' in result))) {
    const why = runs.map(({ seed, result }) => `seed ${seed}: ${failure(result as FailedRun)}`);
    throw new InputError(
      `learning rate ${learningRate}`,
      `expected at least one seed that trains, got ${why.join('; ')}`,
      'Try a smaller rate',
    );
  }
  for (const warning of await warningsOf(several)) line.print(warning);
  const complete =
    runs.every(({ result }) => !('failed' in result)) &&
    search.every(({ outcome }) => typeof outcome !== 'object');
  return {
    test: testOverSeeds(several),
    heading: severalHeading(several),
    summary: severalSummary(several),
    complete,
    recommender: runs.length === 1 ? (runs[0].result as RecommenderResult) : undefined,
  };
}

/** A line for each seed that does not beat the baselines. */
async function warningsOf({ runs }: SeveralRuns): Promise<string[]> {
  const { baselineWarning } = await import('../../training/recommender');
  return runs.flatMap(({ seed, result }) => {
    if ('failed' in result || result.againstBaselines === undefined) return [];
    const warning = baselineWarning(result.againstBaselines, result.options);
    return warning === undefined ? [] : [`seed ${seed}: ${warning}`];
  });
}

async function searchThenSeeds(
  request: Omit<RunRequest, 'learningRate' | 'seed'>,
  { learningRates, seeds, processes, signal }: SeveralOptions,
  line: ProgressLine,
): Promise<SeveralRuns> {
  const { learningRateGrid, trainInParallel } = await import('../../training/recommender');
  let learningRate = learningRates[0];
  let search: GridPoint[] = [];
  const first: RecommenderResult[] = [];
  if (learningRates.length > 1) {
    const watched = watch({
      names: learningRates.map((rate) => `learning rate ${rate}`),
      later: seeds.length - 1,
      processes,
      line,
    });
    const found = await learningRateGrid(request, { learningRates, seeds: [seeds[0]], signal, ...watched });
    ({ learningRate, grid: search } = found);
    first.push(...found.runs);
  }
  const others = seeds.slice(first.length);
  const watched = watch({ names: others.map((seed) => `seed ${seed}`), later: 0, processes, line });
  const results = [
    ...first,
    ...(await trainInParallel(
      others.map((seed) => ({ ...request, learningRate, seed })),
      { signal, ...watched },
    )),
  ];
  return { learningRate, search, runs: results.map((result, i) => ({ seed: seeds[i], result })) };
}
