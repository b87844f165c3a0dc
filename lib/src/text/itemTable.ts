/**
 * The item table: one vector per item, row 0 (padding) zero. A language model, a lexical method or a control
 * passes it to SASRec and BERT4Rec (method 6.7). This file has only the type, its checks and its zero row.
 */
import { InputError } from '../errors';

/** One vector per item; row 0 (padding) is zero. */
export interface ItemTable {
  /** Number of items + 1; row i belongs to item id i. */
  readonly rows: number;
  readonly dim: number;
  /** Row-major, length rows * dim; the first `dim` values are zero. */
  readonly data: Float32Array;
}

/**
 * An ItemTable [items + 1, dim] from the vectors of all items, row-major [items, dim]. Their row i becomes
 * row i + 1, that of item id i + 1; row 0 is zero, for padding.
 * @throws InputError if there are not items * dim values.
 */
export function withPaddingRow(vectors: ArrayLike<number>, items: number, dim: number): ItemTable {
  if (vectors.length !== items * dim) {
    throw new InputError(
      'item table',
      `expected ${items} x ${dim} = ${items * dim} values, got ${vectors.length}`,
    );
  }
  const data = new Float32Array((items + 1) * dim);
  data.set(vectors, dim);
  return { rows: items + 1, dim, data };
}

const NO_PADDING = 'Put a row of zeros before that of the first item';

/**
 * Refuses a table that cannot belong to a catalogue of `items` items: wrong size, a padding row that is not
 * zero, a value that is not finite. A table with a missing text would otherwise shift every later row without
 * an error (method 2.6).
 */
export function checkItemTable(table: ItemTable, items: number, where = 'item table'): void {
  const { rows, dim, data } = table;
  if (rows !== items + 1) {
    throw new InputError(
      where,
      `expected ${items + 1} rows (${items} items and the padding row), got ${rows}`,
      rows === items ? NO_PADDING : 'Encode the items of this dataset again',
    );
  }
  if (!(data instanceof Float32Array))
    throw new InputError(
      where,
      `expected numbers as Float32Array, got ${Object.prototype.toString.call(data).slice(8, -1)}`,
    );
  if (data.length !== rows * dim)
    throw new InputError(where, `expected ${rows} x ${dim} = ${rows * dim} values, got ${data.length}`);
  for (let i = 0; i < dim; i++) {
    if (data[i] !== 0)
      throw new InputError(
        where,
        `expected row 0 (padding) to be zero, got ${data[i]} in column ${i}`,
        NO_PADDING,
      );
  }
  for (let i = dim; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new InputError(
        where,
        `expected finite values, got ${data[i]} in row ${Math.floor(i / dim)}, column ${i % dim}`,
      );
    }
  }
}
