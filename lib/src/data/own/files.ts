/**
 * Finds interactions and items in a folder of a user's data by the names in common use. Called by readOwn.ts.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../../errors';

export interface OwnFiles {
  interactions: string;
  items?: string;
}

/** Pairs of names without .gz: interactions, items. `*` stands for the same text in both. */
const PAIRS: readonly [interactions: RegExp, items: RegExp][] = [
  [/^u\.data$/, /^u\.item$/],
  [/^ratings\.dat$/, /^movies\.dat$/],
  [/^ratings\.csv$/, /^movies\.csv$/],
  [/\.inter$/, /\.item$/],
  [/^interactions\.\w+$/, /^items\.\w+$/],
];

/**
 * `path` itself where it is a file; where it is a folder, the pair of files in it. @throws InputError where
 * there is none.
 */
export function findOwnFiles(path: string): OwnFiles {
  let names: string[];
  try {
    if (!statSync(path).isDirectory()) return { interactions: path };
    names = readdirSync(path).sort();
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError(
      path,
      `expected a readable file or folder, got ${missing ? 'none' : (cause as Error).message}`,
      'Check the path and its rights',
      { cause },
    );
  }
  for (const [interactions, items] of PAIRS) {
    const matching = (pattern: RegExp): string[] =>
      names.filter((name) => pattern.test(name.replace(/\.gz$/, '')));
    const [found, ...more] = matching(interactions);
    if (more.length > 0)
      throw new InputError(
        path,
        `expected one file of interactions, got ${[found, ...more].join(', ')}`,
        'Name the file instead of the folder',
      );
    const [texts] = matching(items);
    if (found) return { interactions: join(path, found), ...(texts ? { items: join(path, texts) } : {}) };
  }
  throw new InputError(
    path,
    'expected interactions.* and items.*, MovieLens or RecBole files, got ' +
      `${names.slice(0, 10).join(', ') || 'an empty folder'}`,
    'Name the file of interactions instead of the folder',
  );
}

/**
 * The dataset's name where none is given: the file's, or the folder's where the file is named as everybody's.
 */
export function nameOf(interactions: string): string {
  const name = basename(interactions).replace(/(\.\w+)(\.gz)?$/, '');
  return /^(u|ratings|interactions)$/.test(name) ? basename(join(interactions, '..')) : name;
}
