/**
 * A worker machine: takes stages from the queue (runOnQueue.ts), computes them in its own processes
 * (stageProcesses.ts) and puts the results into the store. If a worker is killed, another worker notices its
 * silence and takes over its stages.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, QueueEventsProducer, Worker } from 'bullmq';
import type { Device } from '../../engine/types';
import { InputError } from '../../errors';
import type { SharedStore } from '../sharedStore';
import type { StageKind, StageNode } from '../stage';
import { StageProcesses } from '../stageProcesses';
import { tell } from '../../tell';
import { waitsFor } from '../waitsFor';
import { type Beat, BEAT_MS, EVENTS, queueName } from './heartbeat';
import { NotHere } from '../notHere';
import { openRedis, type RedisLink } from './redis';
import type { JobOutcome } from './runOnQueue';
import { ForeignJob, OtherCode, stageOf } from './stageJob';

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
/** A stage that ended this many workers without an error message counts as the cause. */
const MOST_TAKEOVERS = 5;

interface Running {
  readonly job: Job;
  readonly node: StageNode;
  readonly threads: number;
  share: number;
  message: string;
}

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

class Machine {
  private readonly name = `${hostname()}:${process.pid}`;
  /** The token of all locks of this machine. */
  private readonly token = `${this.name}-${randomBytes(4).toString('hex')}`;
  private readonly worker: Worker;
  private readonly voice: QueueEventsProducer;
  private readonly processes = new StageProcesses();
  private readonly running = new Map<string, Running>();
  private readonly work = new Set<Promise<void>>();
  private readonly lockMs: number;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly toldOf = new Set<string>();
  private refusal: string | undefined;
  private stopped: { readonly because: unknown } | undefined;
  private beating = false;

  constructor(
    redis: RedisLink,
    private readonly options: ServeOptions,
  ) {
    this.lockMs = 1000 * (options.goneAfter ?? GONE_AFTER);
    const queue = queueName(options.store);
    this.worker = new Worker(queue, null, {
      connection: redis.client,
      autorun: false,
      lockDuration: this.lockMs,
      stalledInterval: this.lockMs / 3,
      maxStalledCount: MOST_TAKEOVERS,
    });
    this.voice = new QueueEventsProducer(queue, { connection: redis.client });
    // redis.ts reports connection problems.
    this.worker.on('error', () => undefined);
    this.voice.on('error', () => undefined);
    const stop = (because: unknown): void => void (this.stopped ??= { because });
    redis.refused.catch(stop);
    options.signal.addEventListener('abort', () => stop(options.signal.reason));
    if (options.signal.aborted) stop(options.signal.reason);
  }

  async serve(): Promise<never> {
    await this.worker.startStalledCheckTimer();
    this.timers.push(setInterval(() => void this.beat(), BEAT_MS));
    this.timers.push(setInterval(() => void this.shareUnfinished(), SHARE_MS));
    while (this.stopped === undefined) {
      const job = this.freeThreads() > 0 ? await this.next() : undefined;
      if (job === undefined) await sleep(POLL_MS);
      else await this.take(job);
    }
    throw this.stopped.because;
  }

  /** Gives back unfinished stages. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.processes.kill();
    const ended = Promise.allSettled(
      [...this.running.values()].map(({ job }) => job.moveToWait(this.token)),
    ).then(() => Promise.allSettled([this.worker.close(true), this.voice.close()]));
    // Redis may not answer. Then the locks of this machine run out.
    await Promise.race([ended, sleep(BEAT_MS, undefined, { ref: false })]);
  }

  private async next(): Promise<Job | undefined> {
    try {
      return await this.worker.getNextJob(this.token, { block: false });
    } catch {
      // Redis is away, which redis.ts reports.
      return undefined;
    }
  }

  /** Begins a job, or gives it back. Resolves once another one may be taken. */
  private async take(job: Job): Promise<void> {
    let node: StageNode;
    try {
      node = stageOf(job.id, job.data, this.options.kinds);
      this.requireDevice(node);
      node = { ...node, sources: this.options.sources(node) };
    } catch (error) {
      return this.refuse(job, error);
    }
    const running = [...this.running.values()].map(({ node: other }) => other);
    if (waitsFor(node, running)) return this.giveBack(job, AGAIN_MS);
    const threads = Math.min(node.threads, this.options.workers);
    const entry: Running = { job, node, threads, share: 0, message: '' };
    this.running.set(node.key, entry);
    // As in a local run, nothing overtakes a stage of several threads.
    while (this.freeThreads() < 0 && this.stopped === undefined) await sleep(POLL_MS);
    if (this.stopped !== undefined) return;
    const working = this.compute(entry).then(
      () => void this.running.delete(node.key),
      (error: unknown) => void (this.stopped ??= { because: error }),
    );
    this.work.add(working);
    void working.finally(() => this.work.delete(working));
  }

  private async compute(entry: Running): Promise<void> {
    const { node, job } = entry;
    const { store } = this.options;
    const present = await store.present([node]);
    if (present.has(node.key)) return this.complete(job, {});
    if (store.local.isWhole(node)) {
      await store.publish(node);
      return this.complete(job, {});
    }
    for (const input of Object.values(node.inputs))
      if (!(await store.fetch(input))) return this.complete(job, { missing: input.key });
    await store.fetchUnfinished(node);
    const outcome = await this.processes.run(node, store.local.folder, ({ share, message }) => {
      Object.assign(entry, { share, message });
      this.update();
    });
    if (this.stopped !== undefined) return this.giveBack(job);
    if (outcome.type === 'missing') return this.complete(job, { missing: outcome.key });
    if (outcome.type === 'failed') {
      if (!outcome.stops) return this.fail(job, outcome.stack);
      // Other machines can compute it; only this worker is lost.
      await this.giveBack(job);
      throw new InputError(this.name, outcome.message);
    }
    await store.publish(node);
    await this.complete(job, { seconds: outcome.seconds });
    this.options.onComputed?.(node, outcome.seconds);
  }

  private async refuse(job: Job, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof ForeignJob) {
      tell(`dropped a job on the queue that is not ours: ${reason}`);
      return this.fail(job, `not a job of elephant: ${reason}`);
    }
    if (error instanceof NotHere) {
      this.refusal = reason;
      if (!this.toldOf.has(reason)) tell(`left to other workers: ${reason}`);
      this.toldOf.add(reason);
      return this.giveBack(job, AGAIN_MS);
    }
    await this.giveBack(job);
    if (!(error instanceof OtherCode)) throw error;
    this.refusal = reason;
    await this.beat();
    await Promise.race([Promise.allSettled(this.work), aborted(this.options.signal)]);
    throw new InputError(this.name, reason, "Install the coordinator's version on this machine");
  }

  private async complete(job: Job, outcome: Partial<JobOutcome>): Promise<void> {
    await this.settle(() => job.moveToCompleted(outcome, this.token, false));
  }

  private async fail(job: Job, reason: string): Promise<void> {
    job.opts.removeOnFail = true;
    await this.settle(() => job.moveToFailed(new Error(reason), this.token, false));
  }

  private async giveBack(job: Job, afterMs?: number): Promise<void> {
    await this.settle(() =>
      afterMs === undefined
        ? job.moveToWait(this.token)
        : job.moveToDelayed(Date.now() + afterMs, this.token),
    );
  }

  /** Redis may have lost the job, or given it to another worker. What counts is the store. */
  private async settle(move: () => Promise<unknown>): Promise<void> {
    try {
      await move();
    } catch {
      // The coordinator looks in the store for jobs that are no longer on the queue.
    }
  }

  /** Keeps the locks, and reports what this machine is doing. */
  private async beat(): Promise<void> {
    if (this.beating) return;
    this.beating = true;
    try {
      const running = [...this.running.values()];
      const ids = running.map(({ node }) => node.key);
      if (ids.length > 0)
        await this.worker.extendJobLocks(
          ids,
          ids.map(() => this.token),
          this.lockMs,
        );
      const beat: Beat = {
        worker: this.name,
        running: running.map(({ node: { key }, share, message }) => ({ key, share, message })),
        ...(this.refusal !== undefined && { refusal: this.refusal }),
      };
      this.refusal = undefined;
      await this.voice.publishEvent({ eventName: 'beat', data: JSON.stringify(beat) }, EVENTS);
    } catch {
      // Redis is away, which redis.ts reports.
    } finally {
      this.beating = false;
    }
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

  /** @throws NotHere */
  private requireDevice({ label, device }: StageNode): void {
    const here = this.options.device;
    if (device === undefined) return;
    if (device.provider !== here?.provider || device.name !== here.name)
      throw new NotHere(
        `"${label}" is for ${device.provider} on "${device.name}"; this worker has ` +
          (here === undefined ? 'the CPU only' : `${here.provider} on "${here.name}"`),
      );
  }

  private freeThreads(): number {
    return this.options.workers - [...this.running.values()].reduce((sum, { threads }) => sum + threads, 0);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}
