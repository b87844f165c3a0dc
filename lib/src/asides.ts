/**
 * Temporary names of files and folders, and the removal of those whose process was killed: each name says
 * which process made it.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processTag, TAG, tagState } from './processIdentity';

/** `.<name>.<process>-<random>.tmp`. */
export const ASIDE = new RegExp(`^\\..+\\.(${TAG})-[0-9a-f]{8}\\.tmp$`);
/** A file made in another container or on another machine counts as left behind after this long. */
const FORGOTTEN_MS = 24 * 3600_000;

const swept = new Set<string>();

export function asideName(name: string): string {
  return `.${name}.${processTag()}-${randomBytes(4).toString('hex')}.tmp`;
}

/** Once per folder and process: removes what killed processes had written aside in it. */
export function sweepAsides(folder: string): void {
  if (swept.has(folder)) return;
  swept.add(folder);
  sweepTagged(folder, ASIDE);
}

/**
 * A new folder `<parent>/elephant-<name>-<process>-<random>`; removes those of killed processes first.
 */
export function temporaryFolder(name: string, parent = tmpdir()): string {
  mkdirSync(parent, { recursive: true });
  sweepTagged(parent, new RegExp(`^elephant-${name}-(${TAG})-`));
  return mkdtempSync(join(parent, `elephant-${name}-${processTag()}-`));
}

/**
 * Removes the files and folders within `folder` whose name matches `pattern`, and whose process, the tag that
 * the pattern captures, is gone. What cannot be removed stays.
 */
function sweepTagged(folder: string, pattern: RegExp): void {
  for (const name of readdirSync(folder)) {
    const tag = pattern.exec(name)?.[1];
    if (tag === undefined || !isLeft(join(folder, name), tag)) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // Another user's, perhaps.
    }
  }
}

function isLeft(path: string, tag: string): boolean {
  const state = tagState(tag);
  if (state !== 'unknown') return state === 'gone';
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts !== undefined && Date.now() - facts.mtimeMs > FORGOTTEN_MS;
}
