/** What pre-training can be told and what it is given, with the authors' values as defaults (method 5). */
import type { Engine } from '../../engine/types';
import { InputError } from '../../errors';
import { checkTokenizer } from '../../models/longformer/itemSequences';
import type { LanguageModel } from '../../models/longformer/loadModel';
import { INPUT_LIMITS, type InputLimits, type ItemTokens } from '../../text/recformerInput';
import type { Tokenizer } from '../../text/tokenizer';
import type { TrainingCheckpoint, TrainingProgress } from '../trainer';
import { checkRecformerInputs } from './checkInputs';
import type { PretrainingSequence } from './pretrainingSequences';
import type { TunedLayers } from './tunedLayers';

export interface PretrainOptions {
  epochs: number;
  /** Pairs of one micro-batch, each other's negatives (64 in the paper, over 4 GPUs). */
  batch: number;
  /**
   * Micro-batches of one update, which uses the mean of their gradients; what an epoch leaves over goes to
   * the next (method 5.4).
   */
  accumulation: number;
  learningRate: number;
  /** Weight of each side's MLM loss (0.1; 0.4 is what the authors' 4 GPUs made of it: D24). */
  maskedWeight: number;
  clip: number;
  weightDecay: number;
  /**
   * D25: the budget of masked tokens is a share of the "real" tokens, or of those "padded" to the longest of
   * the side's batch, as coded.
   */
  maskBudget: 'real' | 'padded';
  /** D52: batches of sequences of all domains, shuffled as the authors do, or each of one domain. */
  batchMix: 'shuffled' | 'oneDomain';
  /** D26. */
  freezeWords: boolean;
  tuned: TunedLayers;
  seed: number;
  limits: InputLimits;
  /**
   * Tokens whose activations are kept at once, rounded down to whole rows of a packed batch, of at least one.
   * The batch is then computed piece by piece, with the same gradients but for dropout's other draws
   * (batchesInPieces.ts). Whole batches if absent.
   */
  tokensAtOnce?: number;
  /** Keep the input of each layer only, and compute the layers anew for their gradients, which stay. */
  recompute: boolean;
}

export const PRETRAIN_DEFAULTS: PretrainOptions = {
  epochs: 32,
  batch: 64,
  accumulation: 8,
  learningRate: 5e-5,
  maskedWeight: 0.1,
  maskBudget: 'real',
  batchMix: 'shuffled',
  clip: 1,
  weightDecay: 0,
  freezeWords: true,
  tuned: 'all',
  seed: 42,
  limits: INPUT_LIMITS,
  recompute: false,
};

export interface PretrainInput {
  engine: Engine;
  model: LanguageModel;
  tokenizer: Tokenizer;
  /** Tokens of item i of domain k at itemTokens[k][i - 1]. */
  itemTokens: readonly (readonly ItemTokens[])[];
  train: readonly PretrainingSequence[];
  validation: readonly PretrainingSequence[];
  onProgress?: (progress: TrainingProgress) => void;
  signal?: AbortSignal;
  checkpoint?: TrainingCheckpoint;
}

/** @throws InputError for numbers that cannot be, no sequences, or a model and texts that do not fit. */
export function checkPretraining(input: PretrainInput, settings: PretrainOptions): void {
  for (const key of ['epochs', 'batch', 'accumulation'] as const) {
    const value = settings[key];
    if (!Number.isInteger(value) || value < 1)
      throw new InputError(`pre-training ${key}`, `expected a whole number of at least 1, got ${value}`);
  }
  const { tokensAtOnce, tuned } = settings;
  if (tokensAtOnce !== undefined && !(Number.isInteger(tokensAtOnce) && tokensAtOnce >= 1))
    throw new InputError(
      'pre-training tokensAtOnce',
      `expected a whole number of at least 1, got ${tokensAtOnce}`,
    );
  if (tokensAtOnce !== undefined && tuned.length === 0)
    throw new InputError(
      'pre-training tokensAtOnce',
      'expected layers to be tuned, got none',
      'Leave it out',
    );
  if (input.train.length === 0)
    throw new InputError('pre-training', 'expected at least one sequence, got none');
  const { config } = input.model;
  // Masked tokens and random replacements may be any of the tokenizer's.
  checkTokenizer(input.tokenizer, config);
  for (const tokens of input.itemTokens)
    checkRecformerInputs('pre-training', config, settings.limits, tokens);
}
