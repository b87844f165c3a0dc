/**
 * One of the paper's tables, as printed and as measured, side by side: every cell has our number with its spread over seeds
 * and the paper's below it. As HTML for notebooks and code hosts (which both keep plain HTML tables), and as text. Pure.
 */
import type { ComparisonTable, TableCell, TableColumn, TableRow } from '../../experiments/measured';
import { escapeHtml } from './escape';
import { alignment, tableText, type Table } from './table';

/** What stands where there is no number: not computed by us, or not printed in the paper. */
const ABSENT = '–';

export function comparisonHtml(table: ComparisonTable): string {
  const groups = grouped(table.columns);
  const top = groups.map(({ name, columns }) => `<th colspan="${columns.length}" ${alignment('center')}>${escapeHtml(name)}</th>`).join('');
  const bottom = table.columns.map(({ label }) => `<th ${alignment('right')}>${escapeHtml(label)}</th>`).join('');
  const head = `<tr><th rowspan="2" ${alignment('left')}>Dataset</th><th rowspan="2" ${alignment('left')}>Metric (${escapeHtml(table.unit)})</th>${top}</tr>\n<tr>${bottom}</tr>`;
  const body = table.rows.map((row, i) => `<tr>${datasetCell(table.rows, i)}<td ${alignment('left')}>${escapeHtml(row.metric)}</td>${table.columns.map((column) => cellHtml(row.cells[column.id], isBest(row, column, table.columns))).join('')}</tr>`);
  return `<table>\n<thead>\n${head}\n</thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`;
}

/** How to read a cell, for the line above or below the table. */
export const comparisonLegend = 'Each cell: our mean ± standard deviation over seeds, and below it the number printed in the paper. Bold: the best of ours in its row.';

export function comparisonText(table: ComparisonTable): string {
  const plain: Table = {
    caption: `${table.title} (${table.unit}; ours, in brackets the paper's)`,
    columns: ['Dataset', 'Metric', ...table.columns.map(({ label, group }) => (group === undefined ? label : `${group}: ${label}`))],
    rows: table.rows.map((row) => [row.dataset, row.metric, ...table.columns.map(({ id }) => cellText(row.cells[id]))]),
  };
  return tableText(plain);
}

function grouped(columns: readonly TableColumn[]): { name: string; columns: TableColumn[] }[] {
  const groups: { name: string; columns: TableColumn[] }[] = [];
  for (const column of columns) {
    const name = column.group ?? '';
    if (groups.at(-1)?.name === name) groups.at(-1)?.columns.push(column);
    else groups.push({ name, columns: [column] });
  }
  return groups;
}

/** A dataset's name stands once, beside all its metrics. */
function datasetCell(rows: readonly TableRow[], index: number): string {
  const { dataset } = rows[index];
  if (index > 0 && rows[index - 1].dataset === dataset) return '';
  let span = 1;
  while (rows[index + span]?.dataset === dataset) span++;
  return `<td rowspan="${span}" ${alignment('left')}><b>${escapeHtml(dataset)}</b></td>`;
}

function cellHtml(cell: TableCell | undefined, best: boolean): string {
  const ours = oursText(cell);
  const paper = cell?.paper === undefined ? '' : `<br><small>paper ${cell.paper.toFixed(2)}</small>`;
  return `<td ${alignment('right')}>${best ? `<b>${ours}</b>` : ours}${paper}</td>`;
}

function cellText(cell: TableCell | undefined): string {
  return `${oursText(cell)}${cell?.paper === undefined ? '' : ` (${cell.paper.toFixed(2)})`}`;
}

function oursText(cell: TableCell | undefined): string {
  if (cell?.ours === undefined) return ABSENT;
  const { mean, spread } = cell.ours;
  return spread === undefined ? mean.toFixed(2) : `${mean.toFixed(2)}\u00a0±\u00a0${spread.toFixed(2)}`;
}

function isBest(row: TableRow, column: TableColumn, columns: readonly TableColumn[]): boolean {
  const mean = row.cells[column.id]?.ours?.mean;
  return mean !== undefined && columns.every(({ id }) => (row.cells[id]?.ours?.mean ?? -Infinity) <= mean);
}
