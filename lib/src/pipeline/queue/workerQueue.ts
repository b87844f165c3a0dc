/**
 * The queue as a worker machine sees it. A job is taken under a lock, which must be extended until the job is
 * settled; a machine whose locks run out counts as gone, and another one takes over. Redis may be away at any
 * time: redis.ts reports that, and nothing here throws for it.
 */
import { randomBytes } from 'node:crypto';
import { type Job, QueueEventsProducer, Worker } from 'bullmq';
import { type Beat, EVENTS } from './heartbeat';
import type { RedisLink } from './redis';
import type { JobOutcome } from './stageJob';

/** A stage that ended this many workers without an error message counts as the cause. */
const MOST_TAKEOVERS = 5;

export class WorkerQueue {
  private readonly worker: Worker;
  private readonly voice: QueueEventsProducer;
  /** The token of all locks of this machine. */
  private readonly token: string;

  /** `machine`: its name; `lockMs`: how long a lock lasts unless it is extended. */
  constructor(
    name: string,
    machine: string,
    { client: connection }: RedisLink,
    private readonly lockMs: number,
  ) {
    this.token = `${machine}-${randomBytes(4).toString('hex')}`;
    this.worker = new Worker(name, null, {
      connection,
      autorun: false,
      lockDuration: lockMs,
      stalledInterval: lockMs / 3,
      maxStalledCount: MOST_TAKEOVERS,
    });
    this.voice = new QueueEventsProducer(name, { connection });
    this.worker.on('error', () => undefined);
    this.voice.on('error', () => undefined);
  }

  /** From now on, this machine notices others that are gone. */
  async watchOthers(): Promise<void> {
    await this.worker.startStalledCheckTimer();
  }

  /** Takes the job that is next; undefined if there is none. */
  async next(): Promise<TakenJob | undefined> {
    try {
      const job = await this.worker.getNextJob(this.token, { block: false });
      return job && new TakenJob(job, this.token);
    } catch {
      return undefined;
    }
  }

  /** Extends the locks of the jobs that `beat` says are running, and tells the coordinators. */
  async report(beat: Beat): Promise<void> {
    try {
      const ids = beat.running.map(({ key }) => key);
      const tokens = ids.map(() => this.token);
      if (ids.length > 0) await this.worker.extendJobLocks(ids, tokens, this.lockMs);
      await this.voice.publishEvent({ eventName: 'beat', data: JSON.stringify(beat) }, EVENTS);
    } catch {
      // The next report follows in a second.
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.worker.close(true), this.voice.close()]);
  }
}

/** A job that this machine has taken, until it is completed, failed or given back. */
export class TakenJob {
  constructor(
    private readonly job: Job,
    private readonly token: string,
  ) {}

  get id(): string | undefined {
    return this.job.id;
  }

  /** Not to be trusted (stageJob.ts). */
  get data(): unknown {
    return this.job.data;
  }

  async complete(outcome: JobOutcome): Promise<void> {
    await settled(this.job.moveToCompleted(outcome, this.token, false));
  }

  async fail(reason: string): Promise<void> {
    this.job.opts.removeOnFail = true;
    await settled(this.job.moveToFailed(new Error(reason), this.token, false));
  }

  /** To any worker, this one too, now or after some time. */
  async giveBack(afterMs?: number): Promise<void> {
    await settled(
      afterMs === undefined
        ? this.job.moveToWait(this.token)
        : this.job.moveToDelayed(Date.now() + afterMs, this.token),
    );
  }
}

/** Redis may have lost the job, or given it to another worker. What counts is the store. */
async function settled(move: Promise<unknown>): Promise<void> {
  try {
    await move;
  } catch {
    // The coordinator looks in the store for jobs that are no longer on the queue.
  }
}
