/**
 * The layer norm by the sample deviation at its edges: one number a row, rows of equal numbers, rows far from
 * zero.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, sampleNorm, sgd } from '../../lib/src/engine';
import type { Engine, TrainingProgram } from '../../lib/src/engine';

const EPS = 1e-6;

describe.each(['cpu', 'tfjs'] as const)('sampleNorm on %s', (provider) => {
  let engine: Engine;
  beforeAll(async () => void (engine = await createEngine({ provider, threads: 1 })));
  afterAll(() => engine.dispose());

  /** Rows normed with gain 2 and bias 1, and the gradient of a weighted sum of them by the rows. */
  async function normed(rows: number[][]): Promise<{ values: number[]; gradient: number[] }> {
    const [n, d] = [rows.length, rows[0].length];
    const state = engine.createState({
      x: { shape: [n, d], dtype: 'float32', data: Float32Array.from(rows.flat()) },
    });
    const norm = (x: tf.Tensor): tf.Tensor => sampleNorm(x, tf.fill([d], 2), tf.ones([d]), EPS);
    const program: TrainingProgram = {
      name: 'norm',
      inputs: { w: { shape: [n, d], dtype: 'float32' } },
      optimizer: sgd({ learningRate: 1 }),
      loss: ({ x }, { w }) => tf.sum<tf.Scalar>(tf.mul(norm(x), w)),
    };
    const step = await engine.compileTraining(program, state);
    const { gradients } = await step.gradients({
      w: Float32Array.from({ length: n * d }, (_, i) => Math.cos(i)),
    });
    const forward = await engine.compile(
      { name: 'forward', inputs: {}, outputs: ({ x }) => ({ y: norm(x) }) },
      state,
    );
    return { values: Array.from((await forward.run({})).y.data), gradient: Array.from(gradients.x.data) };
  }

  it('gives the bias if a row has one number', async () => {
    expect(await normed([[3], [-5]])).toEqual({ values: [1, 1], gradient: [0, 0] });
  });

  it('gives the bias if all numbers of a row are equal, with a finite gradient', async () => {
    const { values, gradient } = await normed([
      [0, 0, 0, 0],
      [0.5, 0.5, 0.5, 0.5],
    ]);
    expect(values).toEqual(new Array(8).fill(1));
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  it('divides by the deviation with divisor d - 1, wherever the row lies', async () => {
    const row = [1, 2, 4, 9];
    const { values } = await normed([row, row.map((value) => value + 1000)]);
    const s = Math.sqrt(row.reduce((sum, value) => sum + (value - 4) ** 2, 0) / 3);
    values.forEach((value, i) => expect(value).toBeCloseTo(1 + (2 * (row[i % 4] - 4)) / (s + EPS), 4));
  });
});
