/** `open()` for notebooks and scripts: in a notebook it shows the progress of a view by itself. */
import { open as openQuietly, type OpenAnyOptions } from '../experiments/results/open';
import type { Session } from '../experiments/session';
import { inNotebook } from './display/display';
import { progress } from './display/progress';

/**
 * Opens a profile with its store, or a results file. In a notebook, a view that has to train shows its
 * progress and the training's curve in the cell that asks. Interrupting the cell ends it.
 * @throws InputError for an invalid option or environment variable.
 * @example
 * ```ts
 * import { open, show } from 'elephant';
 * const session = open({ results: 'data/results/mini.json' }); // open() trains what data/store lacks
 * show.table(await session.table3());
 * ```
 */
export function open(options: OpenAnyOptions = {}): Session {
  return openQuietly({ ...(inNotebook() && { watch: progress }), ...options });
}
