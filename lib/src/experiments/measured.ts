/**
 * A measured value over seeds, and tables of such values beside the paper's. Computed from stored results;
 * report/ shows them.
 */

import type { UserInterval } from './pairedInterval';

/** A value measured with several seeds. */
export interface Measured {
  readonly mean: number;
  /** Sample standard deviation over seeds; undefined with one seed. */
  readonly spread: number | undefined;
  readonly values: readonly number[];
}

/** A column of a comparison table. */
export interface TableColumn {
  readonly id: string;
  readonly label: string;
  /** Columns of one group have a common heading. */
  readonly group?: string;
}

/** A number of the paper beside ours. */
export interface TableCell {
  /** As printed in the paper, in the table's unit. */
  readonly paper?: number;
  /** As measured by us, in the table's unit. */
  readonly ours?: Measured;
  /**
   * Of Table 3 and the table of equal scales: 95 % interval over users of how far ours lies above the model
   * that starts at random, in percent of that one. Of Table 1: above the model whose layers are all tuned.
   */
  readonly gain?: UserInterval;
}

/** One metric on one dataset. */
export interface TableRow {
  readonly dataset: string;
  readonly metric: string;
  /** How many users our numbers are means over; absent in results that were written before it was kept. */
  readonly users?: number;
  readonly cells: Readonly<Record<string, TableCell>>;
}

/**
 * One of the paper's tables: what was printed, what was measured, and what a reader must know to compare
 * them.
 */
export interface ComparisonTable {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  readonly notes: readonly string[];
}

/**
 * Mean and spread of `values`, one per seed. @throws RangeError for no value.
 * @example
 * ```ts
 * import { measured } from 'elephant';
 * console.log(measured([0.31, 0.33])); // mean 0.32, spread 0.0141
 * ```
 */
export function measured(values: readonly number[]): Measured {
  if (values.length === 0) throw new RangeError('measured: expected at least one value, got none');
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : undefined, values };
}
