/** An item table as a stage result and back. */
import type { ItemTable } from '../../text';
import type { StageResult } from '../../pipeline/stage';

/** What a stage says that leaves an item table. */
export interface TableFacts {
  source: string;
  rows: number;
  dim: number;
}

export function storeTable({ rows, dim, data }: ItemTable, source: string): StageResult<TableFacts> {
  return { json: { source, rows, dim }, arrays: { table: { shape: [rows, dim], dtype: 'float32', data } } };
}

export function itemTable(result: StageResult): ItemTable {
  const { shape, data } = result.arrays.table;
  return { rows: shape[0], dim: shape[1], data: data as Float32Array };
}
