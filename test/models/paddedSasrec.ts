/**
 * SASRec in its padded form, position by position in plain JavaScript: the oracle for the packed one. Written
 * from method 7.1, slow and without any trick.
 */
import type { NamedHostTensors } from '../../lib/src/engine/types';

type Vector = number[];

export interface PaddedOptions {
  dim: number;
  blocks: number;
  heads: number;
  maxLength: number;
  padding: 'attended' | 'masked';
}

/** Output vectors of all maxLength slots for one history (oldest first). */
export function paddedSasrec(
  weights: NamedHostTensors,
  history: ArrayLike<number>,
  { dim, blocks, heads, maxLength, padding }: PaddedOptions,
): Vector[] {
  const row = (name: string, i: number): Vector =>
    Array.from(weights[name].data.subarray(i * dim, (i + 1) * dim) as Float32Array);
  const vector = (name: string): Vector => Array.from(weights[name].data as Float32Array);
  const dense = (name: string, x: Vector): Vector => {
    const kernel = weights[`${name}/kernel`].data;
    return vector(`${name}/bias`).map((bias, j) =>
      x.reduce((sum, value, i) => sum + value * kernel[i * dim + j], bias),
    );
  };
  const norm = (name: string, x: Vector): Vector => {
    const mean = x.reduce((a, b) => a + b, 0) / dim;
    const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / dim;
    const [gain, bias] = [vector(`${name}/gain`), vector(`${name}/bias`)];
    return x.map((value, j) => ((value - mean) / Math.sqrt(variance + 1e-8)) * gain[j] + bias[j]);
  };
  const plus = (a: Vector, b: Vector): Vector => a.map((value, j) => value + b[j]);
  const zero = new Array<number>(dim).fill(0);
  const newest = Array.from(history).slice(-maxLength);
  const ids = [...new Array<number>(maxLength - newest.length).fill(0), ...newest];

  let x = ids.map((id, slot) =>
    id === 0
      ? zero
      : plus(
          row('item/table', id).map((value) => value * Math.sqrt(dim)),
          row('position', slot),
        ),
  );
  for (let b = 0; b < blocks; b++) {
    const query = x.map((value) => norm(`block${b}/queryNorm`, value));
    const q = query.map((value) => dense(`block${b}/attention/query`, value));
    const k = x.map((value) => dense(`block${b}/attention/key`, value));
    const v = x.map((value) => dense(`block${b}/attention/value`, value));
    x = x.map((_, i) => {
      if (ids[i] === 0) return zero;
      const weightsOf = Array.from({ length: heads }, (_head, head) => {
        const own = (value: Vector): Vector => value.slice((head * dim) / heads, ((head + 1) * dim) / heads);
        const scores = k
          .slice(0, i + 1)
          .map((key, j) =>
            padding === 'masked' && ids[j] === 0
              ? -Infinity
              : own(key).reduce((sum, value, e) => sum + value * own(q[i])[e], 0) / Math.sqrt(dim / heads),
          );
        const most = Math.max(...scores);
        const masses = scores.map((score) => Math.exp(score - most));
        const total = masses.reduce((a, c) => a + c, 0);
        return masses.map((mass) => mass / total);
      });
      const mixed = zero.map((_zero, e) =>
        weightsOf[Math.floor((e * heads) / dim)].reduce((sum, w, j) => sum + w * v[j][e], 0),
      );
      const attended = norm(
        `block${b}/forwardNorm`,
        plus(query[i], dense(`block${b}/attention/output`, mixed)),
      );
      const inner = dense(`block${b}/inner`, attended).map((value) => Math.max(0, value));
      return plus(attended, dense(`block${b}/outer`, inner));
    });
  }
  return x.map((value) => norm('outputNorm', value));
}
