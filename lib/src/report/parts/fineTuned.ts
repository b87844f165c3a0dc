import type { ComparisonTable } from '../../experiments/measured';
import { compareColumns } from '../display/compareColumns';

/** What the FT table is worth among all items, in a sentence. */
export function fineTuned(table: ComparisonTable): string[] {
  const has = (id: string): boolean => table.columns.some((column) => column.id === id);
  return has('FT') && has('SAS') ? [compareColumns(table, 'FT', 'SAS', 'N@10')] : [];
}
