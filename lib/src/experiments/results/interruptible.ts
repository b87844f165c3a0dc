/** A pause between two pieces of work that block the event loop: lets Ctrl-C in, and stops if it came. */
import { setImmediate } from 'node:timers/promises';

export async function interruptible(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}
