/**
 * A kernel as a process: starts it, remembers its last output outside any cell, reports its end, and ends it
 * with everything it started. Knows nothing about the Jupyter protocol (kernelClient.ts).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../project';
import { InputError } from '../../errors';
import type { FromKernel, ToKernel } from './kernelMain';

/** The compiled entry of the kernel process, whether this file runs compiled or from source (tests). */
export const kernelMainFile = join(projectRoot, 'lib', 'dist', 'jupyter', 'kernel', 'kernelMain.js');

/** How much of the kernel's output outside cells is kept for a message about its end. */
const KEPT_CHARACTERS = 4000;

export interface KernelProcess {
  readonly pid: number;
  /** Resolves when the process has ended, and says how: "exit code 3", "killed by SIGKILL". */
  readonly ended: Promise<string>;
  /** The last output of the process outside any cell. */
  printed(): string;
  send(message: ToKernel): void;
  onMessage(listener: (message: FromKernel) => void): void;
  /** Ends the process and everything it started, at once. */
  kill(): void;
}

/** Starts a kernel on a connection file; `cwd` is the notebook's folder, as under JupyterLab. */
export function startKernelProcess(
  connectionFile: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): KernelProcess {
  if (!existsSync(kernelMainFile))
    throw new InputError('notebook kernel', 'the library is not compiled', 'Run "npm run build"');
  // Its own process group, so that workers started by a cell end with the kernel.
  const child = spawn(process.execPath, [kernelMainFile, connectionFile], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let text = '';
  const keep = (chunk: Buffer): void => void (text = (text + chunk.toString()).slice(-KEPT_CHARACTERS));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const kill = (): void => killGroup(child);
  process.once('exit', kill);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`),
    );
  });
  void ended.then(() => {
    process.off('exit', kill);
    killGroup(child);
  });
  return {
    pid: child.pid ?? -1,
    ended,
    printed: () => text.trim(),
    send: (message) => void (child.connected && child.send(message)),
    onMessage: (listener) => void child.on('message', listener),
    kill,
  };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
