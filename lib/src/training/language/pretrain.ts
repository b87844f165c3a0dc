/**
 * Stage-PT (method 5): RECFORMER's pre-training on behaviour. Each sequence gives one pair per epoch: what a
 * user had, and what came next. The loss is contrastive within groups of pairs, plus 0.1 MLM on both sides.
 * The epoch with the best contrastive accuracy on held-out sequences is kept.
 */
import type { LanguageModel } from '../../models/languageModel';
import { train, type TrainingResult } from '../trainer';
import { CONTRASTIVE_ACCURACY } from './contrastiveAccuracy';
import { readModel } from './languageState';
import {
  checkPretraining,
  PRETRAIN_DEFAULTS,
  type PretrainInput,
  type PretrainOptions,
} from './pretrainOptions';
import { openPretrainRun } from './pretrainRun';
import { pretrainTrainee } from './pretrainTrainee';

export interface PretrainResult {
  /** Weights of the best epoch, including the head for masked tokens. */
  model: LanguageModel;
  result: TrainingResult;
  /** Updates of the weights in all epochs. */
  updates: number;
}

export async function pretrain(
  input: PretrainInput,
  options: Partial<PretrainOptions> = {},
): Promise<PretrainResult> {
  const settings = { ...PRETRAIN_DEFAULTS, ...options };
  checkPretraining(input, settings);
  const run = openPretrainRun(input, settings);
  try {
    const result = await train(pretrainTrainee(run), {
      epochs: settings.epochs,
      patience: Infinity,
      metric: CONTRASTIVE_ACCURACY,
      onProgress: input.onProgress,
      signal: input.signal,
      checkpoint: input.checkpoint,
    });
    const model = await readModel(run.state, run.model);
    return { model, result, updates: run.plan.updatesOf(result.epoch) };
  } finally {
    await run.close();
  }
}
