/** A tensor that joins the training later: its Adam counts its own updates, as PyTorch's does. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createEngine } from '../../../lib/src/engine';
import { adamW } from '../../../lib/src/engine/optimizers';
import type { Optimizer } from '../../../lib/src/engine/types';
import { countedFrom, STEPS_BEFORE } from '../../../lib/src/training/language/countedFrom';

it('moves the late tensor as if training had begun with it, and the others as before', async () => {
  const vector = (...data: number[]) => ({
    shape: [data.length],
    dtype: 'float32' as const,
    data: Float32Array.from(data),
  });
  const program = (optimizer: Optimizer, trained: readonly string[]) => ({
    name: 'late',
    inputs: {},
    optimizer,
    trainable: (name: string) => trained.includes(name),
    loss: (params: Record<string, tf.Tensor>) =>
      tf.add(tf.sum(tf.square(params.early)), tf.sum(tf.square(params.late))) as tf.Scalar,
  });
  const engine = await createEngine({ threads: 1 });
  try {
    const plain = adamW({ learningRate: 0.1, weightDecay: 0 });
    const start = { early: vector(1, -2), late: vector(0.5, 3) };
    const run = async (
      optimizer: (late: boolean) => Optimizer,
      before: number,
      feeds: Record<string, number>,
    ) => {
      const state = engine.createState(start);
      const first = await engine.compileTraining(program(optimizer(false), ['early']), state);
      for (let k = 0; k < before; k++) await first.run({});
      const second = await engine.compileTraining(program(optimizer(true), ['early', 'late']), state);
      for (let k = 0; k < 3; k++) await second.run(feeds);
      const values = [(await state.read('early')).data, (await state.read('late')).data].map((data) => [
        ...data,
      ]);
      first.dispose();
      second.dispose();
      state.dispose();
      return values;
    };
    const [early, late] = await run((joined) => (joined ? countedFrom(plain, 'late') : plain), 800, {
      [STEPS_BEFORE]: 800,
    });
    const [common, tooFar] = await run(() => plain, 800, {});
    const [, fresh] = await run(() => plain, 0, {});
    late.forEach((x, i) => expect(x).toBeCloseTo(fresh[i], 6));
    early.forEach((x, i) => expect(x).toBeCloseTo(common[i], 6));
    // The fault that this prevents.
    expect(Math.abs(tooFar[1] - 3)).toBeGreaterThan(2 * Math.abs(fresh[1] - 3));
  } finally {
    await engine.dispose();
  }
});
