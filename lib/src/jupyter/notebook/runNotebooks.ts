/**
 * Executes several notebooks side by side, each in its own kernel. A failing notebook does not stop the
 * others.
 */
import { NotebookFailure, runNotebook, type NotebookProgress, type RunNotebookOptions } from './runNotebook';

export interface RunNotebooksOptions extends RunNotebookOptions {
  /** Kernels at a time. Each takes about 250 MB. */
  readonly parallel: number;
}

export interface NotebookResults {
  /** Files that were run, and those that were current and left alone. */
  readonly ran: readonly string[];
  readonly current: readonly string[];
  readonly failures: readonly NotebookFailure[];
}

export async function runNotebooks(
  files: readonly string[],
  options: RunNotebooksOptions,
): Promise<NotebookResults> {
  const waiting = [...files];
  const ran: string[] = [];
  const current: string[] = [];
  const failures: NotebookFailure[] = [];
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      try {
        ((await runNotebook(file, options)) ? ran : current).push(file);
      } catch (error) {
        if (!(error instanceof NotebookFailure)) throw error;
        failures.push(error);
      }
    }
  };
  // A file that is not a notebook, or an interrupt, is reported once the other notebooks have ended.
  const outcomes = await Promise.allSettled(Array.from({ length: Math.max(1, options.parallel) }, worker));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return { ran, current, failures };
}

/** The line that shows the progress of the notebooks: "04-3-main-results 3/7: Table 3: 12 of 34 stages". */
export function describeNotebook({ notebook, cell, cells, message }: NotebookProgress): string {
  return `${notebook.replace(/\.ipynb$/, '')} ${cell}/${cells}${message === '' ? '' : `: ${message}`}`;
}
