/**
 * Whether a notebook's outputs belong to its code and to the results it was run on: a stamp in its metadata, made of hashes
 * of the code, of what the caller says the outputs depend on, and of the outputs themselves. Never a time.
 */
import { createHash } from 'node:crypto';
import { codeCells, type Notebook } from './format';
import { formatNotebook } from './writeNotebook';

/** Stamps a notebook that has just run on `inputs`. */
export function stampNotebook(notebook: Notebook, inputs: string): void {
  notebook.metadata.elephant = stamp(notebook, inputs);
}

/** True where the notebook was run with this code on these inputs, and its outputs are as that run left them. */
export function isCurrent(notebook: Notebook, inputs: string): boolean {
  return JSON.stringify(notebook.metadata.elephant) === JSON.stringify(stamp(notebook, inputs));
}

function stamp(notebook: Notebook, inputs: string): { inputs: string; outputs: string } {
  const cells = codeCells(notebook);
  return {
    inputs: hash(JSON.stringify([inputs, ...cells.map((cell) => cell.source)])),
    outputs: hash(formatNotebook({ cells, metadata: {} })),
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
