/**
 * The folders of --data and --model, or of the environment in their place, before a command plans, measures
 * or computes anything. A plan may be made without folders, but folders that are named must hold what is
 * expected. A session checks again before its stages run (experiments/givenFolders.ts).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findAmazonFiles, listAmazonDomains } from '../data/amazonFiles';
import { InputError } from '../errors';
import { amazonDomains, checkFolders } from '../experiments/givenFolders';
import type { Profile } from '../experiments/profiles';

/** @throws InputError if a named folder does not exist, or lacks files that the profile needs. */
export function checkNamedFolders(profile: Profile): void {
  const { given } = profile;
  if (given === undefined) return;
  if (given.data !== '') checkDataFolder(given.data, amazonDomains(profile));
  if (given.model !== '') checkModelFolder(given.model);
}

/** Like checkNamedFolders; also refuses a profile whose folders are not named. */
export function checkAllFolders(profile: Profile): void {
  checkNamedFolders(profile);
  checkFolders(profile);
}

function checkDataFolder(folder: string, domains: readonly string[]): void {
  // Says what is wrong with a folder that cannot be read; below, only files may be missing.
  listAmazonDomains(folder);
  const lacking = domains.filter((domain) => {
    try {
      findAmazonFiles(folder, domain);
      return false;
    } catch (error) {
      if (error instanceof InputError) return true;
      throw error;
    }
  });
  if (lacking.length === 0) return;
  throw new InputError(
    folder,
    `expected review files of ${domains.join(', ')} (such as ${lacking[0]}_5.json.gz), got none of ` +
      `${lacking.join(', ')}`,
    'Check --data (or ELEPHANT_DATA); elephant fetch <domain> downloads them, --set domains=[...] and ' +
      'pretrainingDomains=[...] choose others',
  );
}

function checkModelFolder(folder: string): void {
  const lacking = [['config.json'], ['tokenizer.json'], ['model.safetensors', 'model.safetensors.index.json']]
    .filter((names) => !names.some((name) => existsSync(join(folder, name))))
    .map(([name]) => name);
  if (lacking.length === 0) return;
  const got = existsSync(folder) ? `a folder without ${lacking.join(', ')}` : 'no folder there';
  throw new InputError(
    folder,
    `expected a language model's folder with config.json, model.safetensors and tokenizer.json, got ${got}`,
    'Check --model (or ELEPHANT_MODEL); elephant fetch <owner/name> downloads one',
  );
}
