/**
 * Runs a graph of stages. Results in the store are reused, and independent stages run side by side in worker
 * processes. A failed stage stops only the stages that depend on it. Knows nothing about what the stages
 * compute.
 */
import { availableParallelism } from 'node:os';
import { sweepAsides } from '../asides';
import { acquireLock } from './lock';
import { type Running, RunState, type RunStatus } from './runState';
import { closure, type StageNode } from './stage';
import { type StageOutcome, StageProcesses } from './stageProcesses';
import type { Store } from './store';
import { waitsFor } from './waitsFor';

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

interface RunningStage extends Running {
  share: number;
  message: string;
  readonly startedAt: number;
}

class Run {
  private readonly processes = new StageProcesses();
  private readonly running = new Set<RunningStage>();
  /** Set when the run is over, for whatever reason: nothing else is started. */
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
      this.processes.kill();
    }
    this.state.throwIfFailed();
  }

  private dispatch(): void {
    if (this.over) return;
    for (const node of this.state.ready()) {
      const underWay = [...this.state.underWay.values()];
      if (waitsFor(node, underWay)) continue;
      // Stages of fewer threads, let in before it, would keep a stage of several waiting until nothing else
      // is left.
      const used = underWay.reduce((sum, other) => sum + this.threadsOf(other), 0);
      if (used + this.threadsOf(node) > this.capacity) break;
      this.compute(node).catch((error: unknown) => this.settle?.reject(error));
    }
    this.update();
    if (this.state.isOver) this.settle?.resolve();
  }

  private async compute(node: StageNode): Promise<void> {
    this.state.start(node);
    const entry: RunningStage = { node, share: 0, message: '', startedAt: performance.now() };
    this.running.add(entry);
    const outcome = await this.processes.run(node, this.store.folder, ({ share, message }) => {
      Object.assign(entry, { share, message });
      this.update();
    });
    this.running.delete(entry);
    if (this.over) return;
    this.record(node, outcome);
    this.dispatch();
  }

  private record(node: StageNode, outcome: StageOutcome): void {
    switch (outcome.type) {
      case 'done':
        return this.state.finish(node, outcome.seconds);
      case 'missing':
        return this.state.repairInput(node, outcome.key);
      case 'failed':
        // If the store cannot be written, no other stage will succeed.
        if (outcome.stops) this.state.stop();
        return this.state.fail(node, outcome.message, outcome.stack);
    }
  }

  private threadsOf({ threads }: StageNode): number {
    return Math.min(threads, this.capacity);
  }

  private update(): void {
    const running = [...this.running].map(({ startedAt, ...known }) => ({
      ...known,
      elapsed: (performance.now() - startedAt) / 1000,
    }));
    this.onUpdate?.(this.state.status(running, this.capacity));
  }
}
