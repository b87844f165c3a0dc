/**
 * Runs a graph of stages. Results in the store are reused, and independent stages run side by side in worker
 * processes. A failed stage stops only the stages that depend on it. Knows nothing about what the stages
 * compute.
 */
import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { sweepAsides } from '../asides';
import { acquireLock } from './lock';
import { mostAwaitedFirst } from './mostAwaited';
import { closure, shallow, type StageNode } from './stage';
import { forkWorker, RECYCLE_BYTES } from './stageProcesses';
import type { Store } from './store';
import { timeLeft } from './timeLeft';
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

/** How far a run of stages is. */
export interface RunStatus {
  readonly total: number;
  readonly done: number;
  /** How many of those done were already in the store. */
  readonly fromStore: number;
  readonly running: readonly { label: string; share: number; message: string }[];
  readonly failures: readonly StageFailure[];
  /** Estimated from what stages are expected to cost and have cost so far (timeLeft.ts). */
  readonly secondsLeft: number;
  /** Set while another process is computing in the same store. */
  readonly waitingFor: number | undefined;
}

export interface StageFailure {
  readonly label: string;
  readonly message: string;
  /** Only the message if the input was wrong or the system refused. */
  readonly stack: string;
}

/** Some stages failed; the others are in the store. */
export class StagesFailed extends Error {
  override readonly name = 'StagesFailed';
  constructor(
    readonly failures: readonly StageFailure[],
    skipped: number,
  ) {
    const list = failures.map(({ label, message }) => `  ${label}: ${message}`).join('\n');
    super(
      `${failures.length} stage${failures.length === 1 ? '' : 's'} failed, ${skipped} not run because ` +
        `of that:\n${list}`,
    );
  }
}

/**
 * Computes everything that `targets` need. Resolves when every result is in the store; rejects with
 * StagesFailed otherwise.
 */
export async function runStages(targets: readonly StageNode[], options: RunOptions): Promise<void> {
  const nodes = closure(targets);
  const missing = nodes.filter((node) => !options.store.has(node));
  if (missing.length === 0) return;
  const signal = options.signal ?? new AbortController().signal;
  const run = new Run(nodes, options, signal);
  const lock = await acquireLock(options.store.folder, signal, (pid) => run.waitFor(pid));
  try {
    sweepAsides(options.store.folder);
    await run.execute();
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
  private readonly finished = new Set<string>();
  private readonly fromStore: number;
  private readonly failures: StageFailure[] = [];
  private readonly failed = new Set<string>();
  /** Results that were found damaged in this run and computed again. */
  private readonly repaired = new Set<string>();
  private readonly workers: Worker[] = [];
  private readonly capacity: number;
  private waiting: StageNode[];
  private waitingFor: number | undefined;
  private readonly computed = { expected: 0, seconds: 0 };
  /** Set when the run is over, for whatever reason: no more workers are started. */
  private over = false;
  private settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  constructor(
    private readonly nodes: readonly StageNode[],
    private readonly options: RunOptions,
    private readonly signal: AbortSignal,
  ) {
    this.capacity = Math.max(1, options.workers ?? availableParallelism());
    this.waiting = [];
    for (const node of nodes) if (options.store.has(node)) this.finished.add(node.key);
    this.fromStore = this.finished.size;
  }

  waitFor(pid: number): void {
    this.waitingFor = pid;
    this.update();
  }

  async execute(): Promise<void> {
    this.waitingFor = undefined;
    for (const node of this.nodes) if (this.options.store.has(node)) this.finished.add(node.key);
    this.waiting = mostAwaitedFirst(this.nodes.filter((node) => !this.finished.has(node.key)));
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
    if (this.failures.length > 0)
      throw new StagesFailed(this.failures, this.failed.size - this.failures.length);
  }

  private dispatch(): void {
    if (this.over) return;
    this.waiting = this.waiting.filter((node) => {
      if (!Object.values(node.inputs).some((input) => this.failed.has(input.key))) return true;
      this.failed.add(node.key);
      return false;
    });
    for (const node of [...this.waiting]) {
      const ready = Object.values(node.inputs).every((input) => this.finished.has(input.key));
      if (!ready || waitsFor(node, this.running())) continue;
      // Stages of fewer threads, let in before it, would keep a stage of several waiting until nothing else
      // is left.
      if (this.usedThreads() + Math.min(node.threads, this.capacity) > this.capacity) break;
      this.waiting.splice(this.waiting.indexOf(node), 1);
      this.start(node);
    }
    this.update();
    if (this.waiting.length === 0 && this.busy().length === 0) this.settle?.resolve();
  }

  private start(node: StageNode): void {
    const idle = this.workers.filter((candidate) => candidate.node === undefined);
    // Programs compiled for a device stay in the process that has used it.
    const worker = idle.find(({ device }) => device === node.device?.name) ?? idle[0] ?? this.spawn();
    const device = node.device?.name ?? worker.device;
    Object.assign(worker, { node, device, share: 0, message: '', startedAt: performance.now() });
    const message: ToWorker = { type: 'run', node: shallow(node), storeFolder: this.options.store.folder };
    worker.process.send(message);
  }

  private spawn(): Worker {
    const child = forkWorker();
    const worker: Worker = { process: child, node: undefined, share: 0, message: '', startedAt: 0 };
    child.on('message', (message: FromWorker) => this.receive(worker, message));
    child.on('error', (error) => this.settle?.reject(error));
    child.on('exit', (code, killedBy) => {
      this.workers.splice(this.workers.indexOf(worker), 1);
      if (worker.node === undefined || this.over) return;
      const message = `its worker process ended (${killedBy ?? `exit code ${code}`})`;
      this.finish(worker, { label: worker.node.label, message, stack: message });
    });
    this.workers.push(worker);
    return worker;
  }

  private receive(worker: Worker, message: FromWorker): void {
    if (worker.node === undefined) return;
    if (message.type === 'progress') {
      worker.share = message.share;
      worker.message = message.message;
      this.update();
    } else if (message.type === 'done') {
      this.computed.seconds += message.seconds;
      this.computed.expected += this.expected(worker.node);
      if (message.residentBytes > RECYCLE_BYTES) this.retire(worker);
      this.finish(worker);
    } else if (message.type === 'missing') {
      this.again(worker, message.key);
    } else {
      // If the store cannot be written, further computing would be useless.
      if (message.stops) for (const node of this.waiting.splice(0)) this.failed.add(node.key);
      this.finish(worker, { label: worker.node.label, message: message.message, stack: message.stack });
    }
  }

  /**
   * A stored input was damaged and set aside. It is computed again, then the stage that needs it. If that
   * happens twice, it is a failure.
   */
  private again(worker: Worker, key: string): void {
    const node = worker.node as StageNode;
    const input = this.nodes.find((candidate) => candidate.key === key);
    if (input === undefined || this.repaired.has(key)) {
      const message = `its input "${input?.label ?? key}" could not be read from the store`;
      return this.finish(worker, { label: node.label, message, stack: message });
    }
    this.repaired.add(key);
    this.finished.delete(key);
    worker.node = undefined;
    this.waiting.unshift(input, node);
    this.dispatch();
  }

  /** Ends an idle worker; its exit is not a failure. */
  private retire(worker: Worker): void {
    this.workers.splice(this.workers.indexOf(worker), 1);
    worker.process.removeAllListeners('exit');
    worker.process.kill('SIGKILL');
  }

  private finish(worker: Worker, failure?: StageFailure): void {
    const node = worker.node as StageNode;
    worker.node = undefined;
    if (failure === undefined) {
      this.finished.add(node.key);
    } else {
      this.failures.push(failure);
      this.failed.add(node.key);
    }
    this.dispatch();
  }

  private busy(): Worker[] {
    return this.workers.filter(({ node }) => node !== undefined);
  }

  private running(): StageNode[] {
    return this.busy().map(({ node }) => node as StageNode);
  }

  private usedThreads(): number {
    return this.running().reduce((sum, { threads }) => sum + Math.min(threads, this.capacity), 0);
  }

  private expected(node: StageNode): number {
    return this.options.expected?.(node) ?? 1;
  }

  private update(): void {
    const busy = this.busy();
    this.options.onUpdate?.({
      total: this.nodes.length,
      done: this.finished.size,
      fromStore: this.fromStore,
      running: busy.map(({ node, share, message }) => ({ label: (node as StageNode).label, share, message })),
      failures: this.failures,
      secondsLeft: timeLeft({
        computed: this.computed,
        running: busy.map(({ node, share, startedAt }) => ({
          expected: this.expected(node as StageNode),
          share,
          elapsed: (performance.now() - startedAt) / 1000,
        })),
        waiting: this.waiting.reduce((sum, node) => sum + this.expected(node), 0),
        workers: this.capacity,
      }),
      waitingFor: this.waitingFor,
    });
  }
}
