/**
 * The same promises on every provider: numbers that agree with the CPU's, a state that can be read, written
 * and restored, a step that fails without a trace, memory that stays as it is. A provider that is not there
 * is skipped with a printed reason.
 */
import * as tf from '@tensorflow/tfjs-core';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import './swiftshader';
import { adam, createEngine, NonFiniteError } from '../../lib/src/engine';
import type { Engine, NamedHostTensors, ProviderName, TrainingProgram } from '../../lib/src/engine';
import {
  transformerBatch,
  transformerParameters,
  transformerStep,
  type TransformerShape,
} from '../../bench/engine/transformer';
import { loadCheckpoint, saveCheckpoint } from '../../lib/src/engine/checkpoint/checkpoint';
import { freshFolder } from '../support/folders';

const wanted: Record<ProviderName, string | undefined> = {
  cpu: undefined,
  tfjs: undefined,
  webgpu: process.env.ELEPHANT_WEBGPU === '1' ? undefined : 'ELEPHANT_WEBGPU is not 1',
  cuda: process.env.ELEPHANT_CUDA === '1' ? undefined : 'ELEPHANT_CUDA is not 1',
};
for (const [name, reason] of Object.entries(wanted))
  if (reason !== undefined) console.log(`${name}: not tested, ${reason}`);
const providers = (Object.keys(wanted) as ProviderName[]).filter((name) => wanted[name] === undefined);

/** Relative to the norm of all gradients, and absolute for losses near 3 (design: 1e-3 on WebGPU). */
const TOLERANCE: Record<ProviderName, { gradients: number; losses: number }> = {
  cpu: { gradients: 1e-5, losses: 1e-4 },
  tfjs: { gradients: 1e-5, losses: 1e-4 },
  webgpu: { gradients: 1e-3, losses: 1e-3 },
  cuda: { gradients: 1e-3, losses: 1e-3 },
};

const shape: TransformerShape = { batch: 4, length: 6, dim: 8, items: 30, heads: 2, dropout: 0.3 };
const program = transformerStep(shape, adam({ learningRate: 5e-3, eps: 1e-4 }));
const feeds = transformerBatch(shape);
const STEPS = 50;

async function train(engine: Engine): Promise<{ gradients: NamedHostTensors; losses: number[] }> {
  const state = engine.createState(transformerParameters(shape));
  const step = await engine.compileTraining(program, state);
  const { gradients } = await step.gradients(feeds);
  const losses: number[] = [];
  for (let i = 0; i < STEPS; i++) losses.push((await step.run(feeds)).loss);
  step.dispose();
  state.dispose();
  return { gradients, losses };
}

/** Loss scale * mean((w - target)^2) over a large w: its memory shows a leak within few steps. */
function quadratic(): TrainingProgram {
  return {
    name: 'quadratic',
    inputs: { scale: { shape: [], dtype: 'float32' } },
    optimizer: adam({ learningRate: 0.1 }),
    loss: ({ w, target }, { scale }) => tf.mul(scale, tf.mean(tf.square(tf.sub(w, target)))) as tf.Scalar,
    trainable: (name) => name === 'w',
  };
}
const quadraticState = (size: number): NamedHostTensors => ({
  w: { shape: [size], dtype: 'float32', data: new Float32Array(size) },
  target: { shape: [size], dtype: 'float32', data: new Float32Array(size).fill(1) },
  seen: { shape: [2], dtype: 'int32', data: Int32Array.of(3, -4) },
  mask: { shape: [3], dtype: 'bool', data: Uint8Array.of(1, 0, 1) },
});

describe.each(providers)('provider %s', (provider) => {
  let engine: Engine;
  let reference: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    engine = await createEngine({ provider, seed: 5, threads: 2 });
    const cpu = await createEngine({ provider: 'cpu', seed: 5, threads: 2 });
    reference = await train(cpu);
    await cpu.dispose();
  });
  afterAll(() => engine.dispose());

  it(`agrees with the CPU: gradients of a step, losses of ${STEPS} steps, dropout included`, async () => {
    const { gradients, losses } = await train(engine);
    let difference = 0;
    let norm = 0;
    for (const [name, { data }] of Object.entries(reference.gradients)) {
      data.forEach((x, i) => {
        difference += (x - gradients[name].data[i]) ** 2;
        norm += x * x;
      });
    }
    expect(Math.sqrt(difference / norm)).toBeLessThan(TOLERANCE[provider].gradients);
    losses.forEach((loss, i) =>
      expect(Math.abs(loss - reference.losses[i])).toBeLessThan(TOLERANCE[provider].losses),
    );
    expect(losses[STEPS - 1]).toBeLessThan(losses[0] - 0.3);
  });

  it('keeps a state that can be read, written, restored and refuses what does not fit', async () => {
    const state = engine.createState(quadraticState(4));
    const step = await engine.compileTraining(quadratic(), state);
    expect(Array.from((await state.read('seen')).data)).toEqual([3, -4]);
    expect(Array.from((await state.read('mask')).data)).toEqual([1, 0, 1]);
    const { loss } = await step.run({ scale: 1 });
    expect(loss).toBeCloseTo(1, 6);
    const after = await state.snapshot();
    expect(Object.keys(after).sort()).toEqual(['/step', 'mask', 'seen', 'target', 'w', 'w/m', 'w/v']);
    expect(after['/step'].data[0]).toBe(1);
    expect(after.w.data[0]).toBeCloseTo(0.1, 4);
    await state.write('w', Float32Array.of(1, 1, 1, 2));
    expect((await step.run({ scale: 1 })).loss).toBeCloseTo(0.25, 6);
    await state.restore(after);
    expect(await state.snapshot()).toEqual(after);
    await expect(state.write('w', new Float32Array(3))).rejects.toThrow(
      'state tensor "w": expected float32 array of 4 elements',
    );
    await expect(state.read('nothing')).rejects.toThrow('state tensor "nothing"');
    state.dispose();
    await expect(state.read('w')).rejects.toThrow('used after dispose()');
  });

  it('leaves the state of the step before if a loss is not finite', async () => {
    const state = engine.createState(quadraticState(4));
    const step = await engine.compileTraining(quadratic(), state);
    await step.run({ scale: 1 });
    const before = await state.snapshot();
    const failure = await step.run({ scale: NaN }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NonFiniteError);
    expect(failure).toMatchObject({ step: 2, tensor: 'scale' });
    expect(await state.snapshot()).toEqual(before);
    expect((await step.run({ scale: 1 })).loss).toBeLessThan(0.9);
    await state.write('target', Float32Array.of(1, Infinity, 1, 1));
    await expect(step.run({ scale: 1 })).rejects.toMatchObject({ step: 3, tensor: 'target' });
    state.dispose();
  });

  it('resumes from a checkpoint as if nothing had happened', async () => {
    const folder = freshFolder();
    const identity = { configuration: { ...shape }, fingerprint: {} };
    const first = engine.createState(transformerParameters(shape));
    const step = await engine.compileTraining(program, first);
    for (let i = 0; i < 3; i++) await step.run(feeds);
    await saveCheckpoint(folder, {
      ...identity,
      step: 3,
      progress: {},
      versions: {},
      tensors: await first.snapshot(),
    });
    const uninterrupted: number[] = [];
    for (let i = 0; i < 3; i++) uninterrupted.push((await step.run(feeds)).loss);

    const checkpoint = await loadCheckpoint(folder, identity);
    const second = engine.createState(checkpoint!.tensors);
    const resumed = await engine.compileTraining(program, second);
    for (const loss of uninterrupted) {
      const again = (await resumed.run(feeds)).loss;
      // A GPU may add in another order; the CPU must not.
      if (provider === 'webgpu' || provider === 'cuda') expect(again).toBeCloseTo(loss, 5);
      else expect(again).toBe(loss);
    }
    first.dispose();
    second.dispose();
    rmSync(folder, { recursive: true });
  });

  const onCard = provider === 'webgpu' || provider === 'cuda';
  const steps = onCard ? 500 : 150;
  it(`holds its memory over ${steps} steps, failed ones included`, async () => {
    // 1 MB a tensor, .4 MB on a card, three new ones a step; eager TensorFlow.js counts its tensors, so small
    // ones do there.
    const size = provider === 'tfjs' ? 2_500 : onCard ? 100_000 : 250_000;
    const state = engine.createState(quadraticState(size));
    const step = await engine.compileTraining(quadratic(), state);
    const many = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await step.run({ scale: i % 5 === 4 ? NaN : 1 }).catch(() => undefined);
    };
    await many(30);
    const live = tf.memory().numTensors;
    const before = process.memoryUsage().rss;
    await many(steps);
    expect(tf.memory().numTensors).toBe(live);
    // A leak of one tensor a step would be 150 MB or more; of a generation, three times that.
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(100);
    expect((await state.read('/step')).data[0]).toBe(0.8 * (30 + steps));
    state.dispose();
  });
});
