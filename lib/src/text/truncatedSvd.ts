/**
 * The largest singular values and left singular vectors of a sparse matrix, by a seeded random sketch and
 * subspace iteration (Halko, Martinsson and Tropp 2011). Exact to rounding if dim + oversampling reaches
 * the rank; otherwise the leading vectors are accurate and the last few approximate, the same on every
 * machine for the same seed.
 */
import { createRandom } from '../random';
import { type SparseMatrix, multiply, multiplyTransposed } from './sparseMatrix';
import { symmetricEigen } from './symmetricEigen';

export interface TruncatedSvd {
  /** Descending, length min(dim, rank found). */
  readonly values: Float64Array;
  /** left[k] is the unit left singular vector of values[k], length rows. */
  readonly left: Float64Array[];
}

export interface TruncatedSvdOptions {
  /** Extra sketch columns beyond `dim`. */
  oversampling?: number;
  /** Passes of A^T and A over the sketch; 6 for small dimensions, 2 above 256, where each costs seconds. */
  iterations?: number;
}

export function truncatedSvd(
  a: SparseMatrix,
  dim: number,
  seed: number,
  options: TruncatedSvdOptions = {},
): TruncatedSvd {
  const { oversampling = 16, iterations = dim > 256 ? 2 : 6 } = options;
  const width = Math.min(dim + oversampling, a.rows, a.columns);
  const random = createRandom(seed);
  let right: Float64Array[] = Array.from({ length: width }, () =>
    Float64Array.from({ length: a.columns }, () => random.normal()),
  );
  for (let i = 0; i < iterations; i++) {
    right = orthonormalise(right.map((x) => multiplyTransposed(a, multiply(a, x))));
  }
  // With orthonormal Q: B = A^T Q has Q^T A A^T Q = B^T B, whose eigenvectors turn Q into left singular
  // vectors.
  const q = orthonormalise(right.map((x) => multiply(a, x)));
  const b = q.map((column) => multiplyTransposed(a, column));
  const { values, vectors } = symmetricEigen(gram(b));
  const floor = (values[0] ?? 0) * 1e-12;
  const kept = Math.min(dim, values.filter((value) => value > floor).length);
  const left = Array.from({ length: kept }, (_, k) => orient(combine(q, vectors[k])));
  return { values: values.slice(0, kept).map(Math.sqrt), left };
}

/** Gram-Schmidt, twice over for orthogonality to rounding; columns that vanish are dropped. */
export function orthonormalise(columns: readonly Float64Array[]): Float64Array[] {
  const kept: Float64Array[] = [];
  for (const column of columns) {
    const v = column.slice();
    const before = Math.sqrt(dot(v, v));
    for (let pass = 0; pass < 2; pass++) {
      for (const u of kept) {
        const projection = dot(u, v);
        for (let i = 0; i < v.length; i++) v[i] -= projection * u[i];
      }
    }
    const length = Math.sqrt(dot(v, v));
    if (length > 1e-10 * before && length > 0) kept.push(v.map((x) => x / length));
  }
  return kept;
}

function gram(columns: readonly Float64Array[]): Float64Array[] {
  return columns.map((x, i) =>
    Float64Array.from({ length: columns.length }, (_, j) => (j <= i ? dot(x, columns[j]) : 0)),
  );
}

function combine(columns: readonly Float64Array[], weights: Float64Array): Float64Array {
  const sum = new Float64Array(columns[0].length);
  columns.forEach((column, k) => {
    const weight = weights[k];
    for (let i = 0; i < sum.length; i++) sum[i] += weight * column[i];
  });
  return sum;
}

/** A singular vector is free in sign: the entry of largest magnitude is made positive. */
function orient(v: Float64Array): Float64Array {
  let largest = 0;
  for (const x of v) if (Math.abs(x) > Math.abs(largest)) largest = x;
  return largest < 0 ? v.map((x) => -x) : v;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}
