/**
 * What any ranking of a simulated domain's evaluation users is worth in expectation, and what the best
 * possible one is: the basis of "share of the oracle".
 *
 * Targets are those of the protocol: only users whose target is a trained item are evaluated (method 2.5), so
 * the oracle's distribution is conditioned on that.
 */

import { history, trainedItems, type EvaluationSplit } from '../splits';
import { expectedMetrics, type ExpectedMetrics } from './expectedMetrics';
import { Oracle } from './oracle';
import type { SimulatedTruth } from './simulateDomain';

/** Under which protocol, and at which cut-off. */
export interface ReachableOptions {
  /** Default "test". */
  readonly split?: EvaluationSplit;
  /** Default 10. */
  readonly cutoff?: number;
  /** Default 100 sampled negatives; "all" for full ranking. */
  readonly negatives?: number | 'all';
}

/**
 * P(target = id | history, target trained) at [k * items + id - 1] for evaluation user k: [evaluationUsers,
 * items]. As scores they give the best reachable ranking. Computed once per truth and split; do not write
 * into it.
 */
export function oracleScores(truth: SimulatedTruth, split: EvaluationSplit = 'test'): Float64Array {
  let kept = cache.get(truth);
  if (kept === undefined) cache.set(truth, (kept = new Map()));
  let scores = kept.get(split);
  if (scores === undefined) kept.set(split, (scores = computeScores(truth, split)));
  return scores;
}
const cache = new WeakMap<SimulatedTruth, Map<EvaluationSplit, Float64Array>>();

function computeScores(
  { dataset, choice, parameters }: SimulatedTruth,
  split: EvaluationSplit,
): Float64Array {
  const { evaluationUsers, items } = dataset;
  const oracle = new Oracle(choice, parameters.repeat);
  const trained = trainedItems(dataset);
  const scores = new Float64Array(evaluationUsers.length * items);
  evaluationUsers.forEach((row, k) => {
    const next = oracle.nextItem(history(dataset, row, split));
    let sum = 0;
    for (let i = 0; i < items; i++) sum += next[i] *= trained[i + 1];
    for (let i = 0; i < items; i++) scores[k * items + i] = next[i] / sum;
  });
  return scores;
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

/**
 * Scores in the form that evaluation asks of everything that ranks (evaluation/scorer.ts): rows of items + 1,
 * column 0 unused.
 */
export interface RowScorer {
  readonly name: string;
  /** Row-major [count, items + 1] for the evaluation users first..first+count-1; column 0 is unused. */
  scores(split: EvaluationSplit, first: number, count: number): Float32Array | Promise<Float32Array>;
}

/**
 * The oracle among the rankings: evaluate it like any model.
 * @example
 * ```ts
 * import { oracleScorer, simulateTruth } from 'elephant/data';
 * import { evaluate } from 'elephant/evaluation';
 * const truth = simulateTruth('Pantry', { size: 'smoke' });
 * const { metrics } = await evaluate(truth.dataset, oracleScorer(truth));
 * console.log(metrics.sampled['NDCG@10']); // what the best recommender could reach
 * ```
 */
export function oracleScorer(truth: SimulatedTruth): RowScorer {
  const V = truth.dataset.items;
  return {
    name: 'oracle',
    scores(split, first, count) {
      const all = oracleScores(truth, split);
      const rows = new Float32Array(count * (V + 1));
      for (let k = 0; k < count; k++)
        rows.set(all.subarray((first + k) * V, (first + k + 1) * V), k * (V + 1) + 1);
      return rows;
    },
  };
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
