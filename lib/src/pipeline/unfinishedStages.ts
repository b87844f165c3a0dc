/** The unfinished stages of a store (unfinishedStage.ts): listed, checked, removed. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { listCheckpoints } from '../engine/checkpoint/checkpoint';
import { sealProblem } from '../engine/checkpoint/seal';
import { type Store, UNFINISHED } from './store';

export interface Unfinished {
  readonly folder: string;
  readonly bytes: number;
  /** It will never be read again: it is damaged, or the stage has its result. */
  readonly stale: boolean;
}

export function unfinishedStages(store: Store): Unfinished[] {
  const within = join(store.folder, UNFINISHED);
  if (!existsSync(within)) return [];
  return readdirSync(within, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const folder = join(within, name);
      const files = readdirSync(folder, { recursive: true }).map((file) =>
        statSync(join(folder, String(file))),
      );
      return {
        folder,
        bytes: files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0),
        stale: /\.damaged-/.test(name) || existsSync(join(store.folder, name)),
      };
    });
}

/** What is wrong with the checkpoints of an unfinished stage, or undefined. */
export async function verifyUnfinished(folder: string): Promise<string | undefined> {
  for (const part of readdirSync(folder)) {
    for (const { path } of await listCheckpoints(join(folder, part))) {
      const problem = sealProblem(readFileSync(path));
      if (problem !== undefined) return `${part}/${basename(path)}: ${problem}`;
    }
  }
  return undefined;
}

/** Removes the stale ones, or all of them. Returns the number of removed folders. */
export function sweepUnfinished(store: Store, all = false): number {
  const chosen = unfinishedStages(store).filter(({ stale }) => all || stale);
  for (const { folder } of chosen) rmSync(folder, { recursive: true, force: true });
  return chosen.length;
}
