/**
 * Eigenvalues and eigenvectors of a real symmetric matrix: Householder reduction to a tridiagonal matrix,
 * then QL steps with implicit shifts. For matrices up to about a thousand rows.
 */

export interface SymmetricEigen {
  /** Descending. */
  readonly values: Float64Array;
  /** vectors[k] is the unit eigenvector of values[k]. */
  readonly vectors: Float64Array[];
}

/** `rows` are the rows of the matrix (only its lower triangle is read); they are left unchanged. */
export function symmetricEigen(rows: readonly Float64Array[]): SymmetricEigen {
  const n = rows.length;
  const { diagonal, off, basis } = tridiagonalise(rows.map((row) => row.slice()));
  diagonaliseTridiagonal(diagonal, off, basis);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => diagonal[j] - diagonal[i] || i - j);
  return { values: Float64Array.from(order, (i) => diagonal[i]), vectors: order.map((i) => basis[i]) };
}

/**
 * T = Q^T A Q with T tridiagonal. Returns T's diagonal, its off-diagonal (off[i] couples i and i + 1) and the
 * columns of Q as rows of `basis`, so that later rotations work on contiguous memory.
 */
function tridiagonalise(a: Float64Array[]): {
  diagonal: Float64Array;
  off: Float64Array;
  basis: Float64Array[];
} {
  const n = a.length;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[j][i] = a[i][j];
  const off = new Float64Array(n);
  const reflectors: Reflector[] = [];
  for (let k = 0; k + 2 < n; k++) {
    // Reflect column k below the diagonal onto its first entry: v = x + sign(x0) |x| e0, H = I - 2 v v^T /
    // v.v
    const v = new Float64Array(n);
    let squares = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = a[i][k];
      squares += v[i] * v[i];
    }
    const tail = squares - v[k + 1] * v[k + 1];
    if (tail <= Number.MIN_VALUE) {
      off[k] = v[k + 1];
      continue;
    }
    const length = Math.sqrt(squares);
    const alpha = v[k + 1] > 0 ? -length : length;
    off[k] = alpha;
    v[k + 1] -= alpha;
    const norm = Math.sqrt(tail + v[k + 1] * v[k + 1]);
    for (let i = k + 1; i < n; i++) v[i] /= norm;
    // A <- H A H = A - 2 v w^T - 2 w v^T with w = A v - (v . A v) v
    const w = new Float64Array(n);
    let vAv = 0;
    for (let i = k + 1; i < n; i++) {
      const row = a[i];
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += row[j] * v[j];
      w[i] = sum;
      vAv += v[i] * sum;
    }
    for (let i = k + 1; i < n; i++) w[i] -= vAv * v[i];
    for (let i = k + 1; i < n; i++) {
      const row = a[i];
      const [vi, wi] = [2 * v[i], 2 * w[i]];
      for (let j = k + 1; j < n; j++) row[j] -= vi * w[j] + wi * v[j];
    }
    reflectors.push({ vector: v, start: k + 1 });
  }
  if (n > 1) off[n - 2] = a[n - 1][n - 2];

  return { diagonal: Float64Array.from(a, (row, i) => row[i]), off, basis: productOf(reflectors, n) };
}

/** H = I - 2 v v^T, with v of length 1, and 0 before `start`. */
interface Reflector {
  vector: Float64Array;
  start: number;
}

/** The columns of the product of all reflectors. */
function productOf(reflectors: readonly Reflector[], n: number): Float64Array[] {
  const columns = Array.from({ length: n }, (_, i) => {
    const column = new Float64Array(n);
    column[i] = 1;
    return column;
  });
  for (const column of columns) {
    for (let r = reflectors.length - 1; r >= 0; r--) {
      const { vector, start } = reflectors[r];
      let dot = 0;
      for (let i = start; i < n; i++) dot += vector[i] * column[i];
      if (dot !== 0) for (let i = start; i < n; i++) column[i] -= 2 * dot * vector[i];
    }
  }
  return columns;
}

/**
 * QL with implicit Wilkinson shifts; `basis` rows (columns of Q) are rotated along and become the
 * eigenvectors.
 */
function diagonaliseTridiagonal(d: Float64Array, e: Float64Array, basis: Float64Array[]): void {
  const n = d.length;
  for (let low = 0; low < n; low++) {
    for (let iteration = 0; ; iteration++) {
      let m = low;
      while (m < n - 1 && Math.abs(e[m]) > Number.EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
      if (m === low) break;
      if (iteration === 60)
        throw new Error(`symmetricEigen: no convergence at eigenvalue ${low} of ${n}; is the matrix finite?`);
      let shift = (d[low + 1] - d[low]) / (2 * e[low]);
      shift = d[m] - d[low] + e[low] / (shift + Math.sign(shift || 1) * Math.hypot(shift, 1));
      let [sine, cosine, carry] = [1, 1, 0];
      let split = false;
      for (let i = m - 1; i >= low; i--) {
        const f = sine * e[i];
        const b = cosine * e[i];
        const r = Math.hypot(f, shift);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] -= carry;
          e[m] = 0;
          split = true;
          break;
        }
        sine = f / r;
        cosine = shift / r;
        const g = d[i + 1] - carry;
        const t = (d[i] - g) * sine + 2 * cosine * b;
        carry = sine * t;
        d[i + 1] = g + carry;
        shift = cosine * t - b;
        const [upper, lower] = [basis[i + 1], basis[i]];
        for (let k = 0; k < n; k++) {
          const x = upper[k];
          upper[k] = sine * lower[k] + cosine * x;
          lower[k] = cosine * lower[k] - sine * x;
        }
      }
      if (split) continue;
      d[low] -= carry;
      e[low] = shift;
      e[m] = 0;
    }
  }
}
