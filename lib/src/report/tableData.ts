/**
 * The paper's tables and the figures' data in forms for a paper, a spreadsheet or a script: JSON, CSV, LaTeX,
 * Markdown. Pure; display/ makes what notebooks show.
 */
import type { ComparisonTable } from '../experiments/measured';
import type { FractionPoint } from '../experiments/views/pretrainingSize';

/** Values are in the table's unit: per cent, or counts. */
export interface TableValue {
  /** Mean over seeds; absent for a number that only the paper has. */
  mean?: number;
  /** Sample standard deviation over seeds; absent with one seed. */
  spread?: number;
  /** As printed in the paper. */
  paper?: number;
}

/** A table as plain data, for a script or a file. */
export interface TableData {
  title: string;
  /** "%", or empty for counts. */
  unit: string;
  /**
   * As in lib/data/paper-tables.json; and Popularity, Transition, Oracle, freeze.lexical, trainable.lexical.
   */
  columns: string[];
  rows: { dataset: string; metric: string; values: Record<string, TableValue> }[];
}

/** Rankings without a model are capitalised, like the paper's own columns. */
const NAMES: Readonly<Record<string, string>> = {
  popularity: 'Popularity',
  transition: 'Transition',
  oracle: 'Oracle',
};
const nameOf = (id: string): string => NAMES[id] ?? id;

/** A comparison table as plain data. */
export function tableData({ title, unit, columns, rows }: ComparisonTable): TableData {
  return {
    title,
    unit,
    columns: columns.map(({ id }) => nameOf(id)),
    rows: rows.map(({ dataset, metric, cells }) => ({
      dataset,
      metric,
      values: Object.fromEntries(
        columns.map(({ id }) => {
          const { ours, paper } = cells[id] ?? {};
          return [
            nameOf(id),
            {
              ...(ours && { mean: ours.mean }),
              ...(ours?.spread !== undefined && { spread: ours.spread }),
              ...(paper !== undefined && { paper }),
            },
          ];
        }),
      ),
    })),
  };
}

/** Figure 2 as a table: one column per share of the pre-training sequences, in per cent. */
export function fractionData(points: readonly FractionPoint[]): TableData {
  const datasets = [...new Set(points.map(({ domain }) => domain))];
  const metrics = Object.keys(points[0]?.values ?? {});
  return {
    title: 'Figure 2: SASRec with the trainable PT table, by the share of pre-training sequences (%)',
    unit: '%',
    columns: [...new Set(points.map(({ percent }) => String(percent)))],
    rows: datasets.flatMap((dataset) =>
      metrics.map((metric) => {
        const own = points.filter(({ domain }) => domain === dataset);
        const values = own.map(
          ({
            percent,
            values: {
              [metric]: { mean, spread },
            },
          }) => [String(percent), { mean, ...(spread !== undefined && { spread }) }] as const,
        );
        return { dataset, metric, values: Object.fromEntries(values) };
      }),
    ),
  };
}

export const TABLE_FORMATS = ['md', 'csv', 'latex', 'json'] as const;
/** Markdown, CSV (a line per number), LaTeX or JSON. */
export type TableFormat = (typeof TABLE_FORMATS)[number];

/**
 * The text of a table, with a line break at its end.
 * @example
 * ```ts
 * import { formatTable, open, tableData } from 'elephant';
 * const session = open({ results: 'data/results/mini.json' });
 * console.log(formatTable(tableData(await session.table3()), 'md'));
 * ```
 */
export function formatTable(table: TableData, format: TableFormat): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(table, undefined, 1)}\n`;
    case 'csv':
      return csv(table);
    case 'latex':
      return latex(table);
    case 'md':
      return markdown(table);
  }
}

/** One line per number, as in spreadsheets and data frames, with all digits. */
function csv({ rows, columns }: TableData): string {
  const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const line = (cells: readonly (string | number | undefined)[]): string =>
    cells.map((cell) => quoted(String(cell ?? ''))).join(',');
  const lines = rows.flatMap(({ dataset, metric, values }) =>
    columns.map((column) => [
      dataset,
      metric,
      column,
      values[column]?.mean,
      values[column]?.spread,
      values[column]?.paper,
    ]),
  );
  return [['dataset', 'metric', 'column', 'mean', 'spread', 'paper'], ...lines]
    .map((cells) => `${line(cells)}\n`)
    .join('');
}

function markdown({ title, unit, rows, columns }: TableData): string {
  const escaped = (text: string): string => text.replace(/([\\|*_<>[\]`])/g, '\\$1');
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const body = rows.map(({ dataset, metric, values }) =>
    line([escaped(dataset), metric, ...columns.map((column) => cell(values[column], unit, '±'))]),
  );
  const heading = line(['Dataset', 'Metric', ...columns.map(escaped)]);
  const lines = [heading, `|---|---|${'---:|'.repeat(columns.length)}`, ...body];
  return `**${escaped(title)}** (ours, in brackets the paper's)\n\n${lines.join('\n')}\n`;
}

function latex({ title, unit, rows, columns }: TableData): string {
  const escaped = (text: string): string =>
    text.replace(
      /[\\{}$&#^_%~]/g,
      (c) =>
        ({ '\\': '\\textbackslash{}', '^': '\\textasciicircum{}', '~': '\\textasciitilde{}' })[c] ?? `\\${c}`,
    );
  const line = (cells: readonly string[]): string => `    ${cells.join(' & ')} \\\\`;
  const body = rows.map(({ dataset, metric, values }, i) => {
    const same = i > 0 && rows[i - 1].dataset === dataset;
    return line([
      same ? '' : escaped(dataset),
      escaped(metric),
      ...columns.map((column) => cell(values[column], unit, '$\\pm$')),
    ]);
  });
  return [
    '\\begin{table}',
    `  \\caption{${escaped(title)} (ours, in brackets the paper's)}`,
    `  \\begin{tabular}{ll${'r'.repeat(columns.length)}}`,
    '    \\toprule',
    line(['Dataset', 'Metric', ...columns.map(escaped)]),
    '    \\midrule',
    ...body,
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

/** "51.32 ± 0.40 (58.51)": two decimals as in the paper, counts as they are, a dash for no number. */
function cell({ mean, spread, paper }: TableValue = {}, unit: string, plusMinus: string): string {
  const number = (value: number): string =>
    unit === '' && Number.isInteger(value) ? String(value) : value.toFixed(2);
  const ours =
    mean === undefined
      ? '–'
      : `${number(mean)}${spread === undefined ? '' : ` ${plusMinus} ${number(spread)}`}`;
  return paper === undefined ? ours : `${ours} (${number(paper)})`;
}
