/** A part of a table: the columns and metrics that a text discusses. Pure. */
import { unknownName } from '../../errors';
import type { ComparisonTable } from '../../experiments/measured';
import type { Table } from './table';

/** What to keep of a table, in the order given. Without `columns` or `metrics`, all of them. */
export interface Cut {
  /** Ids in a table of the paper ("trainable.FT"), headings in any other. */
  readonly columns?: readonly string[];
  /** Only for a table of the paper: "N@10". */
  readonly metrics?: readonly string[];
}

/** @throws InputError for a column or metric that the table does not have. */
export function cutComparison(table: ComparisonTable, { columns, metrics }: Cut): ComparisonTable {
  const ids = table.columns.map(({ id }) => id);
  const known = [...new Set(table.rows.map(({ metric }) => metric))];
  const where = `show.table, ${table.id}`;
  for (const metric of metrics ?? [])
    if (!known.includes(metric)) throw unknownName(where, 'metric', metric, known);
  return {
    ...table,
    columns: positions(where, columns, ids).map((i) => table.columns[i]),
    rows: table.rows.filter(({ metric }) => metrics?.includes(metric) ?? true),
  };
}

/** The part of a table, without its caption. @throws InputError for a column that the table does not have. */
export function cutTable(table: Table, { columns }: Cut): Table {
  const kept = positions('show.table', columns, table.columns);
  return {
    columns: kept.map((i) => table.columns[i]),
    rows: table.rows.map((row) => kept.map((i) => row[i])),
  };
}

function positions(where: string, columns: Cut['columns'], known: readonly string[]): number[] {
  return (columns ?? known).map((column) => {
    const position = known.indexOf(column);
    if (position === -1) throw unknownName(where, 'column', column, known);
    return position;
  });
}
