/**
 * BERT4Rec in its padded form, in plain JavaScript: the oracle for the packed one. Written from method 8.1,
 * slow and without any trick.
 */
import type { NamedHostTensors } from '../../lib/src/engine/types';

type Vector = number[];

/** Output vectors of all maxLength slots for one history of input ids (oldest first). */
export function paddedBert4rec(
  weights: NamedHostTensors,
  history: ArrayLike<number>,
  {
    items,
    dim,
    blocks,
    heads,
    maxLength,
  }: { items: number; dim: number; blocks: number; heads: number; maxLength: number },
): Vector[] {
  const vector = (name: string): Vector => Array.from(weights[name].data as Float32Array);
  const row = (name: string, i: number): Vector => vector(name).slice(i * dim, (i + 1) * dim);
  const dense = (name: string, x: Vector): Vector => {
    const kernel = weights[`${name}/kernel`].data;
    const bias = vector(`${name}/bias`);
    return bias.map((start, j) =>
      x.reduce((sum, value, i) => sum + value * kernel[i * bias.length + j], start),
    );
  };
  const norm = (name: string, x: Vector): Vector => {
    const mean = x.reduce((a, b) => a + b, 0) / dim;
    const s = Math.sqrt(x.reduce((a, b) => a + (b - mean) ** 2, 0) / (dim - 1));
    const [gain, bias] = [vector(`${name}/gain`), vector(`${name}/bias`)];
    return x.map((value, j) => ((value - mean) / (s + 1e-6)) * gain[j] + bias[j]);
  };
  const gelu = (x: number): number =>
    0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  const plus = (a: Vector, b: Vector): Vector => a.map((value, j) => value + b[j]);
  const size = dim / heads;
  const newest = Array.from(history).slice(-maxLength);
  const ids = [...new Array<number>(maxLength - newest.length).fill(0), ...newest];

  let x = ids.map((id, slot) =>
    plus(id === items + 1 ? vector('mask') : row('item/table', id), row('position', slot)),
  );
  for (let b = 0; b < blocks; b++) {
    const [q, k, v] = ['query', 'key', 'value'].map((part) =>
      x.map((value) => dense(`block${b}/attention/${part}`, value)),
    );
    x = x.map((value, i) => {
      const mixed = new Array<number>(dim).fill(0);
      for (let h = 0; h < heads; h++) {
        const span = Array.from({ length: size }, (_, e) => h * size + e);
        const scores = k.map((key, j) =>
          ids[j] === 0 ? -1e9 : span.reduce((sum, e) => sum + q[i][e] * key[e], 0) / Math.sqrt(size),
        );
        const most = Math.max(...scores);
        const exps = scores.map((score) => Math.exp(score - most));
        const total = exps.reduce((a, c) => a + c, 0);
        for (const e of span) mixed[e] = exps.reduce((sum, w, j) => sum + (w / total) * v[j][e], 0);
      }
      const h1 = norm(`block${b}/attentionNorm`, plus(value, dense(`block${b}/attention/output`, mixed)));
      return norm(
        `block${b}/forwardNorm`,
        plus(h1, dense(`block${b}/outer`, dense(`block${b}/inner`, h1).map(gelu))),
      );
    });
  }
  return x;
}
