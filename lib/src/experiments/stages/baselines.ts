/** Stage: rankings without a trained model on one dataset, under all protocols. */
import {
  evaluate,
  itemKnn,
  popularity,
  randomScores,
  textSimilarity,
  transition,
  type Metrics,
  type Protocol,
  type Scorer,
} from '../../evaluation';
import type { Json } from '../../pipeline/contentKey';
import type { StageFunction } from '../../pipeline/stage';
import { loadDataset } from './storedDataset';
import { itemTable } from './storedTable';

export interface BaselinesConfig {
  /** Seed of the random ranking. */
  seed: number;
}

export const BASELINE_NAMES = ['popularity', 'transition', 'itemKnn', 'textSimilarity', 'random'] as const;
export type BaselineName = (typeof BASELINE_NAMES)[number];
export type BaselinesJson = Record<BaselineName, Record<Protocol, Metrics>>;

export const run: StageFunction = async (config, inputs, { signal }) => {
  const dataset = loadDataset(inputs.dataset);
  const scorers: Record<BaselineName, Scorer> = {
    popularity: popularity(dataset),
    transition: transition(dataset),
    itemKnn: itemKnn(dataset),
    textSimilarity: textSimilarity(dataset, itemTable(inputs.table)),
    random: randomScores(dataset, (config as unknown as BaselinesConfig).seed),
  };
  const json = {} as BaselinesJson;
  for (const name of BASELINE_NAMES)
    json[name] = (await evaluate(dataset, scorers[name], { signal })).metrics;
  return { json: json as unknown as Json, arrays: {} };
};
