/** Stage: the tokenizer of a given language model's folder. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTokenizer, type JsonObject } from '../../text/tokenizer';
import type { StageFunction } from '../../pipeline/stage';
import type { TokenizerFacts } from './storedTokenizer';

export interface GivenTokenizerConfig {
  /** Content of the folder's files, so that the key follows it. */
  files: Record<string, string>;
}

export const run: StageFunction<GivenTokenizerConfig, TokenizerFacts> = async (_, __, { sources }) => {
  await loadTokenizer(sources.model); // Says what is wrong with the files, if anything.
  const json = async (name: string, fallback?: string): Promise<JsonObject> =>
    JSON.parse(
      await readFile(join(sources.model, name), 'utf8').catch((error: unknown) => {
        if (fallback === undefined) throw error;
        return fallback;
      }),
    ) as JsonObject;
  return {
    json: { tokenizer: await json('tokenizer.json'), config: await json('tokenizer_config.json', '{}') },
    arrays: {},
  };
};
