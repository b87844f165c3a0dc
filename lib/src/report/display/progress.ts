/**
 * A progress display that is updated in place. What it shows last stays in the notebook, so `done` takes words that are the
 * same in every run: no seconds, nothing about what was already there.
 */
import { display, inNotebook, type DisplayHandle } from './display';
import { escapeHtml, visible } from './escape';

export interface Progress {
  /** Shows how far the work is: a share of 0..1 and a line for people. Cheap to call often. */
  update(share: number, message?: string): void;
  /** Ends the display with its last words. */
  done(message: string): void;
}

const INTERVAL_MS = 200;

export function progress(title: string): Progress {
  let last = 0;
  let handle: DisplayHandle | undefined;
  const show = (html: string, text: string): void => {
    const bundle = { 'text/html': html, 'text/plain': text };
    if (handle === undefined) handle = display(bundle);
    else handle.update(bundle);
  };
  return {
    update(share, message = '') {
      const now = performance.now();
      if (!inNotebook() || now - last < INTERVAL_MS) return;
      last = now;
      const percent = Math.round(100 * Math.min(1, Math.max(0, share)));
      const words = [title, `${percent} %`, message].filter((part) => part !== '').join(', ');
      show(`<progress max="100" value="${percent}"></progress> ${escapeHtml(words)}`, visible(words));
    },
    done(message) {
      const words = `${title}: ${message}`;
      show(escapeHtml(words), visible(words));
    },
  };
}
