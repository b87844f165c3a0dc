/**
 * Eager programs on the real libtensorflow agree with the compiled ones, so that a user's tfjs-node-gpu is
 * known to work with ours. Needs ELEPHANT_TFJS_NODE, the folder of a @tensorflow/tfjs-node with its binding
 * (.ci/libtensorflow.sh builds one); skipped with a printed reason where it is not set.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { adam, adamW, clipByGlobalNorm, createEngine } from '../../lib/src/engine';
import type { NamedHostTensors, TrainingProgram } from '../../lib/src/engine';
import {
  transformerBatch,
  transformerParameters,
  transformerStep,
  type TransformerShape,
} from '../../bench/engine/transformer';

const folder = process.env.ELEPHANT_TFJS_NODE;
if (folder === undefined)
  console.log('libtensorflow: eager programs are not run on it, ELEPHANT_TFJS_NODE is not set');
else {
  process.env.TF_CPP_MIN_LOG_LEVEL = '2';
  createRequire(__filename)(folder); // registers the backend "tensorflow"
}

const shape: TransformerShape = { batch: 4, length: 6, dim: 8, items: 30, heads: 2, dropout: 0.3 };
const programs: [string, TrainingProgram][] = [
  ['Adam', transformerStep(shape, adam({ learningRate: 5e-3, eps: 1e-4 }))],
  [
    'AdamW, gradients clipped',
    transformerStep(shape, clipByGlobalNorm(adamW({ learningRate: 5e-3, eps: 1e-4, weightDecay: 0.1 }), 0.5)),
  ],
];

async function train(
  provider: 'cpu' | 'tfjs',
  program: TrainingProgram,
): Promise<{ description: string; gradients: NamedHostTensors; losses: number[]; leaked: number }> {
  const engine = await createEngine({ provider, seed: 5, threads: 2 });
  const state = engine.createState(transformerParameters(shape));
  const step = await engine.compileTraining(program, state);
  const feeds = transformerBatch(shape);
  const { gradients } = await step.gradients(feeds);
  const losses = [(await step.run(feeds)).loss];
  const live = tf.memory().numTensors;
  for (let i = 1; i < 50; i++) losses.push((await step.run(feeds)).loss);
  const leaked = tf.memory().numTensors - live;
  await engine.dispose();
  return { description: engine.description, gradients, losses, leaked };
}

describe.skipIf(folder === undefined)('eager on libtensorflow', () => {
  it.each(programs)('agrees with the compiled transformer: %s', async (_, program) => {
    const eager = await train('tfjs', program);
    const compiled = await train('cpu', program);
    expect(eager.description).toContain('"tensorflow" backend');
    let difference = 0;
    let norm = 0;
    for (const [name, { data }] of Object.entries(compiled.gradients)) {
      data.forEach((x, i) => {
        difference += (x - eager.gradients[name].data[i]) ** 2;
        norm += x * x;
      });
    }
    expect(Math.sqrt(difference / norm)).toBeLessThan(1e-5);
    compiled.losses.forEach((loss, i) => expect(Math.abs(loss - eager.losses[i])).toBeLessThan(1e-4));
    expect(eager.leaked).toBe(0);
  });
});
