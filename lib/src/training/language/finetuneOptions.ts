/** What fine-tuning can be told and what it is given, with the authors' values as defaults (method 6). */
import type { Dataset } from '../../data/types';
import type { Engine } from '../../engine/types';
import { InputError, unknownName } from '../../errors';
import { type Protocol, PROTOCOLS } from '../../evaluation/evaluate';
import type { LanguageModel } from '../../models/longformer/loadModel';
import { INPUT_LIMITS, type InputLimits, type ItemTokens } from '../../text/recformerInput';
import type { TrainingCheckpoint, TrainingProgress } from '../trainer';
import type { TunedLayers } from './tunedLayers';

export interface FinetuneOptions {
  /** At most this many in each stage. */
  epochs: number;
  patience: number;
  /** Sequences of one micro-batch, and micro-batches of one update. */
  batch: number;
  accumulation: number;
  /**
   * Pieces that an update is computed in, one after the other, where memory does not hold the whole. Their
   * gradients are those of the whole update; dropout draws other masks.
   */
  pieces: number;
  learningRate: number;
  /** Updates of the ramp (D21). */
  warmup: number;
  /**
   * Epochs of both stages together after which the learning rate is 0 (D21); as coded the limit of one stage.
   */
  scheduleEpochs: number;
  /** D21: what follows the ramp falls from below 1 as "coded", or from 1 as is "usual". */
  schedule: 'coded' | 'usual';
  weightDecay: number;
  tuned: TunedLayers;
  /**
   * D23: "kept": the first item of a user is a label too, with `<s>` alone as input, as coded. "left out":
   * labels have a history.
   */
  emptyHistory: 'kept' | 'left out';
  /**
   * Train the item table in FT2 (REC.trainable, D37). "also": a second FT2 does so, from the end of the same
   * FT1, so that REC and REC.trainable differ by that alone and FT1 is trained once.
   */
  trainableTable: boolean | 'also';
  /**
   * Protocols whose NDCG@10 on validation selects, all from one trajectory. The first decides as the authors'
   * code does: the FT table, and the weights that FT2 starts from (D46). For each further one its own best
   * epoch of both stages is kept as well; a stage ends when all of them have run out of patience.
   */
  protocols: readonly Protocol[];
  seed: number;
  limits: InputLimits;
}

export const FINETUNE_DEFAULTS: FinetuneOptions = {
  epochs: 128,
  patience: 5,
  batch: 16,
  accumulation: 8,
  pieces: 1,
  learningRate: 5e-5,
  warmup: 100,
  scheduleEpochs: 128,
  schedule: 'coded',
  weightDecay: 0,
  tuned: 'all',
  emptyHistory: 'kept',
  trainableTable: false,
  protocols: ['sampled'],
  seed: 42,
  limits: INPUT_LIMITS,
};

export interface FinetuneInput {
  engine: Engine;
  dataset: Dataset;
  /** LF or PT weights. */
  model: LanguageModel;
  /** Token id of `<s>`. */
  cls: number;
  /** Tokens of item i at index i - 1. */
  itemTokens: readonly ItemTokens[];
  onProgress?: (stage: TrainedStage, progress: TrainingProgress) => void;
  signal?: AbortSignal;
  /** Where interrupted stages are kept; "trainable" only for trainableTable "also". */
  checkpoints?: Partial<Record<TrainedStage, TrainingCheckpoint>>;
}

/**
 * What is trained one after the other: "trainable" is FT2 once more, with the table trained (trainableTable
 * "also").
 */
export type TrainedStage = 'FT1' | 'FT2' | 'trainable';

/** @throws InputError for options that leave nothing to train, or no way to select. */
export function checkFinetuneOptions({
  tuned,
  protocols,
  pieces,
  batch,
  accumulation,
}: FinetuneOptions): void {
  const most = batch * accumulation;
  if (!Number.isInteger(pieces) || pieces < 1 || pieces > most)
    throw new InputError(
      'fine-tuning pieces',
      `expected a whole number from 1 to ${most}, the sequences of an update, got ${pieces}`,
    );
  if (tuned !== 'all' && tuned.length === 0) {
    throw new InputError(
      'fine-tuning',
      'expected at least one tuned layer, got none',
      'A model without tuned layers is ranked as it is: rankWithoutTuning',
    );
  }
  const wrong = protocols.find((name) => !PROTOCOLS.includes(name));
  if (wrong !== undefined) throw unknownName('fine-tuning', 'protocol', String(wrong), PROTOCOLS);
  if (protocols.length === 0 || new Set(protocols).size < protocols.length) {
    throw new InputError(
      'fine-tuning',
      `expected different protocols that select, got ${JSON.stringify(protocols)}`,
    );
  }
}
