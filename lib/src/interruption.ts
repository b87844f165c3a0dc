/**
 * The interrupt of a notebook cell. The kernel ends the cell's code at once, but not the work that the code
 * has started, so long computations also take this signal.
 */

/** Why the signal was aborted. */
class Interrupted extends Error {
  override readonly name = 'AbortError';
  constructor() {
    super('the cell was interrupted');
  }
}

let running = new AbortController();

/** Aborts the signals of all that runs. */
export function interruptCell(): void {
  const interrupted = running;
  running = new AbortController();
  interrupted.abort(new Interrupted());
}

/** Aborted with `signal`, and when the user interrupts a cell. */
export function untilInterrupted(signal?: AbortSignal): AbortSignal {
  return signal === undefined ? running.signal : anyOf([signal, running.signal]);
}

/** Node has it from 20.3 on; the types that we compile against do not. */
const anyOf = (AbortSignal as unknown as { any(signals: AbortSignal[]): AbortSignal }).any.bind(AbortSignal);
