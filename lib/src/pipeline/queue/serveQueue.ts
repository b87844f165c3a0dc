/**
 * A worker machine: takes stages from the queue (runOnQueue.ts), computes them in its own processes
 * (stageProcesses.ts) and puts the results into the store. If a worker is killed, another worker notices its
 * silence and takes over its stages.
 */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Device } from '../../engine/types';
import { InputError } from '../../errors';
import { tell } from '../../tell';
import { NotHere } from '../notHere';
import type { SharedStore } from '../sharedStore';
import type { StageKind, StageNode } from '../stage';
import { StageProcesses } from '../stageProcesses';
import { waitsFor } from '../waitsFor';
import { computeShared } from './computeShared';
import { every } from './every';
import { BEAT_MS, queueName } from './heartbeat';
import { openRedis, type RedisLink } from './redis';
import { ForeignJob, OtherCode, stageOf } from './stageJob';
import { type TakenJob, WorkerQueue } from './workerQueue';

export interface ServeOptions {
  /** Address of Redis, which may contain a password. */
  readonly queue: string;
  readonly store: SharedStore;
  /** The kinds of stages that this machine computes, by name. */
  readonly kinds: Readonly<Record<string, StageKind>>;
  /**
   * Where the given files that a stage reads are on this machine. @throws NotHere
   */
  readonly sources: (node: StageNode) => Readonly<Record<string, string>>;
  /** Threads, and so processes, at once. */
  readonly workers: number;
  /** What this machine computes on besides the CPU. */
  readonly device?: Device;
  /** Seconds after which a silent worker counts as gone. */
  readonly goneAfter?: number;
  readonly signal: AbortSignal;
  /** A stage was computed here, and its result is in the store. */
  readonly onComputed?: (node: StageNode, seconds: number) => void;
  readonly onUpdate?: (running: readonly { label: string; share: number; message: string }[]) => void;
}

const GONE_AFTER = 15;
/** Time until an empty queue is checked again. */
const POLL_MS = 100;
/** Time until a job that this machine cannot take now is offered again. */
const AGAIN_MS = 1000;
/** How often the progress of long stages is saved in the store. */
const SHARE_MS = 20_000;

/**
 * Computes stages until the signal, or until it can no longer do so. @throws the signal's reason, InputError
 */
export async function serveQueue(options: ServeOptions): Promise<never> {
  const redis = await openRedis(options.queue, options.signal);
  const machine = new Machine(redis, options);
  try {
    return await machine.serve();
  } finally {
    await machine.close();
    redis.close();
  }
}

interface Running {
  readonly job: TakenJob;
  readonly node: StageNode;
  readonly threads: number;
  share: number;
  message: string;
}

class Machine {
  private readonly name = `${hostname()}:${process.pid}`;
  private readonly queue: WorkerQueue;
  private readonly processes = new StageProcesses();
  /** By key. */
  private readonly running = new Map<string, Running>();
  private readonly timers: NodeJS.Timeout[] = [];
  /** Aborted by the caller's signal, or by what makes it impossible to go on. */
  private readonly stopping = new AbortController();
  /** Why it left a job to others, until the next heartbeat. */
  private refusal: string | undefined;
  private readonly toldOf = new Set<string>();

  constructor(
    redis: RedisLink,
    private readonly options: ServeOptions,
  ) {
    const { store, signal, goneAfter = GONE_AFTER } = options;
    this.queue = new WorkerQueue(queueName(store), this.name, redis, 1000 * goneAfter);
    const stop = (reason: unknown): void => this.stopping.abort(reason);
    redis.refused.catch(stop);
    signal.addEventListener('abort', () => stop(signal.reason));
    if (signal.aborted) stop(signal.reason);
  }

  async serve(): Promise<never> {
    await this.queue.watchOthers();
    this.timers.push(every(BEAT_MS, () => this.beat()));
    this.timers.push(every(SHARE_MS, () => this.shareUnfinished()));
    while (!this.stopped) {
      const job = this.freeThreads() > 0 ? await this.queue.next() : undefined;
      if (job === undefined) await sleep(POLL_MS);
      else await this.take(job);
    }
    throw this.stopping.signal.reason;
  }

  /** Gives back unfinished stages. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.processes.kill();
    const givenBack = Promise.all([...this.running.values()].map(({ job }) => job.giveBack()));
    // Redis may not answer. Then the locks of this machine run out.
    await Promise.race([givenBack.then(() => this.queue.close()), sleep(BEAT_MS, undefined, { ref: false })]);
  }

  /** Begins a job, or gives it back. Resolves once another one may be taken. */
  private async take(job: TakenJob): Promise<void> {
    let node: StageNode;
    try {
      node = this.stageHere(job);
    } catch (error) {
      return this.refuse(job, error);
    }
    const others = [...this.running.values()].map((other) => other.node);
    if (waitsFor(node, others)) return job.giveBack(AGAIN_MS);
    const threads = Math.min(node.threads, this.options.workers);
    const entry: Running = { job, node, threads, share: 0, message: '' };
    this.running.set(node.key, entry);
    // As in a local run, nothing overtakes a stage of several threads.
    while (this.freeThreads() < 0 && !this.stopped) await sleep(POLL_MS);
    if (this.stopped) return;
    void this.compute(entry).then(
      () => this.running.delete(node.key),
      (error: unknown) => this.stopping.abort(error),
    );
  }

  /** @throws ForeignJob, OtherCode, NotHere */
  private stageHere({ id, data }: TakenJob): StageNode {
    const node = stageOf(id, data, this.options.kinds);
    requireDevice(node, this.options.device);
    return { ...node, sources: this.options.sources(node) };
  }

  /** Settles a job that is not begun. @throws InputError for one that forbids this machine to go on */
  private async refuse(job: TakenJob, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof ForeignJob) {
      tell(`dropped a job on the queue that is not ours: ${reason}`);
      return job.fail(`not a job of elephant: ${reason}`);
    }
    if (error instanceof NotHere) {
      this.refusal = reason;
      if (!this.toldOf.has(reason)) tell(`left to other workers: ${reason}`);
      this.toldOf.add(reason);
      return job.giveBack(AGAIN_MS);
    }
    await job.giveBack();
    if (!(error instanceof OtherCode)) throw error;
    this.refusal = reason;
    await this.beat();
    while (this.running.size > 0 && !this.stopped) await sleep(POLL_MS);
    throw new InputError(this.name, reason, "Install the coordinator's version on this machine");
  }

  /** @throws InputError for what would end every other stage of this machine too */
  private async compute(entry: Running): Promise<void> {
    const { node, job } = entry;
    const outcome = await computeShared(node, this.options.store, this.processes, ({ share, message }) => {
      Object.assign(entry, { share, message });
      this.update();
    });
    // Its process was ended by `close`.
    if (this.stopped && outcome.type === 'failed') return job.giveBack();
    switch (outcome.type) {
      case 'present':
        return job.complete({});
      case 'missing':
        return job.complete({ missing: outcome.key });
      case 'done':
        await job.complete({ seconds: outcome.seconds });
        return this.options.onComputed?.(node, outcome.seconds);
      case 'failed':
        if (!outcome.stops) return job.fail(outcome.stack);
        // Other machines can compute it; only this worker is lost.
        await job.giveBack();
        throw new InputError(this.name, outcome.message);
    }
  }

  /** Keeps the locks, and reports what this machine is doing. */
  private async beat(): Promise<void> {
    const { name: worker, refusal } = this;
    this.refusal = undefined;
    const running = [...this.running.values()].map(({ node: { key }, share, message }) => ({
      key,
      share,
      message,
    }));
    await this.queue.report({ worker, running, ...(refusal !== undefined && { refusal }) });
  }

  private async shareUnfinished(): Promise<void> {
    try {
      for (const { node } of this.running.values()) await this.options.store.publishUnfinished(node);
    } catch (error) {
      // Useful only to another machine that takes over; the stages themselves continue.
      tell(`the progress of stages cannot be shared: ${(error as Error).message}`);
    }
  }

  private update(): void {
    this.options.onUpdate?.(
      [...this.running.values()].map(({ node: { label }, share, message }) => ({ label, share, message })),
    );
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private freeThreads(): number {
    return this.options.workers - [...this.running.values()].reduce((sum, { threads }) => sum + threads, 0);
  }
}

/** @throws NotHere if the stage is of another device than this machine has */
function requireDevice({ label, device }: StageNode, here: Device | undefined): void {
  if (device === undefined) return;
  if (device.provider !== here?.provider || device.name !== here.name)
    throw new NotHere(
      `"${label}" is for ${device.provider} on "${device.name}"; this worker has ` +
        (here === undefined ? 'the CPU only' : `${here.provider} on "${here.name}"`),
    );
}
