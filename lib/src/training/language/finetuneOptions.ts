/** The options and inputs of fine-tuning, with the authors' values as defaults (method 6). */
import type { Dataset } from '../../data/types';
import type { Engine } from '../../engine/types';
import { InputError, unknownName } from '../../errors';
import { type Protocol, PROTOCOLS } from '../../evaluation/options';
import type { LanguageModel } from '../../models/languageModel';
import { INPUT_LIMITS, type InputLimits, type ItemTokens } from '../../text/recformerInput';
import type { TrainingProgress } from '../trainer';
import type { TrainingCheckpoint } from '../trainingCheckpoint';
import type { TunedLayers } from './tunedLayers';

export interface FinetuneOptions {
  /** At most this many in each stage. */
  epochs: number;
  patience: number;
  /** Sequences per micro-batch, and micro-batches per update. */
  batch: number;
  accumulation: number;
  /**
   * Number of pieces that an update is computed in, one after another, if the whole does not fit in memory.
   * The gradients are those of the whole update, except that dropout draws other masks.
   */
  pieces: number;
  learningRate: number;
  /** Updates of the ramp (D21). */
  warmup: number;
  /**
   * Epochs of both stages together after which the learning rate is 0 (D21). As coded, the limit of one
   * stage.
   */
  scheduleEpochs: number;
  /** D21. After the ramp the rate falls from below 1 ("coded") or from 1 ("usual"). */
  schedule: 'coded' | 'usual';
  weightDecay: number;
  tuned: TunedLayers;
  /**
   * D23. "kept", as coded: the first item of a user is a label too, with `<s>` alone as input. "left out":
   * every label has a history.
   */
  emptyHistory: 'kept' | 'left out';
  /**
   * Train the item table in FT2 (REC.trainable, D37). "also": a second FT2 does so, from the end of the same
   * FT1. REC and REC.trainable then differ by that alone, and FT1 is trained once.
   */
  trainableTable: boolean | 'also';
  /**
   * Protocols whose NDCG@10 on validation selects, all from one training. The first decides as the authors'
   * code does: the FT table, and the weights that FT2 starts from (D46). For each further protocol, its own
   * best epoch of both stages is kept as well. A stage ends when all protocols have run out of patience.
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
  /** Where interrupted stages are kept; "trainable" only with trainableTable "also". */
  checkpoints?: Partial<Record<TrainedStage, TrainingCheckpoint>>;
}

/** The trainings, in order. "trainable" is another FT2 that trains the table (trainableTable "also"). */
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
