/**
 * State and ownership: reading, writing, snapshots, resuming to the bit, errors that leave everything as it
 * was, no growth.
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { adam, createEngine, type NamedHostTensors, NonFiniteError } from '../../lib/src/engine';
import { transformerBatch, transformerParameters, transformerStep } from '../../bench/engine/transformer';
import { InputError } from '../../lib/src/errors';

const shape = { batch: 4, length: 6, dim: 8, items: 30, dropout: 0.2 };
const feeds = transformerBatch(shape);

describe.each(['cpu', 'tfjs'] as const)('state on %s', (provider) => {
  const opening = createEngine({ provider, threads: 1, seed: 3 });
  afterAll(async () => (await opening).dispose());
  const fresh = async () => {
    const engine = await opening;
    const state = engine.createState(transformerParameters(shape));
    return { engine, state, step: await engine.compileTraining(transformerStep(shape), state) };
  };

  it('resumes to the bit, dropout included', async () => {
    const first = await fresh();
    for (let i = 0; i < 3; i++) await first.step.run(feeds);
    const saved = await first.state.snapshot();
    const expected = [(await first.step.run(feeds)).loss, (await first.step.run(feeds)).loss];
    const second = await fresh();
    await second.state.restore(saved);
    expect([(await second.step.run(feeds)).loss, (await second.step.run(feeds)).loss]).toEqual(expected);
    const third = (await opening).createState(saved);
    const step = await (await opening).compileTraining(transformerStep(shape), third);
    expect((await step.run(feeds)).loss).toBe(expected[0]);
  });

  it('takes a snapshot before the first step is compiled as after it', async () => {
    const { state, step } = await fresh();
    for (let i = 0; i < 3; i++) await step.run(feeds);
    const saved = await state.snapshot();
    const engine = await opening;
    const resumed = engine.createState(transformerParameters(shape));
    await resumed.restore(saved);
    expect(await resumed.snapshot()).toEqual(saved);
    const compiledLater = await engine.compileTraining(transformerStep(shape), resumed);
    expect(await compiledLater.run(feeds)).toEqual(await step.run(feeds));
    expect(await resumed.snapshot()).toEqual(await state.snapshot());
  });

  it('refuses a snapshot whole if one tensor of it is neither here nor a slot', async () => {
    const state = (await opening).createState(transformerParameters(shape));
    const before = await state.snapshot();
    const position = { ...before.position, data: new Float32Array(48) };
    const restored = (others: NamedHostTensors) => state.restore({ position, ...others });
    await expect(restored({ positron: position })).rejects.toThrow(
      /"positron": expected one of .*position.*, or an optimiser's slot/,
    );
    await expect(restored({ 'positron/m': position })).rejects.toThrow(InputError);
    await expect(
      restored({ 'position/m': { shape: [1], dtype: 'float32', data: new Float32Array(1) } }),
    ).rejects.toThrow(/"position\/m": expected float32 array of 48 elements/);
    expect(await state.snapshot()).toEqual(before);
  });

  it('gives copies, takes whole tensors of the right type, and names what it does not know', async () => {
    const { state } = await fresh();
    const before = await state.read('position');
    (before.data as Float32Array).fill(7);
    expect((await state.read('position')).data).not.toEqual(before.data);
    await state.write('position', before.data);
    expect((await state.read('position')).data).toEqual(before.data);
    await expect(state.write('position', new Float32Array(3))).rejects.toThrow(
      /"position": expected float32 array of 48 elements.*got Float32Array of 3/,
    );
    await expect(state.write('position', new Int32Array(48))).rejects.toThrow(InputError);
    await expect(state.read('positron')).rejects.toThrow(/"positron": expected one of .*position/);
    await expect(
      state.restore({
        items: await state.read('items'),
        position: { shape: [1], dtype: 'float32', data: new Float32Array(1) },
      }),
    ).rejects.toThrow(InputError);
  });

  it('changes nothing for a snapshot that does not fit', async () => {
    const { state, step } = await fresh();
    const saved = await state.snapshot();
    await step.run(feeds);
    const before = await state.snapshot();
    for (const name of ['stranger', 'position'])
      await expect(state.restore({ ...saved, [name]: saved.items })).rejects.toThrow(InputError);
    expect(await state.snapshot()).toEqual(before);
  });

  it('refuses a slot of another shape than its parameter', async () => {
    const engine = await opening;
    const slot = { shape: [2], dtype: 'float32' as const, data: new Float32Array(2) };
    const state = engine.createState({ ...transformerParameters(shape), 'position/m': slot });
    await expect(engine.compileTraining(transformerStep(shape), state)).rejects.toThrow(
      /"position\/m": expected float32\[6,8\], got float32\[2\]/,
    );
  });

  it('stops at a loss that is not finite, names the tensor, and keeps the state', async () => {
    const { state, step } = await fresh();
    await step.run(feeds);
    const table = (await state.read('block1/inner/kernel')).data as Float32Array;
    table[5] = NaN;
    await state.write('block1/inner/kernel', table);
    const before = await state.snapshot();
    const failure = await step.run(feeds).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NonFiniteError);
    expect(failure).toMatchObject({ step: 2, tensor: 'block1/inner/kernel' });
    expect(await state.snapshot()).toEqual(before);
  });

  it('refuses feeds that do not fit, by name', async () => {
    const { step } = await fresh();
    await expect(step.run({ ...feeds, lables: 1 })).rejects.toThrow(/got "lables". Did you mean "labels"/);
    await expect(step.run({ ids: feeds.ids })).rejects.toThrow(
      /input "labels": expected int32 array of 24 elements \(shape \[24\]\), got nothing/,
    );
    await expect(step.run({ ...feeds, ids: new Float32Array(24) })).rejects.toThrow(/input "ids"/);
  });

  it('two steps share one state', async () => {
    const { engine, state, step } = await fresh();
    const other = await engine.compileTraining(transformerStep(shape, adam({ learningRate: 1e-2 })), state);
    const losses = [];
    for (let i = 0; i < 6; i++) losses.push((await (i % 2 === 0 ? step : other).run(feeds)).loss);
    expect((await state.read('/step')).data[0]).toBe(6);
    expect(losses[5]).toBeLessThan(losses[0]);
  });
});

it('keeps tensors and memory flat over 500 steps, errors included', async () => {
  const engine = await createEngine({ provider: 'cpu', threads: 1 });
  const larger = { batch: 8, length: 10, dim: 16, items: 4000 };
  const state = engine.createState(transformerParameters(larger));
  const step = await engine.compileTraining(transformerStep(larger), state);
  const batch = transformerBatch(larger);
  const many = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await step.run(batch);
      if (i % 10 === 0)
        await step.run({ ...batch, learningRate: NaN, ids: new Int32Array(3) }).catch(() => undefined);
      if (i % 10 === 5)
        await step.run({ ...batch, ids: new Int32Array(80).fill(1e6) }).catch(() => undefined);
    }
  };
  await many(100);
  const [tensors, memory] = [tf.memory().numTensors, process.memoryUsage.rss()];
  await many(500);
  expect(tf.memory().numTensors).toBe(tensors);
  // One set of this state is 0.8 MB: 500 lost ones would be 400 MB.
  expect(process.memoryUsage.rss() - memory).toBeLessThan(48 * 2 ** 20);
  await engine.dispose();
});

it('says which program met an id beyond its table', async () => {
  const engine = await createEngine({ provider: 'cpu', threads: 1 });
  const step = await engine.compileTraining(
    transformerStep(shape),
    engine.createState(transformerParameters(shape)),
  );
  await expect(step.run({ ...feeds, ids: new Int32Array(24).fill(30) })).rejects.toThrow(
    /transformer 4x6 d8 V30: .*out of data bounds/,
  );
  expect((await step.run(feeds)).loss).toBeGreaterThan(0);
  await engine.dispose();
});

it('refuses impossible options', async () => {
  await expect(createEngine({ threads: 0 })).rejects.toThrow(/threads: expected a whole number/);
  await expect(createEngine({ provider: 'cpuu' as 'cpu' })).rejects.toThrow(
    /unknown provider "cpuu". Did you mean "cpu"/,
  );
});
