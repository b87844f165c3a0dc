/** Work that ends when the user interrupts the cell it runs in. */
import { setImmediate } from 'node:timers/promises';
import { inNotebook } from './display';

/**
 * Interrupting the cell aborts the signal, and errors of `work` are passed on. The cell ends at once, before
 * `work` does, so a listener of the signal must show what is left to show.
 */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  if (inNotebook()) {
    // Node puts its own handler, which ends the process, over one that is set while a cell's code has not yet
    // awaited anything.
    await setImmediate();
    process.on('SIGINT', interrupt);
  }
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', interrupt);
  }
}
