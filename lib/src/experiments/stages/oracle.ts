/**
 * Stage: the simulation's oracle as a ranking: the next-item distribution that generated the data, the best
 * that any model can reach.
 */
import { oracleScorer } from '../../data/simulation/reachable';
import { simulateTruth } from '../../data/simulation/simulateDomain';
import { evaluate } from '../../evaluation/evaluate';
import type { Json } from '../../pipeline/contentKey';
import type { StageFunction } from '../../pipeline/stage';
import type { DatasetConfig } from './dataset';
import { storeEvaluation } from './storedEvaluation';

export const run: StageFunction = async (config, _, { signal }) => {
  const { domain, world, size, seed } = config as unknown as DatasetConfig;
  const truth = simulateTruth(domain, { world, size, seed });
  const evaluation = await evaluate(truth.dataset, oracleScorer(truth), { signal });
  return { json: { test: evaluation.metrics } as unknown as Json, arrays: storeEvaluation(evaluation) };
};
