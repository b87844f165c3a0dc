/** What is wrong with a notebook on disk, in sentences. Nothing is run. */
import { homedir } from 'node:os';
import { projectRoot } from '../../project';
import { codeCells, type CodeCell, type Notebook } from './format';
import { staleness } from './freshness';

/** A cell is short and says one thing. */
const MAX_LINES = 25;

/** A path of one machine: in a home or a system folder, or on a drive. */
const ABSOLUTE_PATH =
  /(?<![\w.:/])(?:\/(?:home|Users|root|tmp|var|opt|mnt|work|private)\/[\w.-]+|[A-Za-z]:\\\\?[\w.-]+\\)/;

export function checkNotebook(notebook: Notebook): string[] {
  const stale = staleness(notebook);
  return [...codeCells(notebook).flatMap(checkCell), ...(stale === undefined ? [] : [stale])];
}

function checkCell(cell: CodeCell, index: number): string[] {
  const where = `code cell ${index + 1}`;
  const lines = cell.source.split('\n').length;
  const path =
    pathIn(cell.source) ??
    pathIn(JSON.stringify(cell.outputs.map((output) => ('data' in output ? output.data : output))));
  return [
    ...(lines > MAX_LINES ? [`${where} has ${lines} lines, expected at most ${MAX_LINES}`] : []),
    ...(path === undefined ? [] : [`${where} contains the absolute path ${path}`]),
    ...(cell.outputs.some(({ output_type }) => output_type === 'error') ? [`${where} failed`] : []),
  ];
}

function pathIn(text: string): string | undefined {
  return (
    [projectRoot, homedir()].find((folder) => folder.length > 1 && text.includes(`${folder}/`)) ??
    ABSOLUTE_PATH.exec(text)?.[0]
  );
}
