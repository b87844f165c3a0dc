/** The trained recommender that a command is given: a file of saveRecommender, or a result in the store. */
import { existsSync } from 'node:fs';
import { Option } from 'commander';
import { regularFile } from '../readableFile';
import { InputError } from '../errors';
import { folders } from '../project';
import type { SavedRecommender } from '../training/recommender';

export function recommenderOption(): Option {
  return new Option(
    '--run <file or result>',
    'the trained recommender: a file from elephant train --out, or the beginning of the name of a ' +
      'result in the store, e.g. recommender-3f (elephant store ls)',
  ).makeOptionMandatory();
}

/** @throws InputError for anything else. */
export async function givenRecommender(run: string): Promise<SavedRecommender> {
  if (run === '') throw new InputError('--run', 'expected a file or the name of a result, got ""');
  if (/[\\/.]/.test(run) || existsSync(run)) {
    regularFile(run, 'a saved recommender');
    const { openRecommender } = await import('../training/recommender');
    return openRecommender(run);
  }
  const { Store } = await import('../pipeline/store');
  const { storedRecommender } = await import('../experiments/storedRecommender');
  return storedRecommender(new Store(process.env.ELEPHANT_STORE ?? folders.store), run);
}
