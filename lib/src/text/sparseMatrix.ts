/** A sparse matrix in compressed rows, with the two products that a truncated SVD needs. */

export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Length rows + 1: entries of row i are offsets[i] .. offsets[i + 1] - 1. */
  readonly offsets: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/** A x for a dense vector x of length columns. */
export function multiply(a: SparseMatrix, x: Float64Array): Float64Array {
  const y = new Float64Array(a.rows);
  for (let i = 0; i < a.rows; i++) {
    let sum = 0;
    for (let p = a.offsets[i]; p < a.offsets[i + 1]; p++) sum += a.values[p] * x[a.indices[p]];
    y[i] = sum;
  }
  return y;
}

/** A^T y for a dense vector y of length rows. */
export function multiplyTransposed(a: SparseMatrix, y: Float64Array): Float64Array {
  const x = new Float64Array(a.columns);
  for (let i = 0; i < a.rows; i++) {
    const yi = y[i];
    if (yi !== 0) for (let p = a.offsets[i]; p < a.offsets[i + 1]; p++) x[a.indices[p]] += a.values[p] * yi;
  }
  return x;
}
