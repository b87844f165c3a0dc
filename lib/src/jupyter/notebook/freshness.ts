/**
 * Whether a notebook's outputs belong to its code and results: a stamp in its metadata with hashes of the
 * code, the library, the results and the outputs. It never has a time.
 */
import { createHash } from 'node:crypto';
import { codeCells, type JSONValue, type Notebook } from './format';
import { formatNotebook } from './writeNotebook';

/**
 * What outputs depend on besides the cells: hashes of the library's code and of the results that it shows.
 */
export interface NotebookInputs {
  readonly library: string;
  readonly results: string;
}

/** The message about a notebook with older results. */
export const OTHER_RESULTS = 'was run on other results';

/** Stamps a notebook that has just run on `inputs`. */
export function stampNotebook(notebook: Notebook, { library, results }: NotebookInputs): void {
  notebook.metadata.elephant = {
    code: codeHash(notebook),
    library: short(library),
    results: short(results),
    outputs: outputsHash(notebook),
  };
}

/** True if the notebook was run with this code on these inputs, and its outputs are unchanged since. */
export function isCurrent(notebook: Notebook, inputs: NotebookInputs): boolean {
  return staleness(notebook, inputs) === undefined;
}

/** Why the outputs do not belong to the code, or to the given inputs; undefined if they do. */
export function staleness(
  notebook: Notebook,
  { library, results }: Partial<NotebookInputs> = {},
): string | undefined {
  const stamp = notebook.metadata.elephant;
  if (typeof stamp !== 'object' || stamp === null || Array.isArray(stamp))
    return 'was not run, or not to its end';
  const { code, outputs }: Record<string, JSONValue> = stamp;
  if (code !== codeHash(notebook)) return 'its code was changed after it was run';
  if (outputs !== outputsHash(notebook)) return 'its outputs were changed after it was run';
  if (results !== undefined && stamp.results !== short(results)) return OTHER_RESULTS;
  if (library !== undefined && stamp.library !== short(library))
    return 'was run with another version of the library';
  return undefined;
}

function codeHash(notebook: Notebook): string {
  return hash(JSON.stringify(codeCells(notebook).map(({ source }) => source)));
}

function outputsHash(notebook: Notebook): string {
  return hash(formatNotebook({ cells: codeCells(notebook), metadata: {} }));
}

function hash(text: string): string {
  return short(createHash('sha256').update(text).digest('hex'));
}

function short(hex: string): string {
  return hex.slice(0, 16);
}
