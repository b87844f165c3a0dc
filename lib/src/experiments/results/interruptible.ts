/** Between two pieces of work that hold the event loop: lets Ctrl-C in, and stops where it came. */
import { setImmediate } from 'node:timers/promises';

export async function interruptible(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}
