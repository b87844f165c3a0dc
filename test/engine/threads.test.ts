/**
 * Several threads lose nothing: all rows that a gradient adds to one row are counted, with any number of
 * threads, to the bit.
 */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createEngine, sgd, type HostArray } from '../../lib/src/engine';

const [rows, dim] = [3, 48];

/** Row of each lookup. */
function idsOf(lookups: number): Int32Array {
  return Int32Array.from({ length: lookups }, (_, i) => i % rows);
}

async function gradients(threads: number, weights: Float32Array, runs: number): Promise<HostArray[]> {
  const lookups = weights.length;
  const ids = idsOf(lookups);
  const engine = await createEngine({ provider: 'cpu', threads });
  try {
    const state = engine.createState({
      table: { shape: [rows, dim], dtype: 'float32', data: new Float32Array(rows * dim) },
    });
    const step = await engine.compileTraining(
      {
        name: 'weighted rows',
        inputs: {
          ids: { shape: [lookups], dtype: 'int32' },
          weights: { shape: [lookups, 1], dtype: 'float32' },
        },
        loss: ({ table }, inputs) =>
          tf.sum(tf.mul(tf.gather(table, inputs.ids as tf.Tensor1D), inputs.weights)) as tf.Scalar,
        optimizer: sgd({ learningRate: 1 }),
      },
      state,
    );
    const results: HostArray[] = [];
    for (let run = 0; run < runs; run++)
      results.push((await step.gradients({ ids, weights })).gradients.table.data);
    return results;
  } finally {
    await engine.dispose();
  }
}

// Both are long enough for the runtime to spread them over threads; the shorter is scattered by columns, the
// longer by rows.
describe.each([
  [2, 5000],
  [4, 5000],
  [2, 20_000],
  [4, 20_000],
])('with %i threads and %i lookups', (threads, lookups) => {
  // Left to the runtime as one scatter, a run in ten lost rows.
  it('counts every row that is added', async () => {
    const expected = new Float32Array(rows * dim).map((_, i) =>
      idsOf(lookups).reduce((n, id) => n + (id === Math.floor(i / dim) ? 1 : 0), 0),
    );
    for (const counts of await gradients(threads, new Float32Array(lookups).fill(1), 50))
      expect(counts).toEqual(expected);
  }, 30_000);

  it('adds them in the order of one thread', async () => {
    const weights = Float32Array.from({ length: lookups }, (_, i) => Math.sin(i));
    const expected = new Float32Array(rows * dim);
    weights.forEach((w, i) => {
      for (let k = 0; k < dim; k++) expected[(i % rows) * dim + k] += w;
    });
    for (const sums of await gradients(threads, weights, 10)) expect(sums).toEqual(expected);
  }, 30_000);
});
