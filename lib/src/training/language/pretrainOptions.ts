/** The options and inputs of pre-training, with the authors' values as defaults (method 5). */
import type { Engine } from '../../engine/types';
import { InputError } from '../../errors';
import { checkTokenizer } from '../../models/encoder/checkTokenizer';
import type { LanguageModel } from '../../models/languageModel';
import { INPUT_LIMITS, type InputLimits, type ItemTokens } from '../../text/recformerInput';
import type { Tokenizer } from '../../text/tokenizer';
import type { TrainingProgress } from '../trainer';
import type { TrainingCheckpoint } from '../trainingCheckpoint';
import { checkRecformerInputs } from './checkInputs';
import type { PretrainingSequence } from './pretrainingSequences';
import type { TunedLayers } from './tunedLayers';

export interface PretrainOptions {
  epochs: number;
  /** Pairs per micro-batch, which are each other's negatives (64 in the paper, over 4 GPUs). */
  batch: number;
  /**
   * Micro-batches per update, which uses the mean of their gradients. What an epoch leaves over goes to the
   * next (method 5.4).
   */
  accumulation: number;
  learningRate: number;
  /** Weight of each side's MLM loss: 0.1. The authors' 4 GPUs turned it into 0.4 (D24). */
  maskedWeight: number;
  clip: number;
  weightDecay: number;
  /**
   * D25. The budget of masked tokens is a share of the "real" tokens, or, as coded, of those "padded" to the
   * longest sequence of the side's batch.
   */
  maskBudget: 'real' | 'padded';
  /**
   * D52. Batches mix the sequences of all domains, as the authors' do ("shuffled"), or have one domain each.
   */
  batchMix: 'shuffled' | 'oneDomain';
  /** D26. */
  freezeWords: boolean;
  tuned: TunedLayers;
  seed: number;
  limits: InputLimits;
  /**
   * Most tokens whose activations are kept at once, rounded down to whole rows of a packed batch, but at
   * least one row. The batch is then computed piece by piece, with the same gradients except for dropout's
   * draws (batchesInPieces.ts). Whole batches if absent.
   */
  tokensAtOnce?: number;
  /** Keep only the input of each layer and recompute the layers for their gradients, which stay the same. */
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

/** @throws InputError for impossible numbers, no sequences, or a model and texts that do not fit. */
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
  // Masked tokens and random replacements may be any token of the tokenizer.
  checkTokenizer(input.tokenizer, config);
  for (const tokens of input.itemTokens)
    checkRecformerInputs('pre-training', config, settings.limits, tokens);
}
