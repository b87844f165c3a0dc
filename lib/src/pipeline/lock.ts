/**
 * One process at a time works in a folder, such as a store, or on a file. A second process waits, and says
 * so; the lock of a dead process is taken over.
 *
 * The lock is a file that names its holder, and the holder touches it every few seconds. The time of the last
 * touch decides if the system cannot say whether the holder still runs, for example in another container or
 * on another machine.
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
import { tell } from '../tell';

export interface Lock {
  release(): void;
}

const POLL_MS = 200;
/** How often a holder touches its file. */
const TOUCH_MS = 2_000;
/** A holder that cannot be checked counts as gone if its file has not been touched for this long. */
const SILENT_MS = 10_000;
/** The same for a file that names no holder, which was killed while it wrote. */
const UNREADABLE_MS = 2_000;
/** A longer wait is reported on standard error. */
const TELL_MS = 1_000;

/** The content of a lock file when it was last read; `holder` is absent if it is not readable. */
interface Seen {
  readonly text: string;
  readonly touched: number;
  readonly holder?: ProcessIdentity;
}

/**
 * Takes the lock of a store's `folder`, or of another folder that `variable` names; otherwise like
 * acquireFileLock. @throws InputError if the folder cannot be written.
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
 * @throws the signal's reason, or a system error.
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

/** False if there is already a lock. */
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
      // Someone has removed it. That does no harm: results are found by their keys.
    }
  }, TOUCH_MS).unref();
  return {
    release: () => {
      clearInterval(touching);
      if (read(file) === text) rmSync(file, { force: true });
    },
  };
}

/** Undefined if there is no longer a lock. */
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
 * Renames before removing, so that if two processes find the same stale lock, only one removes it. The second
 * may rename the lock that the first has taken since; then it puts it back.
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
      ? `waiting for the process that left ${file} unfinished`
      : `waiting for process ${holder.pid} on ${JSON.stringify(holder.host)}, which holds ${file}`,
  );
}
