/** Profiles whose committed results are shown beside the report's own. They are read, never computed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openResults } from '../experiments/results/fileAnswers';
import type { Session } from '../experiments/session';
import { folders } from '../project';
import { fileHash, sha256 } from './hashes';

const BESIDE = ['worlds', 'when', 'study', 'real'];

/** Those that exist, without `profile` itself. */
export function otherProfiles(profile: string): Session[] {
  return filesBeside(profile).map(openResults);
}

/** Hash of all results shown: the profile's own (already hashed) and those of other profiles. */
export function shownResults(own: string, profile: string): string {
  return sha256(JSON.stringify([own, filesBeside(profile).map(fileHash)]));
}

function filesBeside(profile: string): string[] {
  return BESIDE.filter((name) => name !== profile)
    .map((name) => join(folders.results, `${name}.json`))
    .filter((file) => existsSync(file));
}
