/**
 * The oracle of the embedded shop as a ranking of a domain's evaluation users: the best that any recommender
 * can reach. Targets are those of the protocol: only users whose target is a trained item are evaluated
 * (method 2.5), so the oracle's distribution is conditioned on that.
 */
import { history, trainedItems, type EvaluationSplit } from '../splits';
import { Oracle } from './oracle';
import type { SimulatedTruth } from './simulateDomain';

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
