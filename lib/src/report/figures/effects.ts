/**
 * Table 3 as a forest plot: how far each column is above or below the model that starts at random, in percent
 * of it. One panel per dataset; whiskers are 95 % intervals over users, small points the seeds, and the
 * paper's number is beside ours. A menu chooses the metric.
 */
import { BASES } from '../../experiments/columns';
import type { ComparisonTable, TableCell, TableColumn, TableRow } from '../../experiments/measured';
import { unknownName } from '../../errors';
import type { JSONObject } from '../../jupyter/notebook/format';
import { withChoice } from './choice';
import { plainText, type Figure } from './figure';
import { intervalLine, signed } from './hover';
import { axis, INK, layout, seriesStyle, titled } from './theme';

const OURS = seriesStyle(0);
const PAPER = seriesStyle(1);
const GAP = 0.025;
const ROW_HEIGHT = 24;

/**
 * Table 3 as a forest plot: how far each column lies above or below the model that starts at random, in
 * percent of it. One panel per dataset. @throws InputError for a `metric` or a table that does not have it.
 */
export function effects(table: ComparisonTable, metric = 'N@10'): Figure {
  const metrics = [...new Set(table.rows.map((row) => row.metric))];
  if (!metrics.includes(metric)) throw unknownName(`figures.effects, ${table.id}`, 'metric', metric, metrics);
  const chosenFirst = [metric, ...metrics.filter((other) => other !== metric)];
  return withChoice(chosenFirst.map((label) => ({ label, figure: effectsAt(table, label) })));
}

function effectsAt(table: ComparisonTable, metric: string): Figure {
  const base = table.columns.find(({ id }) => BASES.includes(id));
  if (base === undefined) throw unknownName(`figures.effects, ${table.id}`, 'column', 'a base', BASES);
  const rows = table.rows.filter((row) => row.metric === metric && row.cells[base.id]?.ours !== undefined);
  const columns = table.columns.filter(
    ({ id, group }) =>
      id !== base.id && group !== 'No model' && rows.some((row) => row.cells[id]?.ours !== undefined),
  );
  const printed = rows.some((row) => columns.some(({ id }) => row.cells[id]?.paper !== undefined));
  const seeds = Math.max(...rows.map((row) => row.cells[base.id]?.ours?.values.length ?? 0));
  return {
    id: `effects-${table.id.toLowerCase()}`,
    alt: altText(rows, columns, base, metric, printed),
    data: rows.flatMap((row, i) => [
      trace(row, columns, base, i, 'ours'),
      ...(printed ? [trace(row, columns, base, i, 'paper')] : []),
      ...(seeds > 1 ? [seedsTrace(row, columns, base, i)] : []),
    ]),
    layout: layout({
      ...titled(plainText(finding(rows, columns, base, metric))),
      height: 190 + ROW_HEIGHT * columns.length,
      ...panelAxes(rows, columns.map(labelOf)),
    }),
  };
}

/** The axes of one panel per row, side by side; the first panel names the columns. */
function panelAxes(rows: readonly TableRow[], labels: readonly string[]): Record<string, JSONObject> {
  const width = 1 / rows.length;
  const panels = rows.map((row, i): Record<string, JSONObject> => {
    const n = i === 0 ? '' : String(i + 1);
    return {
      [`xaxis${n}`]: axis(plainText(row.dataset), {
        domain: [i * width + (i === 0 ? 0 : GAP), (i + 1) * width],
        anchor: `y${n}`,
        tickangle: 0,
        nticks: 4,
        zeroline: true,
        zerolinecolor: INK,
        zerolinewidth: 1,
      }),
      [`yaxis${n}`]: axis('', {
        anchor: `x${n}`,
        autorange: 'reversed',
        type: 'category',
        categoryorder: 'array',
        categoryarray: [...labels],
        showticklabels: i === 0,
        ticks: i === 0 ? 'outside' : '',
      }),
    };
  });
  return Object.assign({}, ...panels) as Record<string, JSONObject>;
}

function trace(
  row: TableRow,
  columns: readonly TableColumn[],
  base: TableColumn,
  panel: number,
  whose: 'ours' | 'paper',
): JSONObject {
  const { color, symbol } = whose === 'ours' ? OURS : PAPER;
  const shown = columns.filter(({ id }) => effect(row, id, base.id, whose) !== undefined);
  const x = shown.map(({ id }) => effect(row, id, base.id, whose) as number);
  return {
    ...common(panel),
    name: whose === 'paper' ? 'the paper' : namedOurs(row),
    legendgroup: whose,
    x,
    y: shown.map(labelOf),
    ...(whose === 'ours' && {
      error_x: {
        type: 'data',
        array: shown.map(({ id }) => halfWidth(row.cells[id])),
        color,
        thickness: 1,
        width: 3,
      },
    }),
    marker: { color, symbol: whose === 'ours' ? symbol : `${symbol}-open`, size: 7 },
    text: shown.map((column) => hoverText(row, column, base)),
    hovertemplate: `%{text}<extra>${whose}</extra>`,
  };
}

function halfWidth({ gain }: TableCell): number {
  return gain === undefined ? 0 : (gain.high - gain.low) / 2;
}

/** Each seed of a column against the same seed of the base; a run that all seeds share stands in each. */
function seedsTrace(
  row: TableRow,
  columns: readonly TableColumn[],
  base: TableColumn,
  panel: number,
): JSONObject {
  const starts = row.cells[base.id]?.ours?.values ?? [];
  const points = columns.flatMap((column) => {
    const values = row.cells[column.id]?.ours?.values ?? [];
    return values.length < 2
      ? []
      : values.map((value, seed) => ({
          x: 100 * (value / (starts[seed] ?? starts[0]) - 1),
          y: labelOf(column),
        }));
  });
  return {
    ...common(panel),
    name: 'each seed',
    legendgroup: 'seeds',
    x: points.map(({ x }) => x),
    y: points.map(({ y }) => y),
    marker: { color: OURS.color, symbol: 'line-ns-open', size: 6, opacity: 0.6 },
    hovertemplate: `${plainText(row.dataset)}, %{y}, one seed: %{x:.1f} %<extra></extra>`,
  };
}

function common(panel: number): JSONObject {
  const n = panel === 0 ? '' : String(panel + 1);
  return { type: 'scatter', mode: 'markers', showlegend: panel === 0, xaxis: `x${n}`, yaxis: `y${n}` };
}

/** Results of before intervals were kept have none. */
function namedOurs({ cells }: TableRow): string {
  return Object.values(cells).some(({ gain }) => gain !== undefined) ? 'ours, 95 % over users' : 'ours';
}

/** "Pantry, trainable.FT: +2.7 % over SAS", the interval over how many users, and the paper's value. */
function hoverText(row: TableRow, column: TableColumn, base: TableColumn): string {
  const [ours, paper] = (['ours', 'paper'] as const).map((whose) => effect(row, column.id, base.id, whose));
  const gain = row.cells[column.id]?.gain;
  const named = `${row.dataset}, ${column.id}`;
  return [
    plainText(ours === undefined ? named : `${named}: ${signed(ours)} % over ${base.label}`),
    ...(gain === undefined ? [] : [intervalLine(gain, '%')]),
    ...(paper === undefined ? [] : [`in the paper: ${signed(paper)} %`]),
  ].join('<br>');
}

/** In percent of the base; undefined if a number is missing or the base is 0. */
function effect(row: TableRow, column: string, base: string, whose: 'ours' | 'paper'): number | undefined {
  const value = (id: string): number | undefined =>
    whose === 'ours' ? row.cells[id]?.ours?.mean : row.cells[id]?.paper;
  const [a, b] = [value(column), value(base)];
  return a === undefined || b === undefined || b === 0 ? undefined : 100 * (a / b - 1);
}

function labelOf({ id }: TableColumn): string {
  return plainText(id);
}

/** "N@10 over SAS, in percent: on average from −67.2 (freeze.LF) to +12.4 (trainable.lexical)". */
function finding(
  rows: readonly TableRow[],
  columns: readonly TableColumn[],
  base: TableColumn,
  metric: string,
): string {
  const means = columns.flatMap(({ id }) => {
    const values = rows.flatMap((row) => effect(row, id, base.id, 'ours') ?? []);
    return values.length === 0 ? [] : [{ id, mean: values.reduce((a, b) => a + b) / values.length }];
  });
  const [lowest, ...others] = means.sort((a, b) => a.mean - b.mean);
  const highest = others.at(-1);
  const what = `${metric} over ${base.label}, in percent`;
  if (lowest === undefined || highest === undefined) return what;
  const words = ({ id, mean }: { id: string; mean: number }): string => `${signed(mean)} (${id})`;
  return `${what}: on average from ${words(lowest)} to ${words(highest)}`;
}

function altText(
  rows: readonly TableRow[],
  columns: readonly TableColumn[],
  base: TableColumn,
  metric: string,
  printed: boolean,
): string {
  const parts = columns.map(({ id }) => {
    const values = rows.flatMap((row) => effect(row, id, base.id, 'ours') ?? []);
    return `${id} above on ${values.filter((value) => value > 0).length} of ${values.length}`;
  });
  return (
    `${metric} of each column over ${base.label}, by dataset` +
    `${printed ? ", ours and the paper's. Ours" : ''}: ${parts.join(', ')}.`
  );
}
