/**
 * What any ranking of a simulated domain's evaluation users is worth in expectation, and what the best
 * possible one is.
 */
import { history, type EvaluationSplit } from '../../lib/src/data';
import type { RowScorer, SimulatedTruth } from '../../lib/src/data/simulation';
import { oracleScores } from '../../lib/src/data/simulation/oracleScorer';
import { expectedMetrics, type ExpectedMetrics } from './expectedMetrics';

/** Under which protocol, and at which cut-off. */
interface ReachableOptions {
  /** Default "test". */
  readonly split?: EvaluationSplit;
  /** Default 10. */
  readonly cutoff?: number;
  /** Default 100 sampled negatives; "all" for full ranking. */
  readonly negatives?: number | 'all';
}

/**
 * Expected metrics of a model's ranking per evaluation user, in the order of `dataset.evaluationUsers`.
 * @param scores [evaluationUsers, items], row-major: the model's score of item id at id - 1.
 * @throws RangeError if the scores have another size or are not finite.
 */
export function expectedPerUser(
  truth: SimulatedTruth,
  scores: Float32Array | Float64Array,
  options: ReachableOptions = {},
): ExpectedMetrics[] {
  const { split = 'test', cutoff = 10, negatives = 100 } = options;
  const { dataset } = truth;
  const V = dataset.items;
  const expected = dataset.evaluationUsers.length * V;
  if (scores.length !== expected)
    throw new RangeError(
      `expectedPerUser: expected ${expected} scores (evaluation users x items), got ${scores.length}`,
    );
  const targets = oracleScores(truth, split);
  return Array.from(dataset.evaluationUsers, (row, k) =>
    expectedMetrics(targets.subarray(k * V, (k + 1) * V), scores.subarray(k * V, (k + 1) * V), {
      cutoff,
      negatives,
      history: history(dataset, row, split),
    }),
  );
}

/** The best reachable expected metrics per evaluation user: those of the oracle's own ranking. */
export function reachablePerUser(truth: SimulatedTruth, options: ReachableOptions = {}): ExpectedMetrics[] {
  return expectedPerUser(truth, oracleScores(truth, options.split), options);
}

/** Expected metrics of any scorer per evaluation user: as expectedPerUser, asked block by block. */
export async function expectedOfScorer(
  truth: SimulatedTruth,
  scorer: RowScorer,
  options: ReachableOptions = {},
): Promise<ExpectedMetrics[]> {
  const { evaluationUsers, items: V } = truth.dataset;
  const block = 128;
  const scores = new Float32Array(evaluationUsers.length * V);
  for (let first = 0; first < evaluationUsers.length; first += block) {
    const count = Math.min(block, evaluationUsers.length - first);
    const rows = await scorer.scores(options.split ?? 'test', first, count);
    for (let k = 0; k < count; k++)
      scores.set(rows.subarray(k * (V + 1) + 1, (k + 1) * (V + 1)), (first + k) * V);
  }
  return expectedPerUser(truth, scores, options);
}
