/**
 * The coordinator of a run on several machines: puts ready stages on a BullMQ queue, from which workers
 * (serveQueue.ts) take them, and fetches every result. Only the store says what is done; Redis just hands out
 * work and may lose everything. The id of a job is the content key of its stage, so two coordinators share
 * work.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, QueueEvents, type QueueEventsListener } from 'bullmq';
import { printable } from '../../errors';
import { mostAwaitedFirst } from '../mostAwaited';
import { StagesFailed, type RunStatus, type StageFailure } from '../runner';
import type { SharedStore } from '../sharedStore';
import { closure, type StageNode } from '../stage';
import { timeLeft } from '../timeLeft';
import { BEAT_MS, EVENTS, queueName } from './heartbeat';
import { sideBySide } from './sideBySide';
import { openRedis, type RedisLink } from './redis';
import { stageJob } from './stageJob';
import { WorkersHeard } from './workersHeard';

export interface QueueOptions {
  /** Address of Redis, which may contain a password. */
  readonly queue: string;
  readonly store: SharedStore;
  readonly signal?: AbortSignal;
  readonly onUpdate?: (status: RunStatus) => void;
  /** As for runStages. */
  readonly expected?: (node: StageNode) => number;
}

/**
 * How often the queue is compared with what was put on it, since events may be lost and Redis may restart.
 */
const COMPARE_MS = 5000;

interface Events extends QueueEventsListener {
  beat: (event: { data: string }) => void;
}

/** What a worker returns for a job: nothing, or the key of an input that it did not find. */
export interface JobOutcome {
  readonly seconds: number;
  readonly missing?: string;
}

/**
 * Computes everything that `targets` need on the workers of a queue. Resolves when every result is in the
 * store and in its local folder; rejects with StagesFailed otherwise.
 */
export async function runOnQueue(targets: readonly StageNode[], options: QueueOptions): Promise<void> {
  const nodes = closure(targets);
  const { store, signal = new AbortController().signal } = options;
  const present = await store.present(nodes);
  await sideBySide(
    nodes.filter(({ key }) => present.has(key)),
    async (node) => {
      if (!(await store.fetch(node))) present.delete(node.key);
    },
  );
  const missing = nodes.filter(({ key }) => !present.has(key));
  await sideBySide(
    missing.filter((node) => store.local.isWhole(node)),
    async (node) => {
      await store.publish(node);
      present.add(node.key);
    },
  );
  if (nodes.every(({ key }) => present.has(key))) return;
  const redis = await openRedis(options.queue, signal);
  const run = new QueueRun(nodes, present, redis, options, signal);
  try {
    await run.execute();
  } finally {
    await run.close();
    redis.close();
  }
}

class QueueRun {
  private readonly queue: Queue;
  private readonly events: QueueEvents;
  private readonly fromStore: number;
  private readonly failures: StageFailure[] = [];
  private readonly failed = new Set<string>();
  /** Stages on the queue, or with a worker. */
  private readonly submitted = new Map<string, StageNode>();
  private readonly repaired = new Set<string>();
  private readonly priority: ReadonlyMap<string, number>;
  private readonly byKey: ReadonlyMap<string, StageNode>;
  private readonly heard = new WorkersHeard();
  private readonly fetches = new Set<Promise<void>>();
  private waiting: StageNode[];
  private readonly computed = { expected: 0, seconds: 0 };
  private settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  constructor(
    private readonly nodes: readonly StageNode[],
    private readonly finished: Set<string>,
    private readonly redis: RedisLink,
    private readonly options: QueueOptions,
    private readonly signal: AbortSignal,
  ) {
    const connection = redis.client;
    const name = queueName(options.store);
    this.queue = new Queue(name, { connection, streams: { events: { maxLen: EVENTS } } });
    this.events = new QueueEvents(name, { connection, autorun: false });
    this.fromStore = finished.size;
    this.byKey = new Map(nodes.map((node) => [node.key, node]));
    this.waiting = mostAwaitedFirst(nodes.filter(({ key }) => !finished.has(key)));
    this.priority = new Map(this.waiting.map(({ key }, at) => [key, at + 1]));
  }

  async execute(): Promise<void> {
    const stop = (): void => this.settle?.reject(this.signal.reason);
    this.signal.addEventListener('abort', stop);
    let comparing: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.settle = { resolve, reject };
        this.redis.refused.catch(reject);
        this.signal.throwIfAborted();
        this.listen();
        comparing = every(COMPARE_MS, () => this.compare().catch(reject));
        this.dispatch();
      });
    } finally {
      clearInterval(comparing);
      this.settle = undefined;
      this.signal.removeEventListener('abort', stop);
    }
    if (this.failures.length > 0)
      throw new StagesFailed(this.failures, this.failed.size - this.failures.length);
  }

  async close(): Promise<void> {
    // Redis may not answer. Then the rest of the queue is left to the workers.
    await Promise.race([
      Promise.allSettled([this.events.close(), this.queue.close()]),
      sleep(BEAT_MS, undefined, { ref: false }),
    ]);
  }

  private listen(): void {
    // redis.ts reports connection problems.
    this.queue.on('error', () => undefined);
    this.events.on('error', () => undefined);
    this.events.on('completed', ({ jobId, returnvalue }) => this.completed(jobId, returnvalue));
    this.events.on('failed', ({ jobId, failedReason }) => this.fail(jobId, failedReason));
    this.events.on<Events, 'beat'>('beat', ({ data }) => this.hear(data));
    // Ends when the connection does.
    this.events.run().catch(() => undefined);
  }

  private dispatch(): void {
    if (this.settle === undefined) return;
    const ready: StageNode[] = [];
    this.waiting = this.waiting.filter((node) => {
      const inputs = Object.values(node.inputs);
      if (inputs.some(({ key }) => this.failed.has(key))) {
        this.failed.add(node.key);
        return false;
      }
      if (!inputs.every(({ key }) => this.finished.has(key))) return true;
      ready.push(node);
      return false;
    });
    if (ready.length > 0) this.submit(ready);
    this.update();
    if (this.waiting.length === 0 && this.submitted.size === 0 && this.fetches.size === 0)
      this.settle.resolve();
  }

  private submit(nodes: readonly StageNode[]): void {
    for (const node of nodes) this.submitted.set(node.key, node);
    const jobs = nodes.map((node) => ({
      name: node.kind.name,
      data: stageJob(node),
      opts: {
        jobId: node.key,
        priority: this.priority.get(node.key),
        removeOnComplete: true,
        removeOnFail: true,
      },
    }));
    this.queue.addBulk(jobs).catch((error: unknown) => this.settle?.reject(error));
  }

  private completed(key: string, returned: unknown): void {
    const node = this.submitted.get(key);
    if (node === undefined) return;
    const { seconds, missing } = (returned ?? {}) as Partial<JobOutcome>;
    if (typeof missing === 'string') return this.again(node, missing);
    if (typeof seconds === 'number') {
      this.computed.seconds += seconds;
      this.computed.expected += this.expected(node);
    }
    this.finish(node);
  }

  /** Stages that wait for it can begin; the result is fetched meanwhile. */
  private finish(node: StageNode): void {
    this.submitted.delete(node.key);
    this.heard.forget(node.key);
    this.finished.add(node.key);
    const fetching = this.options.store.fetch(node).then(
      (found) => {
        this.fetches.delete(fetching);
        if (!found) this.repair(node, 'its result could not be read from the store');
        this.dispatch();
      },
      (error: unknown) => this.settle?.reject(error),
    );
    this.fetches.add(fetching);
    this.dispatch();
  }

  /** An input was missing from the store, or damaged. It is computed again, then the stage that needs it. */
  private again(node: StageNode, missing: string): void {
    this.submitted.delete(node.key);
    const input = this.byKey.get(missing);
    if (input === undefined || this.repaired.has(missing)) {
      const name = input?.label ?? missing.slice(0, 12);
      this.failWith(node, `its input "${name}" could not be read from the store`);
    } else {
      this.waiting.unshift(node);
      this.repair(input, '');
    }
    this.dispatch();
  }

  /** Recomputes a damaged result once; if it is damaged again, that is a failure. */
  private repair(node: StageNode, problem: string): void {
    if (!this.finished.delete(node.key)) return;
    if (this.repaired.has(node.key)) return this.failWith(node, problem);
    this.repaired.add(node.key);
    this.waiting.unshift(node);
  }

  private fail(key: string, reason: string): void {
    const node = this.submitted.get(key);
    if (node === undefined) return;
    this.failWith(node, printable(reason));
    this.dispatch();
  }

  private failWith({ key, label }: StageNode, reason: string): void {
    this.submitted.delete(key);
    this.failed.add(key);
    this.failures.push({ label, message: reason.split('\n', 1)[0], stack: reason });
  }

  private hear(data: string): void {
    if (this.heard.hear(data, (key) => this.submitted.has(key))) this.update();
  }

  /** Jobs that are no longer on the queue: done without our hearing of it, or lost. */
  private async compare(): Promise<void> {
    if (this.redis.client.status !== 'ready') return;
    this.heard.tellIfNone(this.redis.place, this.options.store.place);
    const asked = [...this.submitted.values()];
    const states = await Promise.all(asked.map(({ key }) => this.queue.getJobState(key)));
    const gone = asked.filter(
      ({ key }, at) =>
        states[at] === 'unknown' && this.submitted.has(key) && this.heard.of(key) === undefined,
    );
    if (gone.length === 0) return;
    const present = await this.options.store.present(gone);
    const still = gone.filter(({ key }) => this.submitted.has(key));
    for (const node of still) if (present.has(node.key)) this.finish(node);
    const lost = still.filter(({ key }) => !present.has(key));
    if (lost.length > 0) this.submit(lost);
  }

  private expected(node: StageNode): number {
    return this.options.expected?.(node) ?? 1;
  }

  private update(): void {
    const running = [...this.submitted.values()].flatMap(({ key, label }) => {
      const heard = this.heard.of(key);
      return heard === undefined ? [] : [{ label, ...heard }];
    });
    const submitted = [...this.submitted.values()].map((node) => ({
      expected: this.expected(node),
      share: this.heard.of(node.key)?.share ?? 0,
    }));
    this.options.onUpdate?.({
      total: this.nodes.length,
      done: this.finished.size,
      fromStore: this.fromStore,
      running,
      failures: this.failures,
      secondsLeft: timeLeft({
        computed: this.computed,
        running: submitted,
        waiting: this.waiting.reduce((sum, node) => sum + this.expected(node), 0),
        workers: running.length,
      }),
      waitingFor: undefined,
    });
  }
}

/** Calls `work` at this interval, but never before the last call has ended. */
function every(milliseconds: number, work: () => Promise<unknown>): NodeJS.Timeout {
  let busy = false;
  return setInterval(() => {
    if (busy) return;
    busy = true;
    void work().finally(() => (busy = false));
  }, milliseconds);
}
