/**
 * What a worker reports every second on the queue's stream of events: that it is alive, and what it computes.
 * It does not depend on a job being on the queue, so no work is lost if Redis loses everything.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { printable } from '../../errors';
import type { SharedStore } from '../sharedStore';

/** The queue of a store: workers take only stages whose inputs they can find. */
export function queueName({ id }: SharedStore): string {
  return `elephant-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;
}

export const BEAT_MS = 1000;
/** A stage or a worker that was silent for this long is not running. */
export const SILENT_MS = 10_000;
/** Events that Redis keeps. */
export const EVENTS = 10_000;

const TEXT = v.pipe(v.string(), v.maxLength(2000), v.transform(printable));
const BEAT = v.object({
  worker: TEXT,
  running: v.array(v.object({ key: v.string(), share: v.number(), message: TEXT })),
  /** Why it refuses a job that it was offered. */
  refusal: v.optional(TEXT),
});

export type Beat = v.InferOutput<typeof BEAT>;

/** Undefined if it is not one of ours. */
export function readBeat(text: unknown): Beat | undefined {
  try {
    const parsed = v.safeParse(BEAT, JSON.parse(String(text)));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
