/**
 * The coordinator of a run on several machines: puts ready stages on a BullMQ queue, from which workers
 * (serveQueue.ts) take them, and fetches every result. Only the store says what is done; Redis just hands out
 * work and may lose everything. The id of a job is the content key of its stage, so two coordinators share
 * work.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, QueueEvents, type QueueEventsListener } from 'bullmq';
import { printable } from '../../errors';
import { RunState, type RunStatus } from '../runState';
import type { SharedStore } from '../sharedStore';
import { closure, type StageNode } from '../stage';
import { every } from './every';
import { BEAT_MS, EVENTS, queueName } from './heartbeat';
import { openRedis, type RedisLink } from './redis';
import { severalAtOnce } from './severalAtOnce';
import { type JobOutcome, stageJob } from './stageJob';
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

/**
 * Computes everything that `targets` need on the workers of a queue. Resolves when every result is in the
 * store and in its local folder; rejects with StagesFailed otherwise.
 */
export async function runOnQueue(targets: readonly StageNode[], options: QueueOptions): Promise<void> {
  const nodes = closure(targets);
  const { store, signal = new AbortController().signal } = options;
  const present = await store.present(nodes);
  await severalAtOnce(
    nodes.filter(({ key }) => present.has(key)),
    async (node) => {
      if (!(await store.fetch(node))) present.delete(node.key);
    },
  );
  const missing = nodes.filter(({ key }) => !present.has(key));
  await severalAtOnce(
    missing.filter((node) => store.local.isWhole(node)),
    async (node) => {
      await store.publish(node);
      present.add(node.key);
    },
  );
  const state = new RunState(nodes, present, options.expected);
  if (state.isOver) return;
  const redis = await openRedis(options.queue, signal);
  const run = new QueueRun(state, redis, options, signal);
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
  private readonly priority: ReadonlyMap<string, number>;
  private readonly heard = new WorkersHeard();
  private readonly fetches = new Set<Promise<void>>();
  private settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  /** What is under way in `state` is on the queue, or with a worker. */
  constructor(
    private readonly state: RunState,
    private readonly redis: RedisLink,
    private readonly options: QueueOptions,
    private readonly signal: AbortSignal,
  ) {
    const connection = redis.client;
    const name = queueName(options.store);
    this.queue = new Queue(name, { connection, streams: { events: { maxLen: EVENTS } } });
    this.events = new QueueEvents(name, { connection, autorun: false });
    this.priority = new Map(state.waiting.map(({ key }, at) => [key, at + 1]));
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
    this.state.throwIfFailed();
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
    this.events.on('failed', ({ jobId, failedReason }) => this.failed(jobId, failedReason));
    this.events.on<Events, 'beat'>('beat', ({ data }) => this.hear(data));
    // Ends when the connection does.
    this.events.run().catch(() => undefined);
  }

  private dispatch(): void {
    if (this.settle === undefined) return;
    const ready = this.state.ready();
    for (const node of ready) this.state.start(node);
    if (ready.length > 0) this.submit(ready);
    this.update();
    if (this.state.isOver && this.fetches.size === 0) this.settle.resolve();
  }

  private submit(nodes: readonly StageNode[]): void {
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
    const node = this.state.underWay.get(key);
    if (node === undefined) return;
    const { seconds, missing } = (returned ?? {}) as JobOutcome;
    if (typeof missing !== 'string')
      return this.finish(node, typeof seconds === 'number' ? seconds : undefined);
    this.state.repairInput(node, missing);
    this.dispatch();
  }

  /** Stages that wait for it can begin; the result is fetched meanwhile. */
  private finish(node: StageNode, seconds?: number): void {
    this.heard.forget(node.key);
    this.state.finish(node, seconds);
    const fetching = this.options.store.fetch(node).then(
      (found) => {
        this.fetches.delete(fetching);
        if (!found) this.state.repair(node);
        this.dispatch();
      },
      (error: unknown) => this.settle?.reject(error),
    );
    this.fetches.add(fetching);
    this.dispatch();
  }

  private failed(key: string, reason: string): void {
    const node = this.state.underWay.get(key);
    if (node === undefined) return;
    const text = printable(reason);
    this.state.fail(node, text.split('\n', 1)[0], text);
    this.dispatch();
  }

  private hear(data: string): void {
    if (this.heard.hear(data, (key) => this.state.underWay.has(key))) this.update();
  }

  /** Jobs that are no longer on the queue: done without our hearing of it, or lost. */
  private async compare(): Promise<void> {
    if (this.redis.client.status !== 'ready') return;
    this.heard.tellIfNone(this.redis.place, this.options.store.place);
    const { underWay } = this.state;
    const asked = [...underWay.values()];
    const states = await Promise.all(asked.map(({ key }) => this.queue.getJobState(key)));
    const gone = asked.filter(
      ({ key }, at) => states[at] === 'unknown' && underWay.has(key) && this.heard.of(key) === undefined,
    );
    if (gone.length === 0) return;
    const present = await this.options.store.present(gone);
    const still = gone.filter(({ key }) => underWay.has(key));
    for (const node of still) if (present.has(node.key)) this.finish(node);
    const lost = still.filter(({ key }) => !present.has(key));
    if (lost.length > 0) this.submit(lost);
  }

  private update(): void {
    const running = [...this.state.underWay.values()].flatMap((node) => {
      const heard = this.heard.of(node.key);
      return heard === undefined ? [] : [{ node, share: heard.share, message: heard.message }];
    });
    this.options.onUpdate?.(this.state.status(running, running.length));
  }
}
