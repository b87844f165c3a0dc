/**
 * Trains and tests one recommender with complete settings: joins variant, model, loss, trainer and
 * evaluation. trainRecommender.ts is for users; it finds settings for what they leave open.
 */
import type { Dataset } from '../../data/types';
import { createEngine } from '../../engine/engine';
import type { Engine, NamedHostTensors, Precision, ProviderChoice } from '../../engine/types';
import { type Evaluation, requireEvaluationUsers } from '../../evaluation/evaluate';
import type { Metrics } from '../../evaluation/metrics';
import type { Protocol } from '../../evaluation/options';
import { selectionMetric } from '../../evaluation/validationMetrics';
import { InputError } from '../../errors';
import { untilInterrupted } from '../../interruption';
import type { ItemTable } from '../../text/itemTable';
import type { RecommenderLoss } from '../losses';
import { train, type TrainingProgress } from '../trainer';
import type { EpochLog } from '../trainingCheckpoint';
import type { RecommenderOptions } from './options';
import { recommenderCheckpoint } from './recommenderCheckpoint';
import { RecommenderTrainee } from './recommenderTrainee';
import { startingPoint } from './variants';

/** What a training is given besides its options. */
export interface TrainingInput {
  dataset: Dataset;
  /** Item vectors for all variants but "base": V + 1 rows, row 0 zero, any width. */
  table?: ItemTable;
  /** Weights of a finished freeze run, for furtherAll and furtherEmb. */
  start?: NamedHostTensors;
  provider?: ProviderChoice;
  /** Of the training's matrix products: "single" (default) or "mixed", as `createEngine` takes it. */
  precision?: Precision;
  threads?: number;
  /**
   * Parts that each batch is computed in, one after the other, if the whole does not fit into memory. The
   * gradients are those of the whole batch; only the dropout masks differ. By default 1: whole batches.
   */
  pieces?: number;
  /** An engine to run in, instead of one made and disposed here. */
  engine?: Engine;
  /** Called after every update and every validation. */
  onProgress?: (progress: TrainingProgress) => void;
  /** Interrupting a notebook's cell ends the training with or without it. */
  signal?: AbortSignal;
  /**
   * Folder that keeps the run between interruptions (recommenderCheckpoint). A run found there is resumed.
   */
  checkpoint?: string;
  /** Gets warnings; by default they go to standard error. */
  onWarning?: (line: string) => void;
}

export interface TrainedRecommender {
  /** The effective options, defaults included. */
  options: RecommenderOptions;
  dataset: string;
  fingerprint: string;
  /** The engine's own line: provider, device, threads. */
  engine: string;
  /** Epochs run, and the one whose weights were tested. */
  epochs: number;
  bestEpoch: number;
  stopped: 'epochs' | 'patience';
  log: EpochLog[];
  /** Mean time of an epoch's updates, without validation. */
  secondsPerEpoch: number;
  /** Highest resident memory of this process so far, whatever else it did before. */
  peakMemoryMiB: number;
  /** Validation and test metrics of the best epoch's weights. */
  validation: Record<Protocol, Metrics>;
  test: Record<Protocol, Metrics>;
  /** Ranks of every user on the test item, all protocols. */
  evaluation: Evaluation;
  /** Weights of the best epoch, by name. */
  weights: NamedHostTensors;
}

/**
 * @param ownLoss In place of the loss that the options name.
 * @throws InputError for tables that do not fit, and for pieces below 1; NonFiniteError if the loss diverges;
 * the signal's reason when aborted.
 */
export async function trainWithOptions(
  options: RecommenderOptions,
  input: TrainingInput,
  ownLoss?: RecommenderLoss,
): Promise<TrainedRecommender> {
  const { dataset, table, start, provider = 'cpu', precision, threads, onProgress } = input;
  const { onWarning = console.warn, pieces = 1 } = input;
  if (!Number.isSafeInteger(pieces) || pieces < 1)
    throw new InputError('train pieces', `expected a whole number of at least 1, got ${pieces}`);
  const signal = untilInterrupted(input.signal);
  requireEvaluationUsers(dataset);
  const from = startingPoint(dataset, options, table, start);
  const engine = input.engine ?? (await createEngine({ provider, precision, threads, seed: options.seed }));
  try {
    const trainee = await RecommenderTrainee.open({ engine, dataset, options, start: from, ownLoss, pieces });
    try {
      const { epochs, patience, selection, variant } = options;
      const identity = { dataset, table, start, ownLoss, pieces, engine: engine.description };
      const run = await train(trainee, {
        epochs,
        patience,
        metric: selectionMetric(selection),
        startIsCandidate: variant === 'furtherAll' || variant === 'furtherEmb',
        onProgress,
        signal,
        checkpoint:
          input.checkpoint === undefined
            ? undefined
            : recommenderCheckpoint(input.checkpoint, options, identity, onWarning),
      });
      const validation = await trainee.evaluate({ split: 'validation', signal });
      const evaluation = await trainee.evaluate({ split: 'test', signal });
      const trained = run.log.filter(({ epoch }) => epoch > 0);
      return {
        options,
        dataset: dataset.name,
        fingerprint: dataset.fingerprint,
        engine: engine.description,
        epochs: run.epoch,
        bestEpoch: run.bestEpoch,
        stopped: run.stopped,
        log: run.log,
        secondsPerEpoch: trained.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0) / trained.length,
        peakMemoryMiB: process.resourceUsage().maxRSS / 1024,
        validation: validation.metrics,
        test: evaluation.metrics,
        evaluation,
        weights: run.weights,
      };
    } finally {
      trainee.dispose();
    }
  } finally {
    if (input.engine === undefined) await engine.dispose();
  }
}
