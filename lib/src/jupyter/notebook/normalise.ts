/**
 * Brings a notebook's metadata into one form, so that it diffs well: the kernel's specification and language
 * as JupyterLab writes them for this kernel, no execution times, and nothing about who ran it where.
 */
import type { Cell, JSONObject, Notebook } from './format';

/** As the kernel answers kernel_info_request (tslab 1.0.22) and `elephant lab` registers it. */
export const kernelMetadata: JSONObject = {
  kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'tslab' },
  language_info: {
    codemirror_mode: { mode: 'typescript', name: 'javascript', typescript: true },
    file_extension: '.ts',
    mimetype: 'text/typescript',
    name: 'typescript',
    version: '3.7.2',
  },
};

/** Cell metadata that Jupyter clients write for themselves: times, and what was folded or scrolled. */
const TRANSIENT_KEYS = ['execution', 'ExecuteTime', 'collapsed', 'scrolled'];

export function normaliseNotebook({ cells, metadata }: Notebook): Notebook {
  const stamp: JSONObject = metadata.elephant === undefined ? {} : { elephant: metadata.elephant };
  return { metadata: { ...kernelMetadata, ...stamp }, cells: cells.map(normaliseCell) };
}

function normaliseCell(cell: Cell): Cell {
  const metadata = Object.fromEntries(
    Object.entries(cell.metadata).filter(([key]) => !TRANSIENT_KEYS.includes(key)),
  );
  return { ...cell, metadata };
}
