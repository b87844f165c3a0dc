/** In a notebook, a table or a figure in the last line of a cell shows itself. Imported for its effect. */
import type { ComparisonTable } from '../../experiments/measured';
import { showLastValues } from '../../jupyter/kernel/lastValue';
import type { Figure } from '../figures/figure';
import { show } from './show';
import type { Table } from './table';

showLastValues(async (value) => {
  if (isTable(value)) show.table(value);
  else if (isFigure(value)) await show.figure(value);
  else return false;
  return true;
});

function isTable(value: unknown): value is ComparisonTable | Table {
  if (!isObject(value) || !Array.isArray(value.columns) || !Array.isArray(value.rows)) return false;
  if ('id' in value) return typeof value.title === 'string' && Array.isArray(value.notes);
  const known = Object.keys(value).every((key) => ['columns', 'rows', 'caption'].includes(key));
  return known && value.rows.every(Array.isArray);
}

function isFigure(value: unknown): value is Figure {
  return (
    isObject(value) && typeof value.alt === 'string' && Array.isArray(value.data) && isObject(value.layout)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
