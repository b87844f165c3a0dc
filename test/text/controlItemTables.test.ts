import { describe, expect, it } from 'vitest';
import { rescaledTable, sameSpectrumTable, whitenedTable } from '../../lib/src/text/controlItemTables';
import { type ItemTable, checkItemTable, withPaddingRow } from '../../lib/src/text/itemTable';
import { createRandom } from '../../lib/src/random';
import { symmetricEigen } from '../../lib/src/text/symmetricEigen';

const random = createRandom(1);
const [items, dim] = [50, 6];
const table = withPaddingRow(
  Float32Array.from({ length: items * dim }, (_, i) => 0.5 + random.normal() * (1 + (i % dim))),
  items,
  dim,
);

function gram({ rows, dim, data }: ItemTable, centre: boolean): Float64Array[] {
  const mean = Array.from({ length: dim }, (_, j) => {
    let sum = 0;
    for (let i = 1; i < rows; i++) sum += data[i * dim + j];
    return centre ? sum / (rows - 1) : 0;
  });
  return Array.from({ length: dim }, (_, j) =>
    Float64Array.from({ length: dim }, (_, k) => {
      let sum = 0;
      for (let i = 1; i < rows; i++) sum += (data[i * dim + j] - mean[j]) * (data[i * dim + k] - mean[k]);
      return sum;
    }),
  );
}

describe('control tables', () => {
  it('same spectrum: equal singular values, other vectors', () => {
    const control = sameSpectrumTable(table, 5);
    checkItemTable(control, items);
    const [ours, given] = [control, table].map((t) => symmetricEigen(gram(t, false)).values);
    ours.forEach((value, k) => expect(value / given[k]).toBeCloseTo(1, 4));
    expect(control.data).not.toEqual(table.data);
    expect(sameSpectrumTable(table, 5).data).toEqual(control.data);
    expect(sameSpectrumTable(table, 6).data).not.toEqual(control.data);
  });

  it('whitened: mean zero, covariance the identity', () => {
    const covariance = gram(whitenedTable(table), true);
    covariance.forEach((row, j) => row.forEach((x, k) => expect(x / items).toBeCloseTo(j === k ? 1 : 0, 4)));
  });

  it('whitened: a direction without variance stays zero instead of noise', () => {
    const flat = withPaddingRow(
      Float32Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? i : 3)),
      10,
      2,
    );
    const white = whitenedTable(flat);
    for (let i = 1; i < white.rows; i++) expect(white.data[i * 2 + 1]).toBeCloseTo(0, 6);
  });

  it('rescaled: the standard deviation asked for, directions kept', () => {
    const scaled = rescaledTable(table, 0.02);
    let squares = 0;
    let sum = 0;
    for (const x of scaled.data.subarray(dim)) [sum, squares] = [sum + x, squares + x * x];
    const count = items * dim;
    expect(Math.sqrt(squares / count - (sum / count) ** 2)).toBeCloseTo(0.02, 6);
    expect(scaled.data[dim] / scaled.data[dim + 1]).toBeCloseTo(table.data[dim] / table.data[dim + 1], 4);
    expect(() => rescaledTable(withPaddingRow([1, 1, 1, 1], 2, 2), 1)).toThrow(/constant/);
  });

  it('a table of another catalogue, with a padding row or a NaN, is refused by name', () => {
    expect(() => checkItemTable(table, items + 1)).toThrow(/expected 52 rows .* got 51/);
    const broken = { ...table, data: table.data.slice() };
    broken.data[dim * 3 + 2] = NaN;
    expect(() => checkItemTable(broken, items)).toThrow(/NaN in row 3, column 2/);
    broken.data[0] = 1;
    expect(() => checkItemTable(broken, items)).toThrow(/padding/);
  });
});
