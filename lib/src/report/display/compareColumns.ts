/** Compares two columns of a table in a sentence, with numbers taken from the table. Pure. */
import type { ComparisonTable, TableColumn } from '../../experiments/measured';
import { unknownName } from '../../errors';

/**
 * Compares two columns of a table in a sentence: "Control (trainable): lexical: N@10 24.10 on average, 1.2 %
 * above SAS (23.81); higher on 4 of 5 datasets." Values are means over seeds. Datasets without both numbers
 * are left out.
 * @throws InputError for a column or metric that the table does not have.
 * @example
 * ```ts
 * import { compareColumns, open } from 'elephant';
 * const table = await open({ results: 'data/results/mini.json' }).table3();
 * console.log(compareColumns(table, 'trainable.FT', 'SAS', 'N@10'));
 * ```
 */
export function compareColumns(
  table: ComparisonTable,
  first: string,
  second: string,
  metric: string,
): string {
  const [a, b] = [columnOf(table, first), columnOf(table, second)];
  const metrics = [...new Set(table.rows.map((row) => row.metric))];
  if (!metrics.includes(metric)) throw unknownName(`compareColumns, ${table.id}`, 'metric', metric, metrics);
  const pairs = table.rows.flatMap((row) => {
    const [x, y] = [row.cells[first]?.ours?.mean, row.cells[second]?.ours?.mean];
    return row.metric === metric && x !== undefined && y !== undefined ? [{ x, y }] : [];
  });
  if (pairs.length === 0)
    return `${metric}: no dataset has a number for both ${named(a)} and ${named(b)} yet.`;
  const above = pairs.filter(({ x, y }) => x > y).length;
  const mean = (pick: (pair: { x: number; y: number }) => number): number =>
    pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length;
  const [x, y] = [mean((pair) => pair.x), mean((pair) => pair.y)];
  const distance =
    y === 0 ? 'beside' : `${Math.abs((100 * (x - y)) / y).toFixed(1)} % ${x >= y ? 'above' : 'below'}`;
  const [average, datasets] = pairs.length === 1 ? ['', 'dataset'] : [' on average', 'datasets'];
  return (
    `${named(a)}: ${metric} ${x.toFixed(2)}${average}, ${distance} ${named(b)} (${y.toFixed(2)}); ` +
    `higher on ${above} of ${pairs.length} ${datasets}.`
  );
}

function columnOf(table: ComparisonTable, id: string): TableColumn {
  const column = table.columns.find((candidate) => candidate.id === id);
  if (column === undefined)
    throw unknownName(
      `compareColumns, ${table.id}`,
      'column',
      id,
      table.columns.map((candidate) => candidate.id),
    );
  return column;
}

function named({ label, group }: TableColumn): string {
  return group === undefined ? label : `${group}: ${label}`;
}
