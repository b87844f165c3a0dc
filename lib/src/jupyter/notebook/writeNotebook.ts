/**
 * Writes an .ipynb file as JupyterLab does (sorted keys, one space of indentation, text as lines), so that
 * notebooks saved by either differ only in their content. Written aside, synced and renamed.
 */
import { writeFileAtomic } from '../../writeAside';
import type { Cell, CellOutput, JSONObject, JSONValue, Notebook } from './format';

export function writeNotebook(file: string, notebook: Notebook): void {
  writeFileAtomic(file, formatNotebook(notebook));
}

export function formatNotebook({ cells, metadata }: Notebook): string {
  const json: JSONObject = { cells: cells.map(cellJson), metadata, nbformat: 4, nbformat_minor: 5 };
  return `${JSON.stringify(sorted(json), null, 1)}\n`;
}

function cellJson(cell: Cell): JSONObject {
  const common = {
    cell_type: cell.cell_type,
    id: cell.id,
    metadata: cell.metadata,
    source: lines(cell.source),
  };
  return cell.cell_type === 'code'
    ? { ...common, execution_count: cell.execution_count, outputs: cell.outputs.map(outputJson) }
    : common;
}

function outputJson(output: CellOutput): JSONObject {
  if (output.output_type === 'stream') return { ...output, text: lines(output.text) };
  if (output.output_type === 'error') return { ...output };
  const data = Object.entries(output.data).map(([mime, value]) => [
    mime,
    typeof value === 'string' && isText(mime) ? lines(value) : value,
  ]);
  return { ...output, data: Object.fromEntries(data) as JSONObject };
}

/** Jupyter splits text into lines, and leaves base64 in one piece. */
function isText(mime: string): boolean {
  return mime.startsWith('text/') || mime === 'image/svg+xml';
}

function lines(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

function sorted(value: JSONValue): JSONValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
