/**
 * One of the paper's tables, as printed and as measured, side by side: every cell has our number with its
 * spread over seeds and the paper's below it. As HTML for notebooks and code hosts (which both keep plain
 * HTML tables), and as text. Pure.
 */
import { BASES } from '../../experiments/columns';
import type { ComparisonTable, TableCell, TableColumn, TableRow } from '../../experiments/measured';
import { escapeHtml } from './escape';
import { overSeeds } from './overSeeds';
import { seedVariation } from './seedVariation';
import { alignment, tableText, type Table } from './table';

const ORACLE = 'oracle';

/** Columns that fit without scrolling, beside dataset and metric: in a laptop's notebook, on a code host. */
export const MOST_IN_SIGHT = { notebook: 10, page: 6 } as const;

/** Shown if there is no number: not computed by us, or not printed in the paper. */
const ABSENT = '–';

export function comparisonHtml(table: ComparisonTable): string {
  const { columns, rows, unit } = table;
  const withMetric = rows.some(({ metric }) => metric !== '');
  const groups = grouped(columns);
  const top = groups
    .map(
      ({ name, columns: members }) =>
        `<th colspan="${members.length}" ${alignment('center')}>${escapeHtml(name)}</th>`,
    )
    .join('');
  const bottom = columns
    .map(({ label }) => `<th ${alignment('right', 'th')}>${escapeHtml(label)}</th>`)
    .join('');
  const corner = (words: string): string => `<th rowspan="2" ${alignment('left')}>${escapeHtml(words)}</th>`;
  const metricCorner = withMetric ? corner(`Metric${unit === '' ? '' : ` (${unit})`}`) : '';
  const head = `<tr>${corner('Dataset')}${metricCorner}${top}</tr>\n<tr>${bottom}</tr>`;
  const body = rows.map((row, i) => {
    const metric = withMetric ? `<td ${alignment('left')}>${escapeHtml(row.metric)}</td>` : '';
    const cells = columns.map((column) =>
      cellHtml(row.cells[column.id], unit, isBest(row, column, table), directionHtml(row, column, table)),
    );
    return `<tr>${datasetCell(rows, i)}${metric}${cells.join('')}</tr>`;
  });
  return `<table>\n<thead>\n${head}\n</thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`;
}

/**
 * What to do if a table is cut off, for the line above it; undefined if a page has room for all columns. It
 * is in words because the scroll bar is below the last row, out of sight, and untrusted notebooks get no
 * styles.
 */
export function wideHint(
  { columns }: ComparisonTable,
  where: keyof typeof MOST_IN_SIGHT,
): string | undefined {
  const last = columns.at(-1);
  if (last === undefined || columns.length <= MOST_IN_SIGHT[where]) return undefined;
  return (
    `${columns.length} columns, the last one ` +
    `${last.group === undefined ? last.label : `${last.group}: ${last.label}`}; if they do not fit, ` +
    'scroll sideways (the bar is below the table).'
  );
}

/** How to read a cell, for the line above or below the table. Mentions only what the cells have. */
export function comparisonLegend(table: ComparisonTable): string {
  const { unit, columns, rows } = table;
  const shown = rows.flatMap(({ cells }) => Object.values(cells));
  const spread = overSeeds(shown.map(({ ours }) => ours));
  const paper = hasPaper(table);
  const cell = spread
    ? 'our mean, below it ± the standard deviation over ' +
      `seeds${paper ? ', then the number printed in the paper' : ''}`
    : `our number${paper ? ', and below it the one printed in the paper' : ''}`;
  if (unit === '') return `Each cell: ${cell}.`;
  const base = columns.find(({ id }) => BASES.includes(id));
  const marks =
    base === undefined || !paper
      ? ''
      : ` ▲ and ▼: above and below ${base.label}, filled if the paper's numbers agree, hollow ` +
        '(△, ▽) if they say the opposite.';
  const aside = columns.some(({ id }) => id === ORACLE) ? ', without the oracle' : '';
  const seeds = seedVariation(table);
  return (
    `Each cell: ${cell}. Bold: the best of ours in its row${aside}.${marks}` +
    (seeds === undefined ? '' : ` ${seeds}`)
  );
}

export function comparisonText(table: ComparisonTable): string {
  const { columns, rows, unit } = table;
  const plain: Table = {
    caption: `${table.title}${inBrackets([unit, hasPaper(table) ? "ours, in brackets the paper's" : ''])}`,
    columns: [
      'Dataset',
      'Metric',
      ...columns.map(({ label, group }) => (group === undefined ? label : `${group}: ${label}`)),
    ],
    rows: rows.map((row) => [
      row.dataset,
      row.metric,
      ...columns.map(({ id }) => cellText(row.cells[id], unit)),
    ]),
  };
  return tableText(plain);
}

/** Whether the paper prints any of its numbers. */
function hasPaper({ rows }: ComparisonTable): boolean {
  return rows.some(({ cells }) => Object.values(cells).some(({ paper }) => paper !== undefined));
}

function inBrackets(words: readonly string[]): string {
  const said = words.filter((word) => word !== '');
  return said.length === 0 ? '' : ` (${said.join('; ')})`;
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

/** A dataset's name appears once, beside all its metrics. */
function datasetCell(rows: readonly TableRow[], index: number): string {
  const { dataset } = rows[index];
  if (index > 0 && rows[index - 1].dataset === dataset) return '';
  let span = 1;
  while (rows[index + span]?.dataset === dataset) span++;
  return `<td rowspan="${span}" ${alignment('left')}><b>${escapeHtml(dataset)}</b></td>`;
}

function cellHtml(cell: TableCell | undefined, unit: string, best: boolean, direction: string): string {
  const lines: string[] = [];
  if (cell?.ours === undefined) lines.push(ABSENT);
  else {
    const mean = number(cell.ours.mean, unit);
    lines.push(`${direction}${best ? `<b>${mean}</b>` : mean}`);
    if (cell.ours.spread !== undefined) lines.push(`<small>±${number(cell.ours.spread, unit)}</small>`);
  }
  if (cell?.paper !== undefined) lines.push(`<small>paper&nbsp;${number(cell.paper, unit)}</small>`);
  return `<td ${alignment('right')}>${lines.join('<br>')}</td>`;
}

function cellText(cell: TableCell | undefined, unit: string): string {
  const paper = cell?.paper === undefined ? '' : ` (${number(cell.paper, unit)})`;
  if (cell?.ours === undefined) return `${ABSENT}${paper}`;
  const { mean, spread } = cell.ours;
  return `${number(mean, unit)}${spread === undefined ? '' : ` ± ${number(spread, unit)}`}${paper}`;
}

/** Two decimals, as in the paper; counts as they are. */
function number(value: number, unit: string): string {
  return unit === '' && Number.isInteger(value) ? String(value) : value.toFixed(2);
}

/** The highest of our numbers in its row. The oracle is not a model, and a table of counts has no best. */
function isBest(row: TableRow, column: TableColumn, { columns, unit }: ComparisonTable): boolean {
  const mean = row.cells[column.id]?.ours?.mean;
  return (
    unit !== '' &&
    column.id !== ORACLE &&
    mean !== undefined &&
    columns.every(({ id }) => id === ORACLE || (row.cells[id]?.ours?.mean ?? -Infinity) <= mean)
  );
}

/**
 * Whether a cell is above or below the base column, and whether the paper agrees. By shape alone: code hosts
 * and notebooks that were not run show no colour.
 */
function directionHtml(row: TableRow, { id }: TableColumn, { columns }: ComparisonTable): string {
  const base = columns.find((column) => BASES.includes(column.id));
  const [own, other] = [row.cells[id], base && row.cells[base.id]];
  if (
    base === undefined ||
    id === base.id ||
    own?.ours === undefined ||
    own.paper === undefined ||
    other?.ours === undefined ||
    other.paper === undefined
  )
    return '';
  const [here, there] = [Math.sign(own.ours.mean - other.ours.mean), Math.sign(own.paper - other.paper)];
  if (here === 0) return '';
  const agrees = here === there;
  return `<small>${here > 0 ? (agrees ? '▲' : '△') : agrees ? '▼' : '▽'}</small>&nbsp;`;
}
