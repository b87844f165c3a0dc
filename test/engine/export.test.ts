/**
 * A trained program as a standard .onnx file: the same numbers, its own names, no operators beyond the
 * standard.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { onnx } from 'onnx-proto';
import * as ort from '../../lib/src/engine/runtime/onnxRuntime';
import { expect, it } from 'vitest';
import { createEngine, exportOnnx, gelu, layerNorm, type Program } from '../../lib/src/engine';
import { transformerParameters } from '../../bench/engine/transformer';
import { freshFolder } from '../support/folders';

const shape = { batch: 2, length: 3, dim: 8, items: 10 };

const program: Program = {
  name: 'scores',
  inputs: { ids: { shape: [2, 3], dtype: 'int32' } },
  outputs(params, { ids }) {
    const x = tf.reshape(tf.gather(params.items, tf.reshape(ids, [6])), [2, 3, 8]);
    const mixed = tf.matMul(tf.softmax(tf.mul(tf.matMul(x, x, false, true), 0.3)), x);
    const hidden = tf.reshape(gelu(layerNorm(mixed, params['norm/gain'], params['norm/bias'], 1e-5)), [6, 8]);
    return { scores: tf.matMul(hidden as tf.Tensor2D, params.items as tf.Tensor2D, false, true) };
  },
};

it('gives the numbers of the engine in any ONNX runtime', async () => {
  const folder = freshFolder();
  const engine = await createEngine({ provider: 'cpu', threads: 1 });
  try {
    const state = engine.createState(transformerParameters(shape));
    const ids = Int32Array.of(1, 2, 3, 9, 0, 5);
    const expected = (await (await engine.compile(program, state)).run({ ids })).scores;
    const file = join(folder, 'scores.onnx');
    await exportOnnx(program, state, file);
    expect(await readdir(folder)).toEqual(['scores.onnx']);

    const model = onnx.ModelProto.decode(await readFile(file));
    expect(model.graph!.node!.filter((node) => node.domain)).toEqual([]);
    expect(model.graph!.initializer!.map((tensor) => tensor.name)).toEqual(
      expect.arrayContaining(['items', 'norm/gain', 'norm/bias']),
    );
    expect(model.graph!.initializer!.some((tensor) => tensor.name!.startsWith('block'))).toBe(false);

    const session = await ort.InferenceSession.create(file);
    expect(session.inputNames).toEqual(['ids']);
    const { scores } = await session.run({ ids: new ort.Tensor('int32', ids, [2, 3]) });
    expect(scores.dims).toEqual(expected.shape);
    (scores.data as Float32Array).forEach((x, i) => expect(x).toBeCloseTo(expected.data[i], 5));
  } finally {
    await engine.dispose();
    await rm(folder, { recursive: true });
  }
});
