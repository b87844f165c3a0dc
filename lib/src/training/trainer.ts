/**
 * The trainer: epochs, validation, patience, best weights, log, time left, abort, resume. Knows nothing of
 * items, users or texts. Recommenders (training/recommender) and language models hand it a Trainee.
 */
import type { NamedHostTensors } from '../engine/types';

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

/** Log entry of an epoch. */
export interface EpochLog {
  /** From 1; 0 is the validation of the starting weights. */
  epoch: number;
  /** Mean over updates; null for epoch 0. */
  loss: number | null;
  metrics: Record<string, number>;
  trainSeconds: number;
  validationSeconds: number;
  /** Resident memory of the process after the epoch. */
  memoryMiB: number;
}

/** The trainer's own state between epochs, plain values. */
export interface TrainerState {
  /** Epochs finished. */
  epoch: number;
  bestEpoch: number;
  bestMetric: number;
  /** The same for each further metric (TrainerOptions.also); absent if there is none. */
  also?: Record<string, { bestEpoch: number; bestMetric: number }>;
  seconds: number;
  log: EpochLog[];
  /** Present within an epoch: its finished updates, the sum of their losses, and the seconds they took. */
  begun?: { steps: number; loss: number; seconds: number };
}

/**
 * Keeps the state of a run. All parts are written together, or not at all. `best` is empty before the first
 * validation; `also`: best weights by each further metric. A checkpoint with `due` decides after each update
 * whether to save; without it, every epoch is saved.
 */
export interface TrainingCheckpoint {
  /** Whether to save after this update; without it, every epoch is saved. */
  due?(): boolean;
  /** What was saved last; undefined if nothing was. */
  load(): Promise<
    | {
        state: TrainerState;
        tensors: NamedHostTensors;
        best: NamedHostTensors;
        also?: Record<string, NamedHostTensors>;
      }
    | undefined
  >;
  /** Keeps all parts together, in place of what was saved before. */
  save(
    state: TrainerState,
    tensors: NamedHostTensors,
    best: NamedHostTensors,
    also: Record<string, NamedHostTensors>,
  ): Promise<void>;
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
  private state: TrainerState;
  private best: NamedHostTensors | undefined;
  private alsoWeights: Record<string, NamedHostTensors> = {};
  private clock = stopwatch(0);

  constructor(
    private readonly trainee: Trainee,
    private readonly options: TrainerOptions,
  ) {
    const start = { epoch: 0, bestEpoch: 0, bestMetric: -Infinity, seconds: 0, log: [] };
    const also = Object.entries(options.also ?? {}).map(
      ([name, bestMetric]) => [name, { bestEpoch: 0, bestMetric }] as const,
    );
    this.state = { ...start, ...(options.also && { also: Object.fromEntries(also) }) };
  }

  /** Resumes from the checkpoint if there is one. */
  async begin(): Promise<void> {
    const { checkpoint, startIsCandidate } = this.options;
    const saved = await checkpoint?.load();
    if (saved !== undefined) {
      this.state = saved.state;
      this.alsoWeights = saved.also ?? {};
      if (Object.keys(saved.best).length > 0) this.best = saved.best;
      await this.trainee.restore(saved.tensors);
    }
    this.clock = stopwatch(this.state.seconds);
    if (saved === undefined && startIsCandidate) await this.validate(0, null, 0);
  }

  continues(): boolean {
    return this.state.epoch < this.options.epochs && this.isPatient();
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
    const { best, state, alsoWeights } = this;
    if (best === undefined)
      throw new Error(`train: expected ${this.options.metric} to be a number in some epoch, got none`);
    await this.trainee.restore(best);
    return { ...state, stopped: this.isPatient() ? 'epochs' : 'patience', weights: best, alsoWeights };
  }

  private async validate(epoch: number, loss: number | null, trainSeconds: number): Promise<void> {
    const start = this.clock();
    const metrics = await this.trainee.validate();
    await this.keepBest(epoch, metrics);
    const validationSeconds = this.clock() - start;
    const memoryMiB = process.memoryUsage.rss() / 2 ** 20;
    const entry = { epoch, loss, metrics, trainSeconds, validationSeconds, memoryMiB };
    this.state = { ...this.state, epoch, seconds: this.clock(), log: [...this.state.log, entry] };
  }

  private async keepBest(epoch: number, metrics: Record<string, number>): Promise<void> {
    const value = valueOf(metrics, this.options.metric);
    if (value > this.state.bestMetric) {
      this.best = await this.trainee.weights();
      this.state = { ...this.state, bestEpoch: epoch, bestMetric: value };
    }
    for (const [name, { bestMetric }] of Object.entries(this.state.also ?? {})) {
      const other = valueOf(metrics, name);
      if (!(other > bestMetric)) continue;
      // Weights that are best by both metrics are kept once.
      const shared = this.state.bestEpoch === epoch ? this.best : undefined;
      this.alsoWeights[name] = shared ?? (await this.trainee.weights());
      const also = { ...this.state.also, [name]: { bestEpoch: epoch, bestMetric: other } };
      this.state = { ...this.state, also };
    }
  }

  private isPatient(): boolean {
    const { state } = this;
    return [state, ...Object.values(state.also ?? {})].some(
      ({ bestEpoch }) => state.epoch - bestEpoch < this.options.patience,
    );
  }

  private async save(state: TrainerState): Promise<void> {
    const { checkpoint } = this.options;
    if (checkpoint === undefined) return;
    await checkpoint.save(state, await this.trainee.snapshot(), this.best ?? {}, this.alsoWeights);
  }

  /** `metric`: of the validation that ended the epoch; undefined after an update. */
  private report({ epoch, sum, steps, total }: Epoch, metric?: number): void {
    const { epochs, onProgress } = this.options;
    const { bestMetric, bestEpoch } = this.state;
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

function valueOf(metrics: Record<string, number>, name: string): number {
  if (metrics[name] === undefined)
    throw new Error(`train: expected a validation metric "${name}", got ${Object.keys(metrics).join(', ')}`);
  return metrics[name];
}

/** Seconds since now, plus those before. */
function stopwatch(before: number): () => number {
  const start = performance.now();
  return () => before + (performance.now() - start) / 1000;
}
