/**
 * Identifies a process beyond its number, which the system reuses; in a container even for the same program
 * when it is started again.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, as the system counts; absent if the system does not say. */
  readonly started?: string;
  /** Within which processes are numbered: the machine since it was started, and the container. */
  readonly numbering: string;
  readonly host: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid), numbering: numbering(), host: hostname() };
}

/** Whether it still runs; "unknown" if this machine cannot tell. */
export function stateOf({ pid, started, numbering: where }: ProcessIdentity): 'runs' | 'gone' | 'unknown' {
  if (where !== numbering()) return 'unknown';
  if (!exists(pid)) return 'gone';
  if (started === undefined || !procIsOurs()) return 'unknown';
  return startOf(pid) === started ? 'runs' : 'gone';
}

/** What a tag looks like: a process's number, start and numbering. */
export const TAG = '\\d+\\.\\d*\\.[0-9a-f]{8}';

/** This process, for a file's name. */
export function processTag(): string {
  return `${process.pid}.${startOf(process.pid) ?? ''}.${short(numbering())}`;
}

/** Like stateOf, for the process with this tag. */
export function tagState(tag: string): 'runs' | 'gone' | 'unknown' {
  const [pid, started, where] = tag.split('.');
  if (where !== short(numbering())) return 'unknown';
  return stateOf({
    pid: Number(pid),
    started: started === '' ? undefined : started,
    numbering: numbering(),
    host: hostname(),
  });
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** A number that some process has, which may have ended without its parent having noticed. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Linux: field 22 of /proc/<pid>/stat; undefined for a process that has ended (a zombie), and elsewhere. */
function startOf(pid: number): string | undefined {
  if (!procIsOurs()) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return /[ZXx]/.test(fields[0]) ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** False outside Linux, and if /proc belongs to another container. */
function procIsOurs(): boolean {
  return link('/proc/self') === String(process.pid);
}

function numbering(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot} ${link('/proc/self/ns/pid') ?? ''}`;
  } catch {
    return hostname();
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
