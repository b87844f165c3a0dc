/**
 * A progress display that is updated in place while stages run, with the curve of the running training. It is
 * empty at the end, so that a notebook is the same whether or not its results were in the store.
 */
import { roughly } from '../../duration';
import type { RunStatus } from '../../pipeline/runState';
import { display, inNotebook } from './display';
import { escapeHtml, visible } from './escape';
import { every } from './every';
import { StageCurves } from './stageCurves';
import { untilInterrupted } from './untilInterrupted';

/** Computes something, with a way to watch it and a signal that says the user interrupted the cell. */
export type Watched<T> = (onUpdate: (status: RunStatus) => void, signal: AbortSignal) => Promise<T>;

const INTERVAL_MS = 200;

/** Shows the progress of `work`, then returns its result. Interrupting the cell aborts the signal. */
export async function progress<T>(title: string, work: Watched<T>): Promise<T> {
  const handle = display(bundle(title, 'starting'));
  const curves = new StageCurves();
  const due = every(INTERVAL_MS);
  return untilInterrupted(async (signal) => {
    const stopped = (words: string): void => handle.update(bundle(title, words, { curve: curves.svg() }));
    signal.addEventListener('abort', () => stopped('interrupted; finished results are kept'));
    try {
      const result = await work((status) => {
        curves.take(status.running);
        if (inNotebook() && !signal.aborted && due())
          handle.update(
            bundle(title, describeStatus(status), {
              share: status.done / Math.max(1, status.total),
              curve: curves.svg(),
            }),
          );
      }, signal);
      handle.update({ 'text/html': '', 'text/plain': '' });
      return result;
    } catch (error) {
      if (!signal.aborted) stopped('failed');
      throw error;
    }
  });
}

/** "12 of 34 stages, about 2 min left; SASRec, Arts, random table, seed 1: epoch 3 of at most 40". */
export function describeStatus({ done, total, secondsLeft, running, waitingFor }: RunStatus): string {
  if (waitingFor !== undefined)
    return `waiting for process ${waitingFor}, which is computing in the same store`;
  const [first] = running;
  const now =
    first === undefined ? '' : `; ${first.label}${first.message === '' ? '' : `: ${first.message}`}`;
  return `${done} of ${total} stages, about ${roughly(secondsLeft)} left${now}`;
}

function bundle(
  title: string,
  words: string,
  { share, curve = '' }: { share?: number; curve?: string } = {},
): Record<string, string> {
  const text = `${title}: ${words}`;
  const bar =
    share === undefined ? '' : `<progress max="100" value="${Math.round(100 * share)}"></progress> `;
  return {
    'text/html': `${bar}${escapeHtml(text)}${curve === '' ? '' : `<br>${curve}`}`,
    'text/plain': visible(text),
  };
}
