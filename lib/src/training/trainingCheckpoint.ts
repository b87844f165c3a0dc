/** What is kept of a training run, so that it can be resumed to the bit. Types only. */
import type { NamedHostTensors } from '../engine/types';

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
