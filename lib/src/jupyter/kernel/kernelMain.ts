/**
 * The kernel process: tslab's kernel, started on a connection file given as the only argument. JupyterLab
 * (through the kernel specification of `elephant lab`) and the headless runner both start this file, so both
 * run the same kernel.
 *
 * Under the headless runner it also has an IPC channel. On it the kernel reports what the Jupyter protocol
 * cannot: unawaited promises that were rejected, and exceptions thrown outside a cell's call, with the number
 * of the cell that caused them. It ends when the process that started it is gone. Nothing imports this file.
 */
import { interruptCell } from '../../interruption';
import '../../privacy';
import { currentExecution, patchTslab } from './patchTslab';
import { tslabMain } from './tslab';

export type FromKernel =
  { type: 'stray'; kind: 'rejection' | 'exception'; execution: number; stack: string } | { type: 'settled' };

export type ToKernel = { type: 'settle'; milliseconds: number };

/** How often to check whether the parent process is still there. */
const PARENT_MS = 1000;

/** How often the timers are checked while settling. */
const POLL_MS = 20;

function reportStrays(): void {
  const report =
    (kind: 'rejection' | 'exception') =>
    (reason: unknown): void => {
      const stack = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
      send({ type: 'stray', kind, execution: currentExecution(), stack });
    };
  process.on('unhandledRejection', report('rejection'));
  process.on('uncaughtException', report('exception'));
}

function answerRunner(): void {
  const idle = timers();
  process.on('disconnect', () => process.exit(1));
  process.on('message', ({ milliseconds }: ToKernel) => {
    const deadline = performance.now() + milliseconds;
    const poll = (): void => {
      // The poll's own timer has fired, so it is not counted.
      if (timers() <= idle || performance.now() > deadline) send({ type: 'settled' });
      else setTimeout(poll, POLL_MS);
    };
    setTimeout(poll, POLL_MS);
  });
}

/** Without this, a kernel whose JupyterLab was killed would run for ever: tslab does not notice. */
function endWithLab(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.exit(1), PARENT_MS).unref();
}

/** Timers that are pending. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate').length;
}

function send(message: FromKernel): void {
  process.send?.(message);
}

patchTslab();
endWithLab();
process.on('SIGINT', interruptCell);
if (process.send !== undefined) {
  reportStrays();
  answerRunner();
}
tslabMain().startKernel({ configPath: process.argv[2], enableFindLocal: false, globalVersion: '' });
