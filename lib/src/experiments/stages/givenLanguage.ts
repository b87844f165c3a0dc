/**
 * Stage: LF from a published model's folder: its weights, given RECFORMER's window, token types and item
 * positions (method 4.7).
 */
import { InputError } from '../../errors';
import { loadModel as readModel } from '../../models/published/loadModel';
import { toRecformer } from '../../models/published/toRecformer';
import type { StageFunction } from '../../pipeline/stage';
import type { LanguageFacts } from './language';
import { storeModel } from './storedModel';

export interface GivenLanguageConfig {
  /** As the profile expects it: tables of this width are made from it. */
  hidden: number;
  window: number;
  maxTokens: number;
  /** Of the item-position rows. */
  seed: number;
  /** What those are (D27). */
  itemPositions: 'normal' | 'zero';
  /** Content of the folder's files, so that the key follows it. */
  files: Record<string, string>;
}

/** Without losses, as nothing was trained. */
export interface GivenLanguageFacts extends LanguageFacts {
  /** Tensors of the folder that the model has no place for, and places that the folder has no tensor for. */
  unused: readonly string[];
  missing: readonly string[];
}

export const run: StageFunction<GivenLanguageConfig, GivenLanguageFacts> = async (
  { hidden, window, maxTokens, seed, itemPositions },
  _,
  { sources },
) => {
  const { model, report } = await readModel(sources.model, { pooling: 'none' });
  if (model.config.hidden !== hidden) {
    throw new InputError(
      sources.model,
      `expected a model of width ${hidden} as the profile says, got ${model.config.hidden}`,
      `Use --set language.hidden=${model.config.hidden}`,
    );
  }
  const { json, arrays } = storeModel(
    toRecformer(model, { window, maxTokens, seed, itemPositionStart: itemPositions }),
  );
  // Where the head for masked tokens is missing, as in sentence encoders, pre-training starts with a random
  // one.
  return {
    json: { model: json, losses: [], updates: 0, tokens: 0, unused: report.unused, missing: report.missing },
    arrays,
  };
};
