/** A large program takes the memory of its values once: the runs after the first take none. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createEngine, sgd } from '../../lib/src/engine';

const MIB = 2 ** 20;

it('holds the values of a large program once', async () => {
  const engine = await createEngine({ provider: 'cpu', threads: 1 });
  const [rows, columns, layers] = [2048, 1024, 24];
  const state = engine.createState({
    shift: { shape: [columns], dtype: 'float32', data: new Float32Array(columns) },
  });
  const step = await engine.compileTraining(
    {
      name: 'layers of 8 MiB',
      inputs: { x: { shape: [rows, columns], dtype: 'float32' } },
      loss: ({ shift }, { x }) => {
        let y = x;
        for (let i = 0; i < layers; i++) y = tf.tanh(tf.add(y, shift));
        return tf.mean(y) as tf.Scalar;
      },
      optimizer: sgd({ learningRate: 1e-3 }),
    },
    state,
  );
  const feeds = { x: new Float32Array(rows * columns).fill(0.5) };
  const grown = async (): Promise<number> => {
    const before = process.memoryUsage.rss();
    await step.run(feeds);
    return process.memoryUsage.rss() - before;
  };
  // The gradient needs every layer's output.
  expect(await grown()).toBeGreaterThan(layers * 8 * MIB * 0.75);
  expect((await grown()) + (await grown())).toBeLessThan(layers * 8 * MIB * 0.4);
  await engine.dispose();
}, 60_000);
