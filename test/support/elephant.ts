/** The compiled command, run in a process of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** What `node` runs. */
export const COMMAND = join(__dirname, '../../lib/bin/elephant.js');

export interface Ended {
  /** The exit code; NaN if a signal ended the process. */
  code: number;
  out: string;
  err: string;
}

interface Place {
  /** Environment variables beside those of the machine. */
  env?: Record<string, string>;
  cwd?: string;
}

/** Runs the command to its end. */
export function elephant(...args: string[]): Promise<Ended> {
  return elephantAt({}, ...args);
}

/** As elephant(), with environment variables or in a folder. */
export function elephantAt({ env, cwd }: Place, ...args: string[]): Promise<Ended> {
  const options = { env: environment(env), cwd, maxBuffer: 2 ** 26 };
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : NaN, out, err }),
    );
  });
}

/** The environment of the machine without the folders and defaults that it may name for the command. */
export function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('ELEPHANT_'));
  return { ...Object.fromEntries(kept), ...more };
}
