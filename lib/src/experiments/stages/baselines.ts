/** Stage: rankings without a trained model on one dataset, under all protocols. */
import { itemKnn } from '../../evaluation/baselines/itemKnn';
import { popularity } from '../../evaluation/baselines/popularity';
import { randomScores } from '../../evaluation/baselines/random';
import { textSimilarity } from '../../evaluation/baselines/textSimilarity';
import { transition } from '../../evaluation/baselines/transition';
import { evaluate } from '../../evaluation/evaluate';
import type { Metrics } from '../../evaluation/metrics';
import type { Protocol } from '../../evaluation/options';
import type { Scorer } from '../../evaluation/scorer';
import type { StageFunction } from '../../pipeline/stage';
import { loadDataset, type DatasetFacts } from './storedDataset';
import { itemTable } from './storedTable';

export interface BaselinesConfig {
  /** Seed of the random ranking. */
  seed: number;
}

const BASELINE_NAMES = ['popularity', 'transition', 'itemKnn', 'textSimilarity', 'random'] as const;
export type BaselineName = (typeof BASELINE_NAMES)[number];
export type BaselinesFacts = Record<BaselineName, Record<Protocol, Metrics>>;

export const run: StageFunction<
  BaselinesConfig,
  BaselinesFacts,
  { dataset: DatasetFacts; table: unknown }
> = async ({ seed }, inputs, { signal }) => {
  const dataset = loadDataset(inputs.dataset);
  const scorers: Record<BaselineName, Scorer> = {
    popularity: popularity(dataset),
    transition: transition(dataset),
    itemKnn: itemKnn(dataset),
    textSimilarity: textSimilarity(dataset, itemTable(inputs.table)),
    random: randomScores(dataset, seed),
  };
  const json = {} as BaselinesFacts;
  for (const name of BASELINE_NAMES)
    json[name] = (await evaluate(dataset, scorers[name], { signal })).metrics;
  return { json: json, arrays: {} };
};
