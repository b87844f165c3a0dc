/** The data of tables and figures as text: Markdown, CSV, LaTeX or JSON. Pure. */
import type { FigureData } from './figureData';
import type { TableData, TableValue } from './tableData';

export const TABLE_FORMATS = ['md', 'csv', 'latex', 'json'] as const;
/** Markdown, CSV, LaTeX or JSON. CSV has a line per number of a table, and per row of a figure. */
export type TableFormat = (typeof TABLE_FORMATS)[number];

/**
 * The text of a table or of a figure's data, with a line break at its end. CSV and JSON have all digits.
 * @example
 * ```ts
 * import { figureData, formatTable, open, tableData } from 'elephant';
 * const session = open({ results: 'data/results/mini.json' });
 * console.log(formatTable(tableData(await session.table3()), 'md'));
 * console.log(formatTable(figureData.scoreboard(await session.scoreboard()), 'csv'));
 * ```
 */
export function formatTable(table: TableData | FigureData, format: TableFormat): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify('unit' in table ? table : records(table), undefined, 1)}\n`;
    case 'csv':
      return csv(table);
    case 'latex':
      return latex(laidOut(table));
    case 'md':
      return markdown(laidOut(table));
  }
}

/** One line per number of a table or row of a figure, as in spreadsheets and data frames. */
function csv(table: TableData | FigureData): string {
  const { columns, rows } = 'unit' in table ? numbers(table) : table;
  const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows]
    .map((cells) => `${cells.map((cell) => quoted(String(cell ?? ''))).join(',')}\n`)
    .join('');
}

/** A row per number; the same columns for all tables. */
function numbers({ title, columns, rows }: TableData): FigureData {
  return {
    title,
    columns: ['dataset', 'metric', 'column', 'mean', 'spread', 'paper', 'low', 'high', 'users'],
    rows: rows.flatMap(({ dataset, metric, values }) =>
      columns.map((column) => {
        const { mean = null, spread = null, paper = null, gain } = values[column] ?? {};
        const interval = [gain?.low ?? null, gain?.high ?? null, gain?.users ?? null];
        return [dataset, metric, column, mean, spread, paper, ...interval];
      }),
    ),
  };
}

function hasPaper(rows: TableData['rows']): boolean {
  return rows.some(({ values }) => Object.values(values).some(({ paper }) => paper !== undefined));
}

/** An object per row. */
function records({ title, columns, rows }: FigureData) {
  return {
    title,
    columns,
    rows: rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]]))),
  };
}

/** What Markdown and LaTeX set: words are at the left, numbers at the right. */
interface LaidOut {
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly words: boolean }[];
  readonly rows: readonly (readonly string[])[];
}

function laidOut(table: TableData | FigureData): LaidOut {
  return 'unit' in table ? laidOutTable(table) : laidOutFigure(table);
}

function laidOutTable({ title, unit, rows, columns }: TableData): LaidOut {
  return {
    title: hasPaper(rows) ? `${title} (ours, in brackets the paper's)` : title,
    columns: ['Dataset', 'Metric', ...columns].map((name, i) => ({ name, words: i < 2 })),
    rows: rows.map(({ dataset, metric, values }) => [
      dataset,
      metric,
      ...columns.map((column) => cell(values[column], unit)),
    ]),
  };
}

function laidOutFigure({ title, columns, rows }: FigureData): LaidOut {
  return {
    title,
    columns: columns.map((name, i) => ({ name, words: rows.some((row) => typeof row[i] === 'string') })),
    rows: rows.map((row) => row.map(shortened)),
  };
}

function markdown({ title, columns, rows }: LaidOut): string {
  const escaped = (text: string): string => text.replace(/([\\|*_<>[\]`])/g, '\\$1');
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  const alignment = columns.map(({ words }) => (words ? '---|' : '---:|'));
  const lines = [line(columns.map(({ name }) => name)), `|${alignment.join('')}`, ...rows.map(line)];
  return `**${escaped(title)}**\n\n${lines.join('\n')}\n`;
}

/** A first cell that repeats the one above is left out. */
function latex({ title, columns, rows }: LaidOut): string {
  const line = (cells: readonly string[]): string => `    ${cells.map(latexText).join(' & ')} \\\\`;
  const body = rows.map((row, i) => line(rows[i - 1]?.[0] === row[0] ? ['', ...row.slice(1)] : row));
  return [
    '\\begin{table}',
    `  \\caption{${latexText(title)}}`,
    `  \\begin{tabular}{${columns.map(({ words }) => (words ? 'l' : 'r')).join('')}}`,
    '    \\toprule',
    line(columns.map(({ name }) => name)),
    '    \\midrule',
    ...body,
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

function latexText(text: string): string {
  const words: Readonly<Record<string, string>> = {
    '\\': '\\textbackslash{}',
    '^': '\\textasciicircum{}',
    '~': '\\textasciitilde{}',
    '<': '\\textless{}',
    '>': '\\textgreater{}',
    '±': '$\\pm$',
  };
  return text.replace(/[\\{}$&#^_%~<>±]/g, (character) => words[character] ?? `\\${character}`);
}

const ABSENT = '–';

/** "51.32 ± 0.40 (58.51)": two decimals as in the paper, counts as they are, a dash for no number. */
function cell({ mean, spread, paper }: TableValue = {}, unit: string): string {
  const number = (value: number): string =>
    unit === '' && Number.isInteger(value) ? String(value) : value.toFixed(2);
  const ours =
    mean === undefined ? ABSENT : `${number(mean)}${spread === undefined ? '' : ` ± ${number(spread)}`}`;
  return paper === undefined ? ours : `${ours} (${number(paper)})`;
}

/** Four digits of a number that is not whole. */
function shortened(value: string | number | null): string {
  if (value === null) return ABSENT;
  return typeof value === 'string' || Number.isInteger(value)
    ? String(value)
    : String(Number(value.toPrecision(4)));
}
