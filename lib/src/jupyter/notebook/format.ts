/** The notebook format (nbformat 4.5), as far as this library reads and writes it. Types only. */

export type JSONValue = string | number | boolean | null | JSONValue[] | { [key: string]: JSONValue };
export type JSONObject = { [key: string]: JSONValue };

/**
 * Text as Jupyter stores it: one string or a list of lines. All code outside readNotebook.ts sees one string.
 */
export type MimeBundle = Record<string, JSONValue>;

interface StreamOutput {
  output_type: 'stream';
  name: 'stdout' | 'stderr';
  text: string;
}

export interface DisplayOutput {
  output_type: 'display_data';
  data: MimeBundle;
  metadata: JSONObject;
}

/** What a headless run writes if the protocol has no output for it: a crash, a hang, too much output. */
interface ErrorOutput {
  output_type: 'error';
  ename: string;
  evalue: string;
  traceback: string[];
}

export type CellOutput = StreamOutput | DisplayOutput | ErrorOutput;

interface MarkdownCell {
  cell_type: 'markdown' | 'raw';
  id: string;
  metadata: JSONObject;
  source: string;
}

export interface CodeCell {
  cell_type: 'code';
  id: string;
  metadata: JSONObject;
  source: string;
  execution_count: number | null;
  outputs: CellOutput[];
}

export type Cell = MarkdownCell | CodeCell;

export interface Notebook {
  cells: Cell[];
  metadata: JSONObject;
}

export function codeCells(notebook: Notebook): CodeCell[] {
  return notebook.cells.filter((cell): cell is CodeCell => cell.cell_type === 'code');
}
