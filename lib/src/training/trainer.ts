/**
 * The trainer: epochs, validation, patience, best weights, log, time left, abort, resume. Knows nothing of
 * items, users or texts. Recommenders (training/recommender) and language models hand it a Trainee.
 */
import type { NamedHostTensors } from '../engine/types';
import { type BestEpoch, BestWeights } from './bestWeights';
import type { TrainerState, TrainingCheckpoint } from './trainingCheckpoint';

/** What the trainer needs from the thing that is trained. */
export interface Trainee {
  /**
   * Runs the updates of `epoch` (from 0), skipping the first `from`, which are already in the state. Must be
   * deterministic: the same epoch and state give the same updates. `onStep` is awaited after each update; it
   * may take a snapshot, or throw to stop.
   */
  trainEpoch(
    epoch: number,
    onStep: (done: number, total: number, loss: number) => Promise<void>,
    from: number,
  ): Promise<void>;
  /** Named metrics of the current weights on validation data. */
  validate(): Promise<Record<string, number>>;
  /** Weights alone: what is kept from the best epoch. */
  weights(): Promise<NamedHostTensors>;
  /** Everything needed to resume exactly: weights, optimiser slots, step counter. */
  snapshot(): Promise<NamedHostTensors>;
  /** Restores what weights() or snapshot() returned. */
  restore(tensors: NamedHostTensors): Promise<void>;
}

/** When a training stops, which epoch is kept, and who is told. */
export interface TrainerOptions {
  /** At most this many. */
  epochs: number;
  /** Epochs in a row without a better value before training stops. */
  patience: number;
  /** The validation metric that decides. Higher is better; equal is not better. */
  metric: string;
  /**
   * Further metrics, each with the value to beat (-Infinity: none). The best weights by each are kept as
   * well, and training ends only when every metric has run out of patience. None by default.
   */
  also?: Readonly<Record<string, number>>;
  /** Validate the starting weights too, as a candidate for the best (further-training, D38). */
  startIsCandidate?: boolean;
  /** Called after every update and every validation. */
  onProgress?: (progress: TrainingProgress) => void;
  signal?: AbortSignal;
  /** Where an interrupted run is kept; it resumes from the last save. */
  checkpoint?: TrainingCheckpoint;
}

/** Reported after every update (metrics absent) and after every validation. */
export interface TrainingProgress {
  /** Epoch under way, from 1. */
  epoch: number;
  epochs: number;
  /** Updates done in this epoch, and how many it has. */
  step: number;
  steps: number;
  /** Mean loss of the epoch so far. */
  loss: number;
  /** Present after a validation. */
  metric?: number;
  bestMetric: number;
  bestEpoch: number;
  /** Since the start, not counting interruptions. */
  seconds: number;
  /** If all epochs are run; training may stop earlier. */
  timeLeft: number;
}

/** The trainer's state at the end of a run, and the weights it chose. */
export interface TrainingResult extends TrainerState {
  /** Why it ended. */
  stopped: 'epochs' | 'patience';
  /** Weights of the best epoch; the trainee holds them at the end. */
  weights: NamedHostTensors;
  /**
   * Weights of the best epoch by each further metric; a metric that never beat its starting value has none.
   */
  alsoWeights: Record<string, NamedHostTensors>;
}

/**
 * Trains epoch by epoch, validates after each, keeps the best weights, and stops when `patience` runs out. An
 * interrupted run resumes from `checkpoint`, to the bit.
 * @throws the signal's reason when aborted, after the current update; whatever the trainee throws.
 * @example
 * ```ts
 * import { train, type Trainee } from 'elephant/training';
 * const values = [0.1, 0.3, 0.2]; // of a validation after each epoch
 * const nothing = async () => ({});
 * const trainee: Trainee = {
 *   trainEpoch: (_epoch, onStep) => onStep(1, 1, 0.5),
 *   validate: async () => ({ ndcg: values.shift() ?? 0 }),
 *   weights: nothing,
 *   snapshot: nothing,
 *   restore: async () => undefined,
 * };
 * console.log((await train(trainee, { epochs: 3, patience: 2, metric: 'ndcg' })).bestEpoch); // 2
 * ```
 */
export async function train(trainee: Trainee, options: TrainerOptions): Promise<TrainingResult> {
  const run = new TrainingRun(trainee, options);
  await run.begin();
  while (run.continues()) {
    options.signal?.throwIfAborted();
    await run.trainEpoch();
  }
  return run.end();
}

/** An epoch under way. */
interface Epoch {
  /** From 1. */
  readonly epoch: number;
  /** The clock when it began; earlier if it was interrupted. */
  readonly start: number;
  /** Sum of the losses of the finished updates. */
  sum: number;
  steps: number;
  total: number;
}

class TrainingRun {
  /** Without what the best weights know of themselves. */
  private state: Omit<TrainerState, keyof BestEpoch | 'also'> = { epoch: 0, seconds: 0, log: [] };
  private readonly best: BestWeights;
  private clock = stopwatch(0);

  constructor(
    private readonly trainee: Trainee,
    private readonly options: TrainerOptions,
  ) {
    this.best = new BestWeights(options);
  }

  /** Resumes from the checkpoint if there is one. */
  async begin(): Promise<void> {
    const { checkpoint, startIsCandidate } = this.options;
    const saved = await checkpoint?.load();
    if (saved !== undefined) {
      const { epoch, seconds, log, begun } = saved.state;
      this.state = { epoch, seconds, log, begun };
      this.best.resume(saved.state, saved.best, saved.also);
      await this.trainee.restore(saved.tensors);
    }
    this.clock = stopwatch(this.state.seconds);
    if (saved === undefined && startIsCandidate) await this.validate(0, null, 0);
  }

  continues(): boolean {
    return this.state.epoch < this.options.epochs && this.best.isPatient(this.state.epoch);
  }

  async trainEpoch(): Promise<void> {
    const { signal, checkpoint, metric } = this.options;
    const { begun = { steps: 0, loss: 0, seconds: 0 }, ...finishedEpochs } = this.state;
    this.state = finishedEpochs;
    const now: Epoch = {
      epoch: this.state.epoch + 1,
      start: this.clock() - begun.seconds,
      sum: begun.loss,
      steps: begun.steps,
      total: 0,
    };
    const onStep = async (done: number, of: number, loss: number): Promise<void> => {
      Object.assign(now, { sum: now.sum + loss, steps: done, total: of });
      this.report(now);
      signal?.throwIfAborted();
      // After the last update, validation comes first, so that it need not be repeated.
      if (done === of || checkpoint?.due?.() !== true) return;
      const seconds = this.clock();
      const unfinished = { steps: done, loss: now.sum, seconds: seconds - now.start };
      await this.save({ ...this.state, seconds, begun: unfinished });
    };
    await this.trainee.trainEpoch(now.epoch - 1, onStep, begun.steps);
    await this.validate(now.epoch, now.sum / now.steps, this.clock() - now.start);
    if (checkpoint?.due?.() ?? true) await this.save(this.state);
    this.report(now, this.state.log[this.state.log.length - 1].metrics[metric]);
  }

  async end(): Promise<TrainingResult> {
    const { state, best } = this;
    const { weights, alsoWeights } = best;
    if (weights === undefined)
      throw new Error(`train: expected ${this.options.metric} to be a number in some epoch, got none`);
    await this.trainee.restore(weights);
    const stopped = best.isPatient(state.epoch) ? 'epochs' : 'patience';
    return { ...state, ...best.state, stopped, weights, alsoWeights };
  }

  private async validate(epoch: number, loss: number | null, trainSeconds: number): Promise<void> {
    const start = this.clock();
    const metrics = await this.trainee.validate();
    await this.best.take(epoch, metrics, () => this.trainee.weights());
    const validationSeconds = this.clock() - start;
    const memoryMiB = process.memoryUsage.rss() / 2 ** 20;
    const entry = { epoch, loss, metrics, trainSeconds, validationSeconds, memoryMiB };
    this.state = { epoch, seconds: this.clock(), log: [...this.state.log, entry] };
  }

  private async save(state: TrainingRun['state']): Promise<void> {
    const { checkpoint } = this.options;
    if (checkpoint === undefined) return;
    const { weights = {}, alsoWeights } = this.best;
    const tensors = await this.trainee.snapshot();
    await checkpoint.save({ ...state, ...this.best.state }, tensors, weights, alsoWeights);
  }

  /** `metric`: of the validation that ended the epoch; undefined after an update. */
  private report({ epoch, sum, steps, total }: Epoch, metric?: number): void {
    const { epochs, onProgress } = this.options;
    const { bestMetric, bestEpoch } = this.best.state;
    const seconds = this.clock();
    const finished = this.state.epoch + (metric === undefined ? steps / Math.max(1, total) : 0);
    onProgress?.({
      epoch,
      epochs,
      step: steps,
      steps: total,
      loss: sum / steps,
      metric,
      bestMetric,
      bestEpoch,
      seconds,
      timeLeft: finished > 0 ? (seconds / finished) * (epochs - finished) : NaN,
    });
  }
}

/** Seconds since now, plus those before. */
function stopwatch(before: number): () => number {
  const start = performance.now();
  return () => before + (performance.now() - start) / 1000;
}
