/**
 * An item table as a map: each item's two leading principal components, with its category, and how close
 * together the table puts items of one category. report/figures/itemMap.ts draws it.
 */
import type { ItemText } from '../../data';
import { checkItemTable, type ItemTable } from '../../text';
import { symmetricEigen } from '../../text/symmetricEigen';
import type { TableSource } from '../chain/itemTables';
import { loadDataset } from '../stages/storedDataset';
import { itemTable } from '../stages/storedTable';
import { shownDomain } from './itemRows';
import { view } from './view';

export interface ItemMap {
  /** Where the table comes from: "PT". */
  readonly source: string;
  readonly domain: string;
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly title: string;
    readonly category: string;
  }[];
  /** Shares of the table's variance along x and y. */
  readonly explained: readonly [number, number];
  /** Share of items whose nearest other item (by cosine, all dimensions) is of their category. */
  readonly sameCategory: number;
  /** What that share would be if neighbours were drawn at random. */
  readonly byChance: number;
}

export const TABLE_SOURCES: readonly TableSource[] = ['lexical', 'LF', 'PT', 'FT'];

/** An item table in two dimensions, with each item's title and category. */
export const itemMap = view('itemMap', {
  args: (_, domain: string, source: TableSource) => [domain, source] as const,
  kept: (profile, ask) =>
    shownDomain(profile).flatMap((domain) => TABLE_SOURCES.map((source) => ask(domain, source))),
  of: (experiment, domain, source) => {
    const [dataset, table] = [experiment.dataset(domain), experiment.itemTable(domain, source)];
    return {
      nodes: [dataset, table],
      make: (read) => mapItems(itemTable(read(table)), loadDataset(read(dataset)).itemTexts, source, domain),
    };
  },
});

/** Texts of item id i at index i - 1. */
export function mapItems(
  table: ItemTable,
  texts: readonly ItemText[],
  source: string,
  domain: string,
): ItemMap {
  checkItemTable(table, texts.length, `item map of ${source}`);
  const { dim } = table;
  const rows = texts.map((_, i) => Float64Array.from(table.data.subarray((i + 1) * dim, (i + 2) * dim)));
  const means = Float64Array.from(
    { length: dim },
    (_, k) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length,
  );
  const centred = rows.map((row) => row.map((value, k) => value - means[k]));
  const { values, vectors } = symmetricEigen(covariance(centred, dim));
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0) || 1;
  const [first, second] = [vectors[0], vectors[1]].map(oriented);
  return {
    source,
    domain,
    points: centred.map((row, i) => ({
      x: dot(row, first),
      y: dot(row, second),
      title: texts[i].title,
      category: texts[i].category,
    })),
    explained: [values[0] / total, values[1] / total],
    sameCategory: sameCategory(rows, texts),
    byChance: byChance(texts),
  };
}

/** Row and column k: sum over items of centred values. Only the lower triangle is filled. */
function covariance(rows: readonly Float64Array[], dim: number): Float64Array[] {
  const matrix = Array.from({ length: dim }, () => new Float64Array(dim));
  for (const row of rows)
    for (let i = 0; i < dim; i++)
      for (let j = 0; j <= i; j++) matrix[i][j] += (row[i] * row[j]) / rows.length;
  return matrix;
}

/** An axis is free in sign: its largest entry is made positive. */
function oriented(axis: Float64Array): Float64Array {
  const largest = axis.reduce((top, value) => (Math.abs(value) > Math.abs(top) ? value : top), 0);
  return largest < 0 ? axis.map((value) => -value) : axis;
}

function sameCategory(rows: readonly Float64Array[], texts: readonly ItemText[]): number {
  const same = rows.filter((_, i) => texts[nearestRows(rows, i, 1)[0]]?.category === texts[i].category);
  return same.length / rows.length;
}

function byChance(texts: readonly ItemText[]): number {
  const counts = new Map<string, number>();
  for (const { category } of texts) counts.set(category, (counts.get(category) ?? 0) + 1);
  const n = texts.length;
  return [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / (n * (n - 1)), 0);
}

/**
 * Indices of the `count` rows most like row `i` by cosine, itself left out; the lower index first among
 * equals.
 */
export function nearestRows(rows: readonly ArrayLike<number>[], i: number, count: number): number[] {
  const own = rows[i];
  const cosines = rows.map((row) => dot(own, row) / (Math.sqrt(dot(own, own) * dot(row, row)) || 1));
  return rows
    .map((_, j) => j)
    .filter((j) => j !== i)
    .sort((a, b) => cosines[b] - cosines[a] || a - b)
    .slice(0, count);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
