/** Processes (worker.ts) that each compute one stage at a time, and are reused for the next. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { shallow, type StageNode } from './stage';
import type { FromWorker, ToWorker } from './worker';

/**
 * A worker that holds more memory than this after a stage is replaced, since ONNX Runtime and the allocator
 * keep what large programs once took. A new worker costs about half a second, so only language stages, which
 * take long, are followed by one.
 */
export const RECYCLE_BYTES = 768 * 2 ** 20;

export type StageOutcome = Exclude<FromWorker, { type: 'progress' }>;
export type StageProgress = Extract<FromWorker, { type: 'progress' }>;

function forkWorker(): ChildProcess {
  return fork(join(__dirname, 'worker.js'), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

export class StageProcesses {
  private readonly idle: ChildProcess[] = [];
  private readonly busy = new Set<ChildProcess>();
  /** The device of the stage that each ran last. */
  private readonly devices = new WeakMap<ChildProcess, string>();

  /** Computes a stage whose inputs are in the folder. */
  run(node: StageNode, storeFolder: string, onProgress: (at: StageProgress) => void): Promise<StageOutcome> {
    const child = this.take(node.device?.name);
    return new Promise((resolve) => {
      const end = (outcome: StageOutcome): void => {
        for (const event of ['message', 'error', 'exit']) child.removeAllListeners(event);
        this.busy.delete(child);
        if (outcome.type === 'done' && outcome.residentBytes > RECYCLE_BYTES) child.kill('SIGKILL');
        else if (child.connected) this.keep(child);
        resolve(outcome);
      };
      const failed = (message: string): void =>
        end({ type: 'failed', message, stack: message, stops: false });
      child.on('message', (message: FromWorker) =>
        message.type === 'progress' ? onProgress(message) : end(message),
      );
      child.on('error', ({ message }) => failed(`its worker process could not be used: ${message}`));
      child.on('exit', (code, killedBy) =>
        failed(`its worker process ended (${killedBy ?? `exit code ${code}`})${adviceAfter(killedBy)}`),
      );
      child.send({ type: 'run', node: shallow(node), storeFolder } satisfies ToWorker);
    });
  }

  /** Ends all of them; their running stages are lost. */
  kill(): void {
    for (const child of [...this.idle, ...this.busy]) child.kill('SIGKILL');
  }

  /** An idle process or a new one. Programs compiled for a device stay in the process that has used it. */
  private take(device: string | undefined): ChildProcess {
    const sameDevice = this.idle.findIndex((child) => this.devices.get(child) === device);
    const [idle] = this.idle.splice(Math.max(0, sameDevice), 1);
    const child = idle ?? forkWorker();
    if (device !== undefined) this.devices.set(child, device);
    this.busy.add(child);
    return child;
  }

  private keep(child: ChildProcess): void {
    this.idle.push(child);
    child.once('exit', () => {
      const at = this.idle.indexOf(child);
      if (at !== -1) this.idle.splice(at, 1);
    });
    child.on('error', () => undefined);
  }
}

/** Nobody but the system, or a person, sends SIGKILL to a busy worker. */
const adviceAfter = (killedBy: string | null): string =>
  killedBy === 'SIGKILL'
    ? ', as the system does when memory runs out. Use fewer --workers, or smaller pieces: --memory says which'
    : '';
