/**
 * Ctrl-C as an AbortSignal: the first stops the work in an orderly way, the second ends the process at once.
 */

/** Why the signal was aborted; the message says what is kept of the work. */
class Interruption extends Error {
  override readonly name = 'AbortError';
}

const KEPT = 'finished results are kept; the next run resumes from there';

/** `left`: what an interrupted command keeps. */
export function interruptSignal(left = KEPT): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Interruption(left));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}

/** What is kept, from the error that ended the interrupted work; undefined for any other error. */
export function leftByInterruption(error: unknown): string | undefined {
  if (error instanceof Interruption) return error.message;
  return error instanceof Error && error.name === 'AbortError' ? KEPT : undefined;
}
