/**
 * Item tables that keep one property of a given table and destroy another, as controls for what an
 * initialiser contributes: its spectrum without its meaning, its meaning without its spectrum, or its scale.
 * Pure functions of a table.
 */
import { InputError } from '../errors';
import { type ItemTable, withPaddingRow } from './itemTable';
import { createRandom } from '../random';
import { symmetricEigen } from './symmetricEigen';
import { orthonormalise } from './truncatedSvd';

/**
 * Random vectors with exactly the singular values of `table` (without the padding row): items are similar
 * only by chance.
 */
export function sameSpectrumTable(table: ItemTable, seed: number): ItemTable {
  const items = table.rows - 1;
  const random = createRandom(seed);
  const gaussian = (length: number, count: number): Float64Array[] =>
    orthonormalise(Array.from({ length: count }, () => Float64Array.from({ length }, () => random.normal())));
  const singular = symmetricEigen(gramOf(table)).values.map((value) => Math.sqrt(Math.max(0, value)));
  const rank = Math.min(items, table.dim);
  const left = gaussian(items, rank);
  const right = gaussian(table.dim, rank);
  const vectors = new Float64Array(items * table.dim);
  for (let k = 0; k < rank; k++) {
    for (let i = 0; i < items; i++) {
      const weight = left[k][i] * singular[k];
      for (let j = 0; j < table.dim; j++) vectors[i * table.dim + j] += weight * right[k][j];
    }
  }
  return withPaddingRow(vectors, items, table.dim);
}

/**
 * Centred, and every direction scaled to variance 1 (ZCA: as near to the given table as whitening allows).
 * Directions with less than 1e-6 of the largest variance carry rounding only and become zero.
 */
export function whitenedTable(table: ItemTable): ItemTable {
  const { dim } = table;
  const items = table.rows - 1;
  const mean = columnMeans(table);
  const covariance = gramOf(table);
  for (let j = 0; j < dim; j++)
    for (let k = 0; k <= j; k++) covariance[j][k] = covariance[j][k] / items - mean[j] * mean[k];
  const { values, vectors } = symmetricEigen(covariance);
  const transform = Array.from({ length: dim }, () => new Float64Array(dim));
  values.forEach((value, e) => {
    if (value <= values[0] * 1e-6) return;
    const scale = 1 / Math.sqrt(value);
    for (let j = 0; j < dim; j++)
      for (let k = 0; k < dim; k++) transform[j][k] += scale * vectors[e][j] * vectors[e][k];
  });
  const out = new Float64Array(items * dim);
  for (let i = 0; i < items; i++) {
    for (let j = 0; j < dim; j++) {
      const centred = table.data[(i + 1) * dim + j] - mean[j];
      for (let k = 0; k < dim; k++) out[i * dim + k] += centred * transform[j][k];
    }
  }
  return withPaddingRow(out, items, dim);
}

/**
 * A copy of `table`, multiplied by one factor so that the standard deviation of all its entries but the
 * padding row is `std` (the diagnostic of D35).
 * @throws InputError for a table whose entries are all equal.
 */
export function rescaledTable(table: ItemTable, std: number): ItemTable {
  const entries = table.data.subarray(table.dim);
  let [sum, squares] = [0, 0];
  for (const x of entries) {
    sum += x;
    squares += x * x;
  }
  const mean = sum / entries.length;
  const present = Math.sqrt(Math.max(0, squares / entries.length - mean * mean));
  if (!(present > 0))
    throw new InputError('rescaledTable', 'expected a table whose entries differ, got a constant one');
  return withPaddingRow(
    entries.map((x) => (x * std) / present),
    table.rows - 1,
    table.dim,
  );
}

function columnMeans(table: ItemTable): Float64Array {
  const mean = new Float64Array(table.dim);
  for (let i = table.dim; i < table.data.length; i++) mean[i % table.dim] += table.data[i] / (table.rows - 1);
  return mean;
}

/** X^T X of the table without its padding row; lower triangle. */
function gramOf({ rows, dim, data }: ItemTable): Float64Array[] {
  const gram = Array.from({ length: dim }, () => new Float64Array(dim));
  for (let i = 1; i < rows; i++) {
    for (let j = 0; j < dim; j++) {
      const x = data[i * dim + j];
      const row = gram[j];
      for (let k = 0; k <= j; k++) row[k] += x * data[i * dim + k];
    }
  }
  return gram;
}
