/**
 * Trains and tests one recommender on one dataset: the single way in for the command line, the experiments
 * and the notebooks. Joins variant, model, loss, trainer and evaluation; what to run and what to make of it
 * is theirs.
 */
import type { Dataset } from '../../data';
import { createEngine } from '../../engine/engine';
import type { Engine, NamedHostTensors, ProviderChoice } from '../../engine/types';
import { type Evaluation, type Protocol, requireEvaluationUsers } from '../../evaluation/evaluate';
import type { Metrics } from '../../evaluation/metrics';
import { untilInterrupted } from '../../interruption';
import type { ItemTable } from '../../text/itemTable';
import type { LossName, RecommenderLoss } from '../losses';
import { checkedLoss } from '../losses/ownLoss';
import { type EpochLog, train, type TrainingProgress } from '../trainer';
import { type BaselineComparison, baselineWarning, compareWithBaselines } from './compareWithBaselines';
import { type Form, formOf, usualForm } from './forms';
import { type RecommenderOptions, recommenderOptions } from './options';
import { recommenderCheckpoint } from './recommenderCheckpoint';
import { recommenderTrainee } from './recommenderTrainee';
import { startingPoint } from './variants';

export interface TrainRecommender extends Omit<Partial<RecommenderOptions>, 'loss'> {
  dataset: Dataset;
  model: RecommenderOptions['model'];
  /** The name of one of LOSSES, or a loss of your own; see examples/own-loss. */
  loss?: LossName | RecommenderLoss;
  /**
   * Whose settings stand where you set none (forms.ts). By default those adapted to the data on your own
   * data, and the authors' as coded on any other.
   */
  as?: Form;
  /**
   * Compare with popularity and transition on validation, and warn where the model does not beat both. By
   * default on your own data alone.
   */
  compare?: boolean;
  /** Item vectors for all variants but "base": V + 1 rows, row 0 zero, any width. */
  table?: ItemTable;
  /** Weights of a finished freeze run, for furtherAll and furtherEmb. */
  start?: NamedHostTensors;
  provider?: ProviderChoice;
  threads?: number;
  /** An engine to run in, instead of one made and disposed here. */
  engine?: Engine;
  onProgress?: (progress: TrainingProgress) => void;
  /** Interrupting a notebook's cell ends the training with or without it. */
  signal?: AbortSignal;
  /**
   * Folder that keeps the run between interruptions (recommenderCheckpoint); a run that finds one there goes
   * on from it.
   */
  checkpoint?: string;
  /** Gets warnings; by default they go to standard error. */
  onWarning?: (line: string) => void;
}

export interface RecommenderResult {
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
  /** On validation; where it was asked for (`compare`). */
  againstBaselines?: BaselineComparison;
  /** Ranks of every user on the test item, all protocols. */
  evaluation: Evaluation;
  /** Weights of the best epoch, by name. */
  weights: NamedHostTensors;
}

/**
 * @throws InputError for wrong options or tables; NonFiniteError where the loss diverges; the signal's reason
 * when aborted.
 */
export async function trainRecommender(request: TrainRecommender): Promise<RecommenderResult> {
  const {
    dataset,
    as = usualForm(dataset),
    compare = dataset.kind === 'own',
    table,
    start,
    provider,
    threads,
    engine: given,
    onProgress,
    onWarning = console.warn,
    signal: asked,
    checkpoint,
    loss,
    ...overrides
  } = request;
  const signal = untilInterrupted(asked);
  const named = loss === undefined || typeof loss === 'string';
  const ownLoss = named ? undefined : checkedLoss(loss);
  requireEvaluationUsers(dataset);
  const options = recommenderOptions(
    formOf(as, dataset, { ...overrides, loss: named ? loss : undefined }),
    ownLoss,
  );
  const from = startingPoint(dataset, options, table, start);
  const engine = given ?? (await createEngine({ provider: provider ?? 'cpu', threads, seed: options.seed }));
  try {
    const trainee = await recommenderTrainee(engine, dataset, options, from, ownLoss);
    try {
      const { epochs, patience, selection, variant } = options;
      const run = await train(trainee, {
        epochs,
        patience,
        metric: `${selection} NDCG@10`,
        startIsCandidate: variant === 'furtherAll' || variant === 'furtherEmb',
        onProgress,
        signal,
        checkpoint:
          checkpoint === undefined
            ? undefined
            : recommenderCheckpoint(
                checkpoint,
                options,
                { dataset, table, start, ownLoss, engine: engine.description },
                onWarning,
              ),
      });
      const validation = await trainee.evaluate({ split: 'validation', signal });
      const evaluation = await trainee.evaluate({ split: 'test', signal });
      const againstBaselines = compare
        ? await compareWithBaselines(dataset, validation.metrics, options, signal)
        : undefined;
      const warning = againstBaselines && baselineWarning(againstBaselines, options);
      if (warning !== undefined) onWarning(warning);
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
        ...(againstBaselines && { againstBaselines }),
        evaluation,
        weights: run.weights,
      };
    } finally {
      trainee.dispose();
    }
  } finally {
    if (given === undefined) await engine.dispose();
  }
}
