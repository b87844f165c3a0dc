/**
 * Stage: the simulation's oracle as a ranking: the next-item distribution that generated the data, the best
 * that any model can reach.
 */
import { oracleScorer } from '../../data/simulation/oracleScorer';
import { simulateTruth } from '../../data/simulation/simulateDomain';
import { evaluate } from '../../evaluation/evaluate';
import type { StageFunction } from '../../pipeline/stage';
import type { DatasetConfig } from './dataset';
import { storeEvaluation, type TestFacts } from './storedEvaluation';

export const run: StageFunction<DatasetConfig, TestFacts> = async (
  { domain, world, size, seed },
  _,
  { signal },
) => {
  const truth = simulateTruth(domain, { world, size, seed });
  const evaluation = await evaluate(truth.dataset, oracleScorer(truth), { signal });
  return { json: { test: evaluation.metrics }, arrays: storeEvaluation(evaluation) };
};
