/**
 * The paper's search: each learning rate of a grid is trained once, and the best validation value decides
 * (D5). Further seeds are then trained at that rate. The test item is not used. Runs go side by side
 * (trainInParallel).
 */
import { InputError, requireKnownOptions } from '../../errors';
import { type FailedRun, PARALLEL_OPTIONS, type ParallelOptions, trainInParallel } from './trainInParallel';
import type { RunRequest } from './runWorker';
import type { RecommenderResult } from './trainRecommender';

/** The paper's grid. */
export const LEARNING_RATES = [3e-4, 1e-3, 3e-3, 1e-2] as const;

/** One learning rate and its outcome. */
export interface GridPoint {
  learningRate: number;
  /** Best validation NDCG@10 under the selection protocol, or why there is none. */
  outcome: number | 'diverged' | { failed: string };
  result?: RecommenderResult;
}

/** All rates that were tried, the chosen one, and the runs at it. */
export interface GridResult {
  /** In the order of the rates given. */
  grid: GridPoint[];
  learningRate: number;
  /** One result per seed at that rate, in the order of the seeds. */
  runs: RecommenderResult[];
}

/**
 * The paper's search (D5). Each of `learningRates` (the paper's by default) is trained with the first of
 * `seeds`. The best validation NDCG@10 decides, and the other seeds are trained at the chosen rate. A rate
 * that diverges is noted in the grid. The test item is not used.
 * @throws InputError if no rate trains, and for an unknown option; Error if a further seed fails; the
 * signal's reason when aborted.
 * @example
 * ```ts
 * import { learningRateGrid, readOwn } from 'elephant';
 * const dataset = await readOwn('examples/shop');
 * const request = { dataset, model: 'sasrec', loss: 'ce', dim: 16, epochs: 5 } as const;
 * const { grid, learningRate } = await learningRateGrid(request, { learningRates: [1e-3, 1e-2] });
 * console.log(learningRate, grid.map(({ outcome }) => outcome));
 * ```
 */
export async function learningRateGrid(
  request: Omit<RunRequest, 'learningRate' | 'seed'>,
  given: ParallelOptions & { learningRates?: readonly number[]; seeds?: readonly number[] } = {},
): Promise<GridResult> {
  requireKnownOptions('learningRateGrid', given, { learningRates: true, seeds: true, ...PARALLEL_OPTIONS });
  const { learningRates = LEARNING_RATES, seeds = [42], ...parallel } = given;
  const first = await trainInParallel(
    learningRates.map((learningRate) => ({ ...request, learningRate, seed: seeds[0] })),
    parallel,
  );
  const grid = first.map((result, i): GridPoint => ({
    learningRate: learningRates[i],
    ...outcomeOf(result),
  }));
  const best = bestPoint(grid);
  const others = await trainInParallel(
    seeds.slice(1).map((seed) => ({ ...request, learningRate: best.learningRate, seed })),
    parallel,
  );
  const runs = [best.result as RecommenderResult, ...others.map(succeeded)];
  return { grid, learningRate: best.learningRate, runs };
}

function outcomeOf(result: RecommenderResult | FailedRun): Pick<GridPoint, 'outcome' | 'result'> {
  if ('failed' in result) return { outcome: result.diverged ? 'diverged' : { failed: result.failed } };
  return { outcome: result.validation[result.options.selection]['NDCG@10'], result };
}

/** The highest validation value; the first if several are equal. */
function bestPoint(grid: readonly GridPoint[]): GridPoint {
  let best: GridPoint | undefined;
  for (const point of grid) {
    if (typeof point.outcome === 'number' && (best === undefined || point.outcome > (best.outcome as number)))
      best = point;
  }
  if (best !== undefined) return best;
  const why = grid.map(
    ({ learningRate, outcome }) =>
      `${learningRate}: ${typeof outcome === 'object' ? outcome.failed : outcome}`,
  );
  throw new InputError(
    'learning-rate grid',
    `expected at least one rate that trains, got ${why.join('; ')}`,
    'Try smaller rates',
  );
}

function succeeded(result: RecommenderResult | FailedRun): RecommenderResult {
  if ('failed' in result) throw new Error(`training at the chosen learning rate failed: ${result.failed}`);
  return result;
}
