/** How the batches of stage-PT are computed: what the trainee uses, in whole batches or in pieces. */
import type { Engine, Optimizer, State } from '../../engine/types';
import type { EncoderConfig } from '../../models/encoder/config';
import type { MaskedSide } from './labelFeeds';
import type { MaskedTokens } from './maskWords';
import type { Pair } from './pretrainingBatches';
import type { PretrainOptions } from './pretrainOptions';

/** What steps are made from. */
export interface PretrainStepsInput {
  readonly engine: Engine;
  readonly settings: PretrainOptions;
  readonly state: State;
  readonly config: EncoderConfig;
  readonly padToken: number;
  /** Lengths of the sequences of some batches. */
  readonly sampled: number[][];
  /** Tokens of the longest sequence to come. */
  readonly longest: number;
  readonly optimizer: Optimizer;
  readonly trainable: (name: string) => boolean;
  /** Batches per update. */
  readonly group: number;
}

/** Pairs that are each other's negatives, and masked copies of bothSides of these pairs. */
export interface DrawnBatch {
  readonly pairs: readonly Pair[];
  readonly masked: readonly MaskedTokens[];
}

export interface UpdateFeeds {
  readonly learningRate: number;
  /** Number of the update that this batch completes, from 1; 0 if more batches belong to it. */
  readonly update: number;
}

export interface PretrainSteps {
  /** Trains on a batch and returns its loss. */
  run(batch: DrawnBatch, feeds: UpdateFeeds): Promise<number>;
  dispose(): Promise<void>;
}

/** The masked copies, in the order of bothSides. The first is at index `first` of the packed sequences. */
export function maskedSides(masked: readonly MaskedTokens[], first: number, weight: number): MaskedSide[] {
  const n = masked.length / 2;
  return [0, n].map((from) => ({
    weight,
    sequences: masked.slice(from, from + n).map((each, i) => ({ index: first + from + i, masked: each })),
  }));
}
