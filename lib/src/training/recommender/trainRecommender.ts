/**
 * Trains and tests one recommender on one dataset: the entry point for the command line and the notebooks.
 * Finds settings for what the caller leaves open, trains, and compares with baselines on the user's own data.
 */
import { requireDataset } from '../../data/requireDataset';
import { defined } from '../../defined';
import { untilInterrupted } from '../../interruption';
import type { LossName, RecommenderLoss } from '../losses';
import { checkedLoss } from '../losses/checkedLoss';
import { type BaselineComparison, baselineWarning, compareWithBaselines } from './compareWithBaselines';
import { neighbourTable } from './neighbourTable';
import { type RecommenderOptions, recommenderOptions } from './options';
import { defaultPreset, type Preset, presetOptions } from './presets';
import { type TrainedRecommender, type TrainingInput, trainWithOptions } from './trainWithOptions';

/**
 * A dataset, a model, and any of the settings of RecommenderOptions. docs/options.md has the meaning and the
 * default of each.
 */
export interface TrainRecommender extends Omit<Partial<RecommenderOptions>, 'loss'>, TrainingInput {
  model: RecommenderOptions['model'];
  /** The name of one of LOSSES, or a loss of your own; see examples/own-loss. */
  loss?: LossName | RecommenderLoss;
  /**
   * The preset that sets what you leave open. By default "adapted" on your own data, and "coded" on any
   * other.
   */
  as?: Preset;
  /**
   * Compare with popularity and transition on validation, and warn if the model does not beat both. By
   * default only on your own data.
   */
  compare?: boolean;
}

/** What a training gives: effective options, log, metrics, ranks per user, and the best epoch's weights. */
export interface RecommenderResult extends TrainedRecommender {
  /** Comparison on validation, if asked for (`compare`). */
  againstBaselines?: BaselineComparison;
}

/**
 * Trains a recommender on a dataset, keeps the epoch that is best on validation, and tests it. `model` is
 * "sasrec" or "bert4rec"; what else is left open has a default that suits the data (docs/options.md).
 * With `table` the item vectors start from a language model's; on your own data SASRec's start from
 * neighbourTable otherwise, or with `variant: 'base'` from random ones. The result has weights, log and test
 * metrics, and is what `recommend` takes. Metrics are shares of 1, under every protocol.
 * @throws InputError for wrong options or tables; NonFiniteError if the loss diverges; the signal's
 * reason when aborted.
 * @example
 * ```ts
 * import { readOwn, trainRecommender } from 'elephant';
 * const dataset = await readOwn('examples/shop');
 * const run = await trainRecommender({ dataset, model: 'sasrec', loss: 'ce', dim: 16, epochs: 20 });
 * console.log(run.bestEpoch, run.validation.full['NDCG@10'], run.test.full['NDCG@10']);
 * ```
 */
export async function trainRecommender(request: TrainRecommender): Promise<RecommenderResult> {
  requireDataset('train', (request as Partial<TrainRecommender> | undefined)?.dataset);
  const { dataset, as = defaultPreset(dataset), compare = dataset.kind === 'own' } = request;
  const { onWarning = console.warn } = request;
  const signal = untilInterrupted(request.signal);
  const { options, ownLoss } = settingsOf(request, as);
  const adapted = as === 'adapted' && options.variant === 'trainable';
  const table = request.table ?? (adapted ? neighbourTable(dataset, options) : undefined);
  const trained = await trainWithOptions(options, { ...request, table, signal }, ownLoss);
  if (!compare) return trained;
  const againstBaselines = await compareWithBaselines(dataset, trained.validation, options, signal);
  const warning = baselineWarning(againstBaselines, options);
  if (warning !== undefined) onWarning(warning);
  return { ...trained, againstBaselines };
}

function settingsOf(
  request: TrainRecommender,
  as: Preset,
): { options: RecommenderOptions; ownLoss?: RecommenderLoss } {
  const {
    as: _,
    compare: __,
    dataset,
    table,
    start,
    provider,
    precision,
    threads,
    pieces,
    engine,
    onProgress,
    signal,
    checkpoint,
    onWarning,
    loss,
    ...given
  } = request;
  const named = loss === undefined || typeof loss === 'string';
  const ownLoss = named ? undefined : checkedLoss(loss);
  const set = { ...defined({ ...given, loss: named ? loss : undefined }), model: given.model };
  return { options: recommenderOptions({ ...presetOptions(as, set, dataset), ...set }, ownLoss), ownLoss };
}
