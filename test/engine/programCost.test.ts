/** What a run of a program costs, against counts by hand. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { sgd } from '../../lib/src/engine/optimizers';
import { adam } from '../../lib/src/engine/optimizers';
import { forwardCost, type ProgramCost, trainingCost } from '../../lib/src/engine/programCost';
import type { NamedSpecs, Program, TrainingProgram } from '../../lib/src/engine/types';

const float = (...shape: number[]) => ({ shape, dtype: 'float32' as const });
const flopOf = ({ kernels }: ProgramCost): number => kernels.reduce((sum, { flop }) => sum + flop, 0);
const movedBy = ({ kernels }: ProgramCost): number => kernels.reduce((sum, { bytes }) => sum + bytes, 0);

/** x [8, 4] times w [4, 3]. */
const product: Program = {
  name: 'product',
  inputs: { x: float(8, 4) },
  outputs: ({ w }, { x }) => ({ y: tf.matMul(x as Tensor2D, w as Tensor2D) }),
};
const weights: NamedSpecs = { w: float(4, 3) };

test('a product: two FLOP a multiply-add, its matrices read once and its result written', () => {
  const cost = forwardCost(product, weights);
  expect(cost.kernels).toEqual([{ flop: 2 * 8 * 4 * 3, bytes: 4 * (8 * 4 + 4 * 3 + 8 * 3) }]);
  expect(cost).toMatchObject({ peakBytes: 4 * (32 + 12 + 24), stateBytes: 4 * 12, feedBytes: 4 * (32 + 24) });
});

test('a transposed product has as many FLOP', () => {
  const turned: Program = {
    ...product,
    inputs: { x: float(4, 8) },
    outputs: ({ w }, { x }) => ({ y: tf.matMul(x as Tensor2D, w as Tensor2D, true, false) }),
  };
  expect(flopOf(forwardCost(turned, weights))).toBe(2 * 8 * 4 * 3);
});

test('what nobody reads any more makes room; a view takes none', () => {
  const chain = (outputs: Program['outputs']): ProgramCost =>
    forwardCost({ name: 'chain', inputs: { x: float(1000) }, outputs }, {});
  // x stays, and of the chain two at a time.
  const long = chain((_, { x }) => ({ y: tf.exp(tf.tanh(tf.exp(tf.tanh(x)))) }));
  expect(long.peakBytes).toBe(3 * 4000);
  expect(movedBy(long)).toBe(4 * 2 * 4000);
  const kept = chain((_, { x }) => {
    const first = tf.tanh(x);
    return { y: tf.add(tf.exp(tf.tanh(tf.exp(first))), first) };
  });
  expect(kept.peakBytes).toBe(4 * 4000);
  const viewed = chain((_, { x }) => ({ y: tf.tanh(tf.reshape(tf.tanh(x), [10, 100])) }));
  expect(viewed).toMatchObject({ peakBytes: 3 * 4000, kernels: { length: 2 } });
});

test('a look-up reads its rows, not the table', () => {
  const lookUp: Program = {
    name: 'look-up',
    inputs: { ids: { shape: [5], dtype: 'int32' } },
    outputs: ({ table }, { ids }) => ({ y: tf.gather(table, ids as tf.Tensor1D) }),
  };
  const cost = forwardCost(lookUp, { table: float(10_000, 16) });
  expect(movedBy(cost)).toBeLessThan(2 * 4 * 5 * 16 + 200);
  expect(cost.peakBytes).toBeGreaterThan(4 * 160_000);
});

test('a training step: both products of the gradient, and weights and slots in and out', () => {
  const training = (optimizer: TrainingProgram['optimizer']): ProgramCost =>
    trainingCost(
      {
        name: 'two layers',
        inputs: { x: float(8, 4) },
        optimizer,
        loss: ({ w, v }, { x }) =>
          tf.mean(tf.matMul(tf.tanh(tf.matMul(x as Tensor2D, w as Tensor2D)), v as Tensor2D)) as Scalar,
      },
      { ...weights, v: float(3, 2) },
    );
  // Forward two products; backward two for the weights, and one to reach the first layer.
  const [first, second] = [2 * 8 * 4 * 3, 2 * 8 * 3 * 2];
  const plain = training(sgd({ learningRate: 1 }));
  expect(flopOf(plain)).toBe(2 * first + 3 * second);
  expect(plain.stateBytes).toBe(2 * 4 * (12 + 6));
  expect(training(adam({ learningRate: 1 })).stateBytes).toBe(3 * plain.stateBytes);
});

test('mixed precision: the same FLOP, casts as operators, and what products keep at half the size', () => {
  const layers = Array.from({ length: 8 }, (_, i) => `w${i}`);
  const chain: TrainingProgram = {
    name: 'eight layers',
    inputs: { x: float(4096, 16) },
    optimizer: sgd({ learningRate: 1 }),
    loss: (params, { x }) => {
      const last = layers.reduce((h, name) => tf.matMul(h, params[name] as Tensor2D), x as Tensor2D);
      return tf.mean(tf.square(last)) as Scalar;
    },
  };
  const square = Object.fromEntries(layers.map((name) => [name, float(16, 16)]));
  const [single, mixed] = (['single', 'mixed'] as const).map((each) => trainingCost(chain, square, each));
  expect(flopOf(mixed)).toBe(flopOf(single));
  expect(mixed.kernels.length).toBeGreaterThan(single.kernels.length + 2 * layers.length);
  expect(mixed.stateBytes).toBe(single.stateBytes);
  // The input, and seven layers in float16 instead of float32, besides what comes and goes.
  const layer = 4 * 4096 * 16;
  expect(single.peakBytes).toBeGreaterThan(8 * layer);
  expect(mixed.peakBytes).toBeLessThan(single.peakBytes - 2 * layer);
  expect(mixed.peakBytes).toBeGreaterThan(4.5 * layer);
});
