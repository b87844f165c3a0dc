/** Two copies of the library in one process, as when two packages bring one each, share TensorFlow.js. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createEngine } from '../../lib/src/engine';
import { projectRoot } from '../../lib/src/project';

it('each copy compiles its own programs', async () => {
  const other = createRequire(__filename)(
    join(projectRoot, 'lib', 'dist', 'engine', 'index.js'),
  ) as typeof import('../../lib/src/engine');
  const doubled = async (create: typeof createEngine): Promise<number[]> => {
    const engine = await create({ provider: 'cpu', threads: 1 });
    try {
      const program = await engine.compile(
        {
          name: 'doubled',
          inputs: { x: { shape: [2], dtype: 'float32' } },
          outputs: (_, { x }) => ({ y: tf.mul(x, 2) }),
        },
        engine.createState({}),
      );
      return Array.from((await program.run({ x: Float32Array.of(1, 2) })).y.data);
    } finally {
      await engine.dispose();
    }
  };
  for (const create of [createEngine, other.createEngine, createEngine])
    expect(await doubled(create)).toEqual([2, 4]);
});
