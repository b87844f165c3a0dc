/**
 * Stage: one recommender on one dataset. With a grid of learning rates it trains once per rate and keeps the
 * run with the best validation NDCG@10. With a finished grid stage as input `rates`, it trains once at the
 * rate chosen there.
 */
import { NonFiniteError } from '../../engine/errors';
import type { Metrics, Protocol } from '../../evaluation';
import { selectionMetric } from '../../evaluation/validationMetrics';
import { type RecommenderOptions, recommenderOptions } from '../../training/recommender/options';
import {
  type TrainedRecommender,
  type TrainingInput,
  trainWithOptions,
} from '../../training/recommender/trainWithOptions';
import type { StageContext, StageFunction, StageResult } from '../../pipeline/stage';
import { providerOf } from './providerOf';
import { loadDataset, type DatasetFacts } from './storedDataset';
import { storeEvaluation, type TestFacts } from './storedEvaluation';
import { itemTable } from './storedTable';
import { loadWeights, storeWeights } from './storedWeights';

export interface RecommenderConfig {
  model: RecommenderOptions['model'];
  loss: RecommenderOptions['loss'];
  variant: RecommenderOptions['variant'];
  selection: RecommenderOptions['selection'];
  dim: number;
  epochs: number;
  patience: number;
  batch: number;
  /** That make an epoch. */
  passes: number;
  /** More passes make up an epoch if it would have fewer updates. */
  leastUpdates?: number;
  /** The grid; empty if the input `rates` names the rate. */
  learningRates: number[];
  /** If batches are computed in pieces. */
  pieces?: number;
  /** Only in keys of trainings in mixed precision (EngineOptions). */
  precision?: 'mixed';
  seed: number;
}

export interface RecommenderFacts extends TestFacts {
  options: RecommenderOptions;
  fingerprint: string;
  learningRate: number;
  /** Every rate that was tried, with its best validation NDCG@10; null if training diverged. */
  search: { learningRate: number; validation: number | null }[];
  epochs: number;
  bestEpoch: number;
  stopped: string;
  log: { epoch: number; loss: number | null; validation: number }[];
  validation: Record<Protocol, Metrics>;
  tiedUsers: Record<Protocol, number>;
}

export interface RecommenderInputs {
  dataset: DatasetFacts;
  table?: unknown;
  /** Where further-training starts (D38), and where the learning rate was chosen. */
  start?: RecommenderFacts;
  rates?: RecommenderFacts;
}

export const run: StageFunction<RecommenderConfig, RecommenderFacts, RecommenderInputs> = async (
  { learningRates, leastUpdates = 1, precision, pieces, ...given },
  inputs,
  context,
) => {
  const rates = inputs.rates === undefined ? learningRates : [inputs.rates.json.learningRate];
  const dataset = loadDataset(inputs.dataset);
  const table = inputs.table === undefined ? undefined : itemTable(inputs.table);
  const start = inputs.start === undefined ? undefined : loadWeights(inputs.start.arrays);

  const perPass = Math.max(1, Math.floor(dataset.users / given.batch));
  const options = { ...given, passes: Math.max(given.passes, Math.ceil(leastUpdates / perPass)) };
  const search: RecommenderFacts['search'] = [];
  let best: { run: TrainedRecommender; value: number } | undefined;
  for (const [index, learningRate] of rates.entries()) {
    const result = await attempt(() =>
      trainWithOptions(recommenderOptions({ ...options, learningRate }), {
        dataset,
        table,
        start,
        provider: providerOf(context),
        precision,
        pieces,
        threads: context.threads,
        signal: context.signal,
        onProgress: forward(context, index, rates.length),
      }),
    );
    const value = result === undefined ? null : result.validation[result.options.selection]['NDCG@10'];
    search.push({ learningRate, validation: value });
    if (result !== undefined && value !== null && (best === undefined || value > best.value))
      best = { run: result, value };
  }
  if (best === undefined) throw new Error(`training diverged with every learning rate (${rates.join(', ')})`);
  return stored(best.run, search);
};

/**
 * A run, or undefined if its loss was not finite: that rate is reported as diverged and the search continues.
 */
async function attempt(train: () => Promise<TrainedRecommender>): Promise<TrainedRecommender | undefined> {
  try {
    return await train();
  } catch (error) {
    if (error instanceof NonFiniteError) return undefined;
    throw error;
  }
}

function forward(context: StageContext, index: number, total: number): TrainingInput['onProgress'] {
  return ({ epoch, epochs, step, steps, bestMetric }) => {
    const share = (epoch - 1 + step / Math.max(1, steps)) / epochs;
    const best = Number.isFinite(bestMetric) ? `, best validation NDCG@10 ${bestMetric.toFixed(4)}` : '';
    context.progress((index + share) / total, `epoch ${epoch} of at most ${epochs}${best}`);
  };
}

function stored(
  result: TrainedRecommender,
  search: RecommenderFacts['search'],
): StageResult<RecommenderFacts> {
  const { options, fingerprint, epochs, bestEpoch, stopped, validation, test, evaluation, weights } = result;
  const log = result.log.map(({ epoch, loss, metrics }) => ({
    epoch,
    loss,
    validation: metrics[selectionMetric(options.selection)],
  }));
  const json: RecommenderFacts = {
    options,
    fingerprint,
    learningRate: options.learningRate,
    search,
    epochs,
    bestEpoch,
    stopped,
    log,
    validation,
    test,
    tiedUsers: evaluation.tiedUsers,
  };
  return { json, arrays: { ...storeEvaluation(evaluation), ...storeWeights(weights) } };
}
