/** Stage: the tokenizer of a given language model's folder. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTokenizer } from '../../text/tokenizer';
import type { Json } from '../../pipeline/contentKey';
import type { StageFunction } from '../../pipeline/stage';

export const run: StageFunction = async (_, __, { sources }) => {
  await loadTokenizer(sources.model); // Says what is wrong with the files, if anything.
  const json = async (name: string, fallback?: string): Promise<Json> =>
    JSON.parse(
      await readFile(join(sources.model, name), 'utf8').catch((error: unknown) => {
        if (fallback === undefined) throw error;
        return fallback;
      }),
    ) as Json;
  return {
    json: { tokenizer: await json('tokenizer.json'), config: await json('tokenizer_config.json', '{}') },
    arrays: {},
  };
};
