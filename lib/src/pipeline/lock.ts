/**
 * One coordinator at a time computes in a store. A second one waits, then finds the results of the first; a
 * lock whose process is gone is taken over.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storeProblem } from './storeProblem';

export interface Lock {
  release(): void;
}

/** Takes the lock of a store's `folder`; otherwise as acquireFileLock. */
export async function acquireLock(
  folder: string,
  signal: AbortSignal,
  onWait: (pid: number) => void,
): Promise<Lock> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw storeProblem(folder, 'the store', cause);
  }
  return acquire(join(folder, 'lock'), signal, onWait).catch((error: unknown) => {
    throw storeProblem(folder, 'its lock', error);
  });
}

/** Takes `<path>.lock`; calls `onWait` once with the holder's process number if it has to wait. */
export async function acquireFileLock(
  path: string,
  signal: AbortSignal,
  onWait: (pid: number) => void,
): Promise<Lock> {
  return acquire(`${path}.lock`, signal, onWait);
}

async function acquire(file: string, signal: AbortSignal, onWait: (pid: number) => void): Promise<Lock> {
  let told = false;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder !== undefined && !isAlive(holder)) {
      discard(file, holder);
      continue;
    }
    if (!told && holder !== undefined) onWait(holder);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
    signal.throwIfAborted();
  }
}

function readHolder(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Renames before removing, so that of two processes that find the same stale lock only one removes it. What
 * the second one renames may be the lock that the first has taken since: it is put back.
 */
function discard(file: string, stale: number): void {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
    if (readHolder(aside) !== stale) return renameSync(aside, file);
    rmSync(aside, { force: true });
  } catch {
    // Another process was quicker.
  }
}
