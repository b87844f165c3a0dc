/** An item table as a stage result and back. */
import type { ItemTable } from '../../text';
import type { Json } from '../../pipeline/contentKey';
import type { StageResult } from '../../pipeline/stage';

export function storeTable({ rows, dim, data }: ItemTable, facts: Record<string, Json>): StageResult {
  return { json: { ...facts, rows, dim }, arrays: { table: { shape: [rows, dim], dtype: 'float32', data } } };
}

export function itemTable(result: StageResult): ItemTable {
  const { shape, data } = result.arrays.table;
  return { rows: shape[0], dim: shape[1], data: data as Float32Array };
}
