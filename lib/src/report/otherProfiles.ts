/** Profiles whose committed results are shown beside the report's own. They are read, never computed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openResults } from '../experiments/results/fileAnswers';
import type { Profile } from '../experiments/profiles';
import type { Session } from '../experiments/session';
import { folders } from '../project';
import { fileHash, sha256 } from './hashes';

const BESIDE = ['worlds', 'unrelated', 'seeds', 'when', 'study', 'real'];

/**
 * Whether verdicts are shown beside those of another profile. "when" judges no claim, and the verdicts of
 * "worlds", "unrelated" and "seeds" are those of "mini"; what these add has parts of its own.
 */
export function hasOwnVerdicts({ name, tables }: Profile): boolean {
  return tables.length > 0 && !['worlds', 'unrelated', 'seeds'].includes(name);
}

/** Those that exist, without `profile` itself; none beside a user's own data. */
export function otherProfiles(profile: Profile): Session[] {
  return filesBeside(profile).map(openResults);
}

/** Hash of all results shown: the profile's own (already hashed) and those of other profiles. */
export function shownResults(own: string, profile: Profile): string {
  return sha256(JSON.stringify([own, filesBeside(profile).map(fileHash)]));
}

function filesBeside(profile: Profile): string[] {
  if (profile.own !== undefined) return [];
  return BESIDE.filter((name) => name !== profile.name)
    .map((name) => join(folders.results, `${name}.json`))
    .filter((file) => existsSync(file));
}
