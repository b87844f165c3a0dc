/** Stage: a table that keeps one property of another and loses the rest (text/controlItemTables.ts). */
import { rescaledTable, sameSpectrumTable, whitenedTable } from '../../text/controlItemTables';
import type { StageFunction } from '../../pipeline/stage';
import { itemTable, storeTable, type TableFacts } from './storedTable';

export interface ControlTableConfig {
  control: 'spectrum' | 'rescaled' | 'whitened';
  seed: number;
  /** Of "rescaled": the spread as a multiple of the random table's; 1 if absent. */
  times?: number;
}

export const run: StageFunction<ControlTableConfig, TableFacts, { table: unknown }> = async (
  { control, seed, times = 1 },
  inputs,
) => {
  const table = itemTable(inputs.table);
  switch (control) {
    case 'spectrum':
      return storeTable(sameSpectrumTable(table, seed), control);
    case 'whitened':
      return storeTable(whitenedTable(table), control);
    case 'rescaled':
      // Xavier-normal, as SASRec draws its own table (method 7.2).
      return storeTable(rescaledTable(table, times * Math.sqrt(2 / (table.rows + table.dim))), control);
  }
};
