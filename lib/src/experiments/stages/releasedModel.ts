/**
 * Stage: a language model that comes with the project, in the form of the stage that trained it
 * (releasedModels.ts).
 */
import { join } from 'node:path';
import { readSafetensors } from '../../engine/safetensors/safetensors';
import type { NamedHostTensors } from '../../engine/types';
import { InputError } from '../../errors';
import { releaseAdvice, SHARED_TENSOR } from '../releasedFile';
import type { StageIdentity } from '../releasedModels';
import type { StageFunction } from '../../pipeline/stage';
import type { ModelFacts } from './storedModel';
import { storedTokenizer, type TokenizerFacts } from './storedTokenizer';

export interface ReleasedModelConfig {
  name: string;
  file: string;
  sha256: string;
  /** The file with the word embeddings, if they are those of another model. */
  shared?: { file: string; sha256: string };
  /** Fingerprint of the tokenizer that it was trained with. */
  tokenizer: string;
  /** Configuration of the stage that trained it, and what that left besides arrays. */
  of: StageIdentity;
  result: ModelFacts;
}

export const run: StageFunction<ReleasedModelConfig, ModelFacts, { tokenizer: TokenizerFacts }> = async (
  { name, file, shared, tokenizer, result },
  inputs,
  { sources },
) => {
  const { fingerprint } = await storedTokenizer(inputs.tokenizer);
  if (fingerprint !== tokenizer) {
    throw new InputError(
      `released model ${name}`,
      `expected the tokenizer that it was trained with (${tokenizer.slice(0, 12)}), got another ` +
        `(${fingerprint.slice(0, 12)}): the shop's words or the size of the vocabulary differ`,
      releaseAdvice(name),
    );
  }
  const read = async (from: string, filter?: (tensor: string) => boolean): Promise<NamedHostTensors> =>
    (await readSafetensors(join(sources.models, from), filter)).tensors;
  const words = shared === undefined ? {} : await read(shared.file, (tensor) => tensor === SHARED_TENSOR);
  return { json: result, arrays: { ...(await read(file)), ...words } };
};
