/** Names that occur twice: of an input, a weight and an output. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine, exportOnnx, sgd, type Program, type TrainingProgram } from '../../lib/src/engine';
import * as ort from '../../lib/src/engine/runtime/onnxRuntime';
import { freshFolder } from '../support/folders';

const vector = (...values: number[]) => ({
  shape: [values.length],
  dtype: 'float32' as const,
  data: Float32Array.from(values),
});
const inputs: Program['inputs'] = { x: { shape: [2], dtype: 'float32' } };

/** x of the state times x of the inputs, plus a weight called as the result is. */
const training: TrainingProgram = {
  name: 'namesakes',
  inputs,
  loss: (weights, { x }) => tf.add<tf.Scalar>(tf.sum(tf.mul(weights.x, x)), tf.sum(tf.square(weights.loss))),
  optimizer: sgd({ learningRate: 1 }),
};

describe.each(['cpu', 'tfjs'] as const)('on %s', (provider) => {
  const opening = createEngine({ provider, threads: 1 });
  afterAll(async () => (await opening).dispose());

  it('a weight may have the name of an input, or be called "loss"', async () => {
    const engine = await opening;
    const state = engine.createState({ x: vector(2, 3), loss: vector(5) });
    const step = await engine.compileTraining(training, state);
    const feeds = { x: Float32Array.of(10, 100) };
    const { loss, gradients } = await step.gradients(feeds);
    expect(loss).toBe(20 + 300 + 25);
    expect(Object.keys(gradients).sort()).toEqual(['loss', 'x']);
    expect([...gradients.x.data]).toEqual([10, 100]);
    expect([...gradients.loss.data]).toEqual([10]);
    expect((await step.run(feeds)).loss).toBe(loss);
    expect([...(await state.read('x')).data]).toEqual([2 - 10, 3 - 100]);
    expect([...(await state.read('loss')).data]).toEqual([5 - 10]);
  });
});

it('an output with the name of an input is refused by name', async () => {
  const engine = await createEngine({ provider: 'cpu', threads: 1 });
  const outputs: Program['outputs'] = (_, { x }) => ({ x: tf.mul(x, 2) });
  await expect(engine.compile({ name: 'double', inputs, outputs }, engine.createState({}))).rejects.toThrow(
    'double: expected outputs with other names than the inputs, got "x" as both',
  );
  await engine.dispose();
});

it('an exported weight with the name of an input stays a weight of its own', async () => {
  const folder = freshFolder();
  const engine = await createEngine({ provider: 'cpu', threads: 1 });
  try {
    const state = engine.createState({ x: vector(2, 3) });
    const outputs: Program['outputs'] = (weights, { x }) => ({ y: tf.mul(weights.x, x) });
    const file = join(folder, 'namesakes.onnx');
    await exportOnnx({ name: 'namesakes', inputs, outputs }, state, file);
    const session = await ort.InferenceSession.create(file);
    expect(session.inputNames).toEqual(['x']);
    const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(10, 100), [2]) });
    expect([...(y.data as Float32Array)]).toEqual([20, 300]);
  } finally {
    await engine.dispose();
    await rm(folder, { recursive: true });
  }
});
