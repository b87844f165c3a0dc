/**
 * What any ranking of a simulated domain's evaluation users is worth in expectation, and what the best possible one is:
 * the ground for "share of the reachable". Called by experiments and tests.
 *
 * Targets are those of the protocol: only users whose target is a trained item are evaluated (reference.md 2.5), so the
 * oracle's distribution is conditioned on that.
 */

import { history, trainedItems, type EvaluationSplit } from '../splits';
import { expectedMetrics, type ExpectedMetrics } from './expectedMetrics';
import { Oracle } from './oracle';
import type { SimulatedTruth } from './simulateDomain';

export interface ReachableOptions {
  /** Default "test". */
  readonly split?: EvaluationSplit;
  /** Default 10. */
  readonly cutoff?: number;
  /** Default 100 sampled negatives; "all" for full ranking. */
  readonly negatives?: number | 'all';
}

/**
 * P(target = id | history, target trained) at [k * items + id - 1] for evaluation user k: [evaluationUsers, items].
 * As scores they give the best reachable ranking. Computed once per truth and split; do not write into it.
 */
export function oracleScores(truth: SimulatedTruth, split: EvaluationSplit = 'test'): Float64Array {
  let kept = cache.get(truth);
  if (kept === undefined) cache.set(truth, (kept = new Map()));
  let scores = kept.get(split);
  if (scores === undefined) kept.set(split, (scores = computeScores(truth, split)));
  return scores;
}
const cache = new WeakMap<SimulatedTruth, Map<EvaluationSplit, Float64Array>>();

function computeScores({ dataset, choice }: SimulatedTruth, split: EvaluationSplit): Float64Array {
  const { evaluationUsers, items } = dataset;
  const oracle = new Oracle(choice);
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
 * @throws RangeError where the scores have another size or are not finite.
 */
export function expectedPerUser(truth: SimulatedTruth, scores: Float32Array | Float64Array, options: ReachableOptions = {}): ExpectedMetrics[] {
  const { split = 'test', cutoff = 10, negatives = 100 } = options;
  const { dataset } = truth;
  const V = dataset.items;
  const expected = dataset.evaluationUsers.length * V;
  if (scores.length !== expected) throw new RangeError(`expectedPerUser: expected ${expected} scores (evaluation users x items), got ${scores.length}`);
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
