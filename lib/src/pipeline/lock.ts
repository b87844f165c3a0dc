/**
 * One process at a time works in a folder, such as a store, or on a file. A second one waits, and says so;
 * the lock of one that is gone is taken over.
 *
 * The lock is a file that names its holder. Where it cannot be told whether the holder still runs (it is in
 * another container or on another machine, or the system does not tell), what counts is that a holder touches
 * its file every few seconds.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessIdentity, stateOf, thisProcess } from '../processIdentity';
import { storeProblem } from './storeProblem';
import { tell } from './tell';

export interface Lock {
  release(): void;
}

const POLL_MS = 200;
/** How often a holder touches its file. */
const TOUCH_MS = 2_000;
/** A holder that cannot be asked is gone where its file has been left alone for so long. */
const SILENT_MS = 10_000;
/** The same for a file that names nobody: its holder was killed while it wrote. */
const UNREADABLE_MS = 2_000;
/** A wait longer than this is told on standard error. */
const TELL_MS = 1_000;

/** What a lock file held when it was last looked at; `holder` is absent where it is not readable. */
interface Seen {
  readonly text: string;
  readonly touched: number;
  readonly holder?: ProcessIdentity;
}

/**
 * Takes the lock of a store's `folder`, or of another folder that `variable` names; otherwise as
 * acquireFileLock. @throws InputError where the folder cannot be written.
 */
export async function acquireLock(
  folder: string,
  signal: AbortSignal,
  onWait: (pid: number) => void,
  variable = 'ELEPHANT_STORE',
): Promise<Lock> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw storeProblem(folder, 'the folder itself', cause, variable);
  }
  return acquire(join(folder, 'lock'), signal, onWait).catch((error: unknown) => {
    throw storeProblem(folder, 'its lock', error, variable);
  });
}

/**
 * Takes `<path>.lock`; calls `onWait` once with the holder's process number if it has to wait.
 * @throws the signal's reason; what the system says.
 */
export async function acquireFileLock(
  path: string,
  signal: AbortSignal,
  onWait: (pid: number) => void,
): Promise<Lock> {
  return acquire(`${path}.lock`, signal, onWait);
}

async function acquire(file: string, signal: AbortSignal, onWait: (pid: number) => void): Promise<Lock> {
  const text = JSON.stringify({ ...thisProcess(), token: randomUUID() });
  let seen: Seen | undefined;
  let since = performance.now();
  let [waiting, told] = [false, false];
  const begun = performance.now();
  for (;;) {
    if (create(file, text)) return hold(file, text);
    const now = look(file);
    if (now === undefined) continue;
    if (now.text !== seen?.text || now.touched !== seen.touched) since = performance.now();
    seen = now;
    if (isGone(seen.holder, performance.now() - since)) {
      discard(file, seen.text);
      continue;
    }
    if (!waiting && seen.holder !== undefined) onWait(seen.holder.pid);
    waiting ||= seen.holder !== undefined;
    if (!told && performance.now() - begun > TELL_MS) sayWait(file, seen.holder);
    told ||= performance.now() - begun > TELL_MS;
    await sleep(POLL_MS);
    signal.throwIfAborted();
  }
}

/** False where there is a lock already. */
function create(file: string, text: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeFileSync(descriptor, text);
    return true;
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function hold(file: string, text: string): Lock {
  const touching = setInterval(() => {
    try {
      if (read(file) === text) utimesSync(file, new Date(), new Date());
    } catch {
      // Someone has removed it. The results are found by their keys all the same.
    }
  }, TOUCH_MS).unref();
  return {
    release: () => {
      clearInterval(touching);
      if (read(file) === text) rmSync(file, { force: true });
    },
  };
}

/** Undefined where there is no lock any more. */
function look(file: string): Seen | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return { text, touched: statSync(file).mtimeMs, holder: holderOf(text) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return { text: '', touched: 0 };
  }
}

function holderOf(text: string): ProcessIdentity | undefined {
  try {
    const holder = JSON.parse(text) as Partial<ProcessIdentity> | null;
    const whole =
      Number.isInteger(holder?.pid) &&
      (holder?.pid ?? 0) > 0 &&
      typeof holder?.numbering === 'string' &&
      typeof holder.host === 'string';
    return whole ? (holder as ProcessIdentity) : undefined;
  } catch {
    return undefined;
  }
}

function isGone(holder: ProcessIdentity | undefined, silentMs: number): boolean {
  if (holder === undefined) return silentMs > UNREADABLE_MS;
  const state = stateOf(holder);
  return state === 'gone' || (state === 'unknown' && silentMs > SILENT_MS);
}

/**
 * Renames before removing, so that of two processes that find the same stale lock only one removes it. What
 * the second one renames may be the lock that the first has taken since: it is put back.
 */
function discard(file: string, stale: string): void {
  const aside = `${file}.stale-${randomUUID()}`;
  try {
    renameSync(file, aside);
    if ((read(aside) ?? '') !== stale) linkSync(aside, file);
    rmSync(aside, { force: true, recursive: true });
  } catch {
    // Another process was quicker.
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function sayWait(file: string, holder: ProcessIdentity | undefined): void {
  tell(
    holder === undefined
      ? `waiting for whoever has left ${file} unfinished`
      : `waiting for process ${holder.pid} on ${JSON.stringify(holder.host)}, which holds ${file}`,
  );
}
