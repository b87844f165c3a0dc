/** Stage: rankings without a trained model on one dataset, under all protocols. */
import { itemKnn } from '../../evaluation/baselines/itemKnn';
import { popularity } from '../../evaluation/baselines/popularity';
import { randomScores } from '../../evaluation/baselines/random';
import { textSimilarity } from '../../evaluation/baselines/textSimilarity';
import { transition } from '../../evaluation/baselines/transition';
import { evaluate, type Protocol } from '../../evaluation/evaluate';
import type { Metrics } from '../../evaluation/metrics';
import type { Scorer } from '../../evaluation/scorer';
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
