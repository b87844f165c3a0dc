/**
 * A table of the paper at a glance: one metric, the variants as rows and the datasets as columns, each cell
 * with its gain over the model that starts at random. The mean gains come first, ours and the paper's, so
 * that a phone shows them. As HTML and as text. Pure.
 */
import { unknownName } from '../../errors';
import { BASES } from '../../experiments/columns';
import type { ComparisonTable, TableCell, TableColumn, TableRow } from '../../experiments/measured';
import { escapeHtml } from './escape';
import { alignment, tableText } from './table';

export interface Glance {
  readonly title: string;
  readonly legend: string;
  readonly datasets: readonly string[];
  readonly rows: readonly GlanceRow[];
  /** Names of the columns of mean gains: ours, and the paper's if it prints numbers on these datasets. */
  readonly means: readonly string[];
}

interface GlanceRow {
  readonly variant: string;
  /** Cells in the order of the datasets. */
  readonly cells: readonly { readonly value?: number; readonly gain?: number }[];
  /** Mean over the datasets, in percent of the base. */
  readonly gain?: number;
  readonly paper?: number;
}

/** What the legend adds on a page that shows the shades. */
export const SHADES = 'Blue: above, orange: below.';

const METRICS: Readonly<Record<string, string>> = { 'N@10': 'NDCG@10', 'N@5': 'NDCG@5' };
/** Rankings that learn nothing, and the oracle; these are not variants. */
const NO_MODEL = 'No model';

/**
 * @throws InputError for a table without a model that starts at random, or a metric that it does not
 * have.
 */
export function glanceAt(table: ComparisonTable, metric = 'N@10'): Glance {
  const base = table.columns.find(({ id }) => BASES.includes(id));
  const ids = table.columns.map(({ id }) => id);
  if (base === undefined) throw unknownName(`glance, ${table.id}`, 'column', BASES.join(' or '), ids);
  const rows = table.rows.filter((row) => row.metric === metric);
  if (rows.length === 0)
    throw unknownName(`glance, ${table.id}`, 'metric', metric, [
      ...new Set(table.rows.map((row) => row.metric)),
    ]);
  const variants = table.columns.filter(({ group }) => group !== NO_MODEL);
  const shown = variants.map((variant) => rowOf(variant, base, rows));
  const printed = shown.some(({ paper }) => paper !== undefined);
  return {
    title: `${table.title.replace(':', ' at a glance:')}, ${METRICS[metric] ?? metric} (%)`,
    legend:
      (printed
        ? `First the mean gains over ${base.label} in percent, ours and the paper's. `
        : `First the mean gain over ${base.label} in percent. `) +
      'Then by dataset our mean, and below it the gain.',
    datasets: rows.map(({ dataset }) => dataset),
    rows: shown,
    means: ['mean gain', ...(printed ? ['in the paper'] : [])],
  };
}

/** Without the title. */
export function glanceHtml({ datasets, rows, means: names }: Glance): string {
  const head = ['variant', ...names, ...datasets]
    .map((name, i) => `<th ${alignment(i === 0 ? 'left' : 'right', 'th')}>${escapeHtml(name)}</th>`)
    .join('');
  const body = rows.map(({ variant, cells, gain, paper }) => {
    const means = [gain, paper]
      .slice(0, names.length)
      .map((mean) => cellHtml(mean === undefined ? ABSENT : signed(mean), mean));
    const values = cells.map((cell) => {
      const below = cell.gain === undefined ? '' : `<br><small>${signed(cell.gain)}</small>`;
      return cellHtml(`${cell.value?.toFixed(1) ?? ABSENT}${below}`, cell.gain);
    });
    return `<tr><td ${alignment('left')}>${escapeHtml(variant)}</td>${[...means, ...values].join('')}</tr>`;
  });
  return `<table>\n<thead>\n<tr>${head}</tr>\n</thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`;
}

export function glanceText({ title, legend, datasets, rows, means }: Glance): string {
  const table = tableText({
    caption: title,
    columns: ['variant', ...means, ...datasets],
    rows: rows.map(({ variant, cells, gain, paper }) => [
      variant,
      ...[gain, paper].slice(0, means.length).map((mean) => (mean === undefined ? ABSENT : signed(mean))),
      ...cells.map((cell) =>
        [
          cell.value?.toFixed(1) ?? ABSENT,
          ...(cell.gain === undefined ? [] : [`(${signed(cell.gain)})`]),
        ].join(' '),
      ),
    ]),
  });
  return `${table}\n${legend}`;
}

const ABSENT = '–';

function rowOf(variant: TableColumn, base: TableColumn, rows: readonly TableRow[]): GlanceRow {
  const { id, label, group } = variant;
  const gains = (of: (cell: TableCell | undefined) => number | undefined): (number | undefined)[] =>
    rows.map(({ cells }) => {
      const [own, start] = [of(cells[id]), of(cells[base.id])];
      return id === base.id || own === undefined || !start ? undefined : 100 * (own / start - 1);
    });
  const ours = gains((cell) => cell?.ours?.mean);
  return {
    variant: group === undefined ? label : `${group}: ${label}`,
    cells: rows.map(({ cells }, i) => ({ value: cells[id]?.ours?.mean, gain: ours[i] })),
    gain: mean(ours),
    paper: mean(gains((cell) => cell?.paper)),
  };
}

function mean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.flatMap((value) => value ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function signed(gain: number): string {
  return `${gain < 0 ? '−' : '+'}${Math.abs(gain).toFixed(1)}`;
}

/** Gains above this, in percent, get no darker shade. */
const DARKEST = 40;

/** Transparent, so that words are legible on a light and on a dark page. */
function cellHtml(content: string, gain: number | undefined): string {
  const share = gain === undefined ? 0 : Math.min(1, Math.abs(gain) / DARKEST) / 2;
  const colour = (gain ?? 0) < 0 ? '213, 94, 0' : '0, 114, 178';
  const shade = share === 0 ? '' : `; background: rgba(${colour}, ${share.toFixed(2)})`;
  return `<td align="right" style="text-align: right; white-space: nowrap${shade}">${content}</td>`;
}
