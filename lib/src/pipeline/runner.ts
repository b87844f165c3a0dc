/**
 * Runs a graph of stages. Results in the store are reused, and independent stages run side by side in worker
 * processes. A failed stage stops only the stages that depend on it. Knows nothing about what the stages
 * compute.
 */
import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { sweepAsides } from '../asides';
import { acquireLock } from './lock';
import { RunState, type RunStatus } from './runState';
import { closure, shallow, type StageNode } from './stage';
import { forkWorker, RECYCLE_BYTES } from './stageProcesses';
import type { Store } from './store';
import { waitsFor } from './waitsFor';
import type { FromWorker, ToWorker } from './worker';

export interface RunOptions {
  readonly store: Store;
  /** Worker processes side by side; the number of cores by default. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly onUpdate?: (status: RunStatus) => void;
  /** Seconds that a stage is expected to take; a second each by default. For `secondsLeft` alone. */
  readonly expected?: (node: StageNode) => number;
}

/**
 * Computes everything that `targets` need. Resolves when every result is in the store; rejects with
 * StagesFailed otherwise.
 */
export async function runStages(targets: readonly StageNode[], options: RunOptions): Promise<void> {
  const { store, onUpdate, expected, signal = new AbortController().signal } = options;
  const workers = Math.max(1, options.workers ?? availableParallelism());
  const nodes = closure(targets);
  const state = (): RunState =>
    new RunState(
      nodes,
      nodes.filter((node) => store.has(node)).map(({ key }) => key),
      expected,
    );
  const before = state();
  if (before.isOver) return;
  const lock = await acquireLock(store.folder, signal, (pid) =>
    onUpdate?.({ ...before.status([], workers), waitingFor: pid }),
  );
  try {
    sweepAsides(store.folder);
    await new Run(state(), store, workers, signal, onUpdate).execute();
  } finally {
    lock.release();
  }
}

interface Worker {
  readonly process: ChildProcess;
  node: StageNode | undefined;
  /** The device of the stage that it ran last. */
  device?: string;
  share: number;
  message: string;
  startedAt: number;
}

class Run {
  private readonly workers: Worker[] = [];
  /** Set when the run is over, for whatever reason: no more workers are started. */
  private over = false;
  private settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  constructor(
    private readonly state: RunState,
    private readonly store: Store,
    /** Threads, and so processes, at once. */
    private readonly capacity: number,
    private readonly signal: AbortSignal,
    private readonly onUpdate?: (status: RunStatus) => void,
  ) {}

  async execute(): Promise<void> {
    const stop = (): void => this.settle?.reject(this.signal.reason);
    this.signal.addEventListener('abort', stop);
    try {
      await new Promise<void>((resolve, reject) => {
        this.settle = { resolve, reject };
        this.signal.throwIfAborted();
        this.dispatch();
      });
    } finally {
      this.over = true;
      this.signal.removeEventListener('abort', stop);
      for (const { process: child } of this.workers) child.kill('SIGKILL');
    }
    this.state.throwIfFailed();
  }

  private dispatch(): void {
    if (this.over) return;
    for (const node of this.state.ready()) {
      if (waitsFor(node, this.running())) continue;
      // Stages of fewer threads, let in before it, would keep a stage of several waiting until nothing else
      // is left.
      if (this.usedThreads() + Math.min(node.threads, this.capacity) > this.capacity) break;
      this.start(node);
    }
    this.update();
    if (this.state.isOver) this.settle?.resolve();
  }

  private start(node: StageNode): void {
    this.state.start(node);
    const idle = this.workers.filter((candidate) => candidate.node === undefined);
    // Programs compiled for a device stay in the process that has used it.
    const worker = idle.find(({ device }) => device === node.device?.name) ?? idle[0] ?? this.spawn();
    const device = node.device?.name ?? worker.device;
    Object.assign(worker, { node, device, share: 0, message: '', startedAt: performance.now() });
    const message: ToWorker = { type: 'run', node: shallow(node), storeFolder: this.store.folder };
    worker.process.send(message);
  }

  private spawn(): Worker {
    const child = forkWorker();
    const worker: Worker = { process: child, node: undefined, share: 0, message: '', startedAt: 0 };
    child.on('message', (message: FromWorker) => this.receive(worker, message));
    child.on('error', (error) => this.settle?.reject(error));
    child.on('exit', (code, killedBy) => {
      this.workers.splice(this.workers.indexOf(worker), 1);
      const { node } = worker;
      if (node === undefined || this.over) return;
      this.state.fail(node, `its worker process ended (${killedBy ?? `exit code ${code}`})`);
      this.dispatch();
    });
    this.workers.push(worker);
    return worker;
  }

  private receive(worker: Worker, message: FromWorker): void {
    const { node } = worker;
    if (node === undefined) return;
    if (message.type === 'progress') {
      worker.share = message.share;
      worker.message = message.message;
      this.update();
      return;
    }
    worker.node = undefined;
    if (message.type === 'done') {
      if (message.residentBytes > RECYCLE_BYTES) this.retire(worker);
      this.state.finish(node, message.seconds);
    } else if (message.type === 'missing') {
      this.state.repairInput(node, message.key);
    } else {
      // If the store cannot be written, no other stage will succeed.
      if (message.stops) this.state.stop();
      this.state.fail(node, message.message, message.stack);
    }
    this.dispatch();
  }

  /** Ends an idle worker; its exit is not a failure. */
  private retire(worker: Worker): void {
    this.workers.splice(this.workers.indexOf(worker), 1);
    worker.process.removeAllListeners('exit');
    worker.process.kill('SIGKILL');
  }

  private running(): StageNode[] {
    return [...this.state.underWay.values()];
  }

  private usedThreads(): number {
    return this.running().reduce((sum, { threads }) => sum + Math.min(threads, this.capacity), 0);
  }

  private update(): void {
    const running = this.workers.flatMap(({ node, share, message, startedAt }) =>
      node === undefined ? [] : [{ node, share, message, elapsed: (performance.now() - startedAt) / 1000 }],
    );
    this.onUpdate?.(this.state.status(running, this.capacity));
  }
}
