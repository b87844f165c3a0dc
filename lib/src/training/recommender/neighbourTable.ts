/**
 * Item vectors from which items are near each other in the training histories. A recommender adapted to the
 * data starts from them. With few events per item, random vectors have hardly been trained by the time the
 * model knows its users by heart. Uses no texts and no held-out items.
 */
import type { Dataset } from '../../data';
import { trainPart } from '../../data/splits';
import { type ItemTable, withPaddingRow } from '../../text/itemTable';
import type { SparseMatrix } from '../../text/sparseMatrix';
import { truncatedSvd } from '../../text/truncatedSvd';

/** Items at most this far apart in a history are neighbours. */
const REACH = 3;
/** Added to an item's sum of weights, so that a single neighbour says little. */
const SHRINKAGE = 1;
/** Standard deviation of the values, by that of the model's random table. */
const SCALE = 2;

/**
 * An item table from behaviour alone, [items + 1, dim], to start a recommender from.
 *
 * Row i is item i in the space of the leading singular vectors of the matrix of neighbours. Its entry (i, j)
 * is the sum of 1 / distance over all places where i and j are at most 3 apart in a training part, divided by
 * the root of both items' sums. Items without neighbours, and columns beyond the rank, are zero. The same
 * input and seed give the same table.
 * @example
 * ```ts
 * import { readOwn, trainRecommender } from 'elephant';
 * import { neighbourTable } from 'elephant/training';
 * const dataset = await readOwn('examples/shop');
 * const table = neighbourTable(dataset, { dim: 16, seed: 1 });
 * await trainRecommender({ dataset, table, variant: 'trainable', model: 'sasrec', dim: 16, epochs: 5 });
 * ```
 */
export function neighbourTable(dataset: Dataset, { dim, seed }: { dim: number; seed: number }): ItemTable {
  const { items } = dataset;
  const { left } = truncatedSvd(neighbours(dataset), dim, seed, { oversampling: 8, iterations: 4 });
  const xavier = Math.sqrt(2 / (items + 1 + dim));
  const vectors = new Float32Array(items * dim);
  left.forEach((vector, k) =>
    // A singular vector has length 1.
    vector.forEach((value, i) => (vectors[i * dim + k] = SCALE * xavier * Math.sqrt(items) * value)),
  );
  return withPaddingRow(vectors, items, dim);
}

/** Symmetric, items x items. */
function neighbours(dataset: Dataset): SparseMatrix {
  const { items } = dataset;
  const rows: Map<number, number>[] = Array.from({ length: items }, () => new Map());
  const add = (i: number, j: number, weight: number): void => {
    rows[i].set(j, (rows[i].get(j) ?? 0) + weight);
  };
  for (let user = 0; user < dataset.users; user++) {
    const part = trainPart(dataset, user);
    for (let at = 0; at < part.length; at++)
      for (let distance = 1; distance <= Math.min(REACH, at); distance++) {
        const [i, j] = [part[at] - 1, part[at - distance] - 1];
        add(i, j, 1 / distance);
        add(j, i, 1 / distance);
      }
  }
  const roots = rows.map((row) => Math.sqrt(SHRINKAGE + [...row.values()].reduce((a, b) => a + b, 0)));
  const entries = rows.reduce((sum, { size }) => sum + size, 0);
  const offsets = new Int32Array(items + 1);
  const indices = new Int32Array(entries);
  const values = new Float64Array(entries);
  let p = 0;
  rows.forEach((row, i) => {
    for (const [j, weight] of row) {
      indices[p] = j;
      values[p++] = weight / (roots[i] * roots[j]);
    }
    offsets[i + 1] = p;
  });
  return { rows: items, columns: items, offsets, indices, values };
}
