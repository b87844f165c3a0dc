/** Several threads lose nothing: all rows that a gradient adds to one row are counted, with any number of threads, to the bit. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createEngine, sgd, type HostArray } from '../../lib/src/engine';

// Long enough for the runtime to spread it over threads.
const [rows, dim, lookups] = [3, 48, 20_000];
const ids = Int32Array.from({ length: lookups }, (_, i) => i % rows);

async function gradients(threads: number, weights: Float32Array, runs: number): Promise<HostArray[]> {
  const engine = await createEngine({ provider: 'cpu', threads });
  try {
    const state = engine.createState({ table: { shape: [rows, dim], dtype: 'float32', data: new Float32Array(rows * dim) } });
    const step = await engine.compileTraining(
      {
        name: 'weighted rows',
        inputs: { ids: { shape: [lookups], dtype: 'int32' }, weights: { shape: [lookups, 1], dtype: 'float32' } },
        loss: ({ table }, inputs) => tf.sum(tf.mul(tf.gather(table, inputs.ids as tf.Tensor1D), inputs.weights)) as tf.Scalar,
        optimizer: sgd({ learningRate: 1 }),
      },
      state,
    );
    const results: HostArray[] = [];
    for (let run = 0; run < runs; run++) results.push((await step.gradients({ ids, weights })).gradients.table.data);
    return results;
  } finally {
    await engine.dispose();
  }
}

describe.each([1, 2, 4])('with %i threads', (threads) => {
  // Left to the runtime as one scatter, a run in ten lost rows.
  it('counts every row that is added', async () => {
    const expected = new Float32Array(rows * dim).map((_, i) => ids.reduce((n, id) => n + (id === Math.floor(i / dim) ? 1 : 0), 0));
    for (const counts of await gradients(threads, new Float32Array(lookups).fill(1), 100)) expect(counts).toEqual(expected);
  }, 30_000);

  it('adds them in the order of one thread', async () => {
    const weights = Float32Array.from({ length: lookups }, (_, i) => Math.sin(i));
    const [expected] = await gradients(1, weights, 1);
    for (const sums of await gradients(threads, weights, 20)) expect(sums).toEqual(expected);
  }, 30_000);
});
