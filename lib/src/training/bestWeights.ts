/**
 * The best epoch so far by the metric that decides, and by each further one, with its weights; and whether
 * patience is left. For the trainer alone.
 */
import type { NamedHostTensors } from '../engine/types';
import type { TrainerOptions } from './trainer';
import type { TrainerState } from './trainingCheckpoint';

export type BestEpoch = Pick<TrainerState, 'bestEpoch' | 'bestMetric'>;

export class BestWeights {
  private best: BestEpoch = { bestEpoch: 0, bestMetric: -Infinity };
  /** By each further metric; undefined if there is none. */
  private also: Record<string, BestEpoch> | undefined;
  /** Of the best epoch by the deciding metric; undefined if there is none yet. */
  weights: NamedHostTensors | undefined;
  /** Of the best epoch by each further metric that has one. */
  alsoWeights: Record<string, NamedHostTensors> = {};

  constructor(private readonly options: Pick<TrainerOptions, 'metric' | 'also' | 'patience'>) {
    const toBeat = ([name, bestMetric]: [string, number]) => [name, { bestEpoch: 0, bestMetric }] as const;
    this.also = options.also && Object.fromEntries(Object.entries(options.also).map(toBeat));
  }

  /** Continues from what was saved. `weights` is empty if no epoch was best yet. */
  resume(
    { bestEpoch, bestMetric, also }: TrainerState,
    weights: NamedHostTensors,
    alsoWeights: Record<string, NamedHostTensors> = {},
  ): void {
    this.best = { bestEpoch, bestMetric };
    this.also = also;
    if (Object.keys(weights).length > 0) this.weights = weights;
    this.alsoWeights = alsoWeights;
  }

  /** Takes the metrics of an epoch, and its weights if it is the best by one of them. */
  async take(
    epoch: number,
    metrics: Record<string, number>,
    currentWeights: () => Promise<NamedHostTensors>,
  ): Promise<void> {
    const value = valueOf(metrics, this.options.metric);
    if (value > this.best.bestMetric) {
      this.weights = await currentWeights();
      this.best = { bestEpoch: epoch, bestMetric: value };
    }
    for (const [name, { bestMetric }] of Object.entries(this.also ?? {})) {
      const other = valueOf(metrics, name);
      if (!(other > bestMetric)) continue;
      // Weights that are best by both metrics are kept once.
      const shared = this.best.bestEpoch === epoch ? this.weights : undefined;
      this.alsoWeights[name] = shared ?? (await currentWeights());
      this.also = { ...this.also, [name]: { bestEpoch: epoch, bestMetric: other } };
    }
  }

  /** False once no metric had a better value for `patience` epochs. */
  isPatient(epoch: number): boolean {
    return [this.best, ...Object.values(this.also ?? {})].some(
      ({ bestEpoch }) => epoch - bestEpoch < this.options.patience,
    );
  }

  /** Its part of the trainer's state. */
  get state(): BestEpoch & Pick<TrainerState, 'also'> {
    return { ...this.best, ...(this.also && { also: this.also }) };
  }
}

function valueOf(metrics: Record<string, number>, name: string): number {
  if (metrics[name] === undefined)
    throw new Error(`train: expected a validation metric "${name}", got ${Object.keys(metrics).join(', ')}`);
  return metrics[name];
}
