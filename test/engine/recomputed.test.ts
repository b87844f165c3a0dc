/** Parts of a program that the backward pass computes anew: the same numbers in less memory. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createEngine, sgd, type NamedHostTensors, type TrainingProgram } from '../../lib/src/engine';
import { lowerForCpu } from '../../lib/src/engine/lowering/cpu';
import { optimise } from '../../lib/src/engine/passes';
import { removeDeadCode } from '../../lib/src/engine/passes/deadCode';
import { traceStep } from '../../lib/src/engine/traceProgram';
import type { NamedTensors, ProgramContext, State } from '../../lib/src/engine/types';
import { createRandom } from '../../lib/src/random';
import { mostAlive } from './mostAlive';

const random = createRandom(3);
const tensor = (...shape: number[]) => ({
  shape,
  dtype: 'float32' as const,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
});
const LAYERS = 6;
const [ROWS, WIDTH] = [32, 8];
const weights: NamedHostTensors = Object.fromEntries(
  Array.from({ length: LAYERS }, (_, i) => [`layer${i}`, tensor(WIDTH, WIDTH)]),
);
const x = tensor(ROWS, WIDTH);

/** Layers that keep much more than their input, with dropout, and a layer after them as usual. */
function program(recompute: boolean): TrainingProgram {
  const layer = (x: Tensor, { w }: NamedTensors, context: ProgramContext): Tensor => {
    const wide = tf.tile(context.dropout(tf.matMul(x, w), 0.3), [1, 20]);
    const bent = tf.mul(tf.sin(wide), tf.exp(tf.neg(tf.abs(wide))));
    return tf.add(x, tf.mean(tf.reshape(context.dropout(bent, 0.3), [ROWS, 20, WIDTH]), 1));
  };
  return {
    name: recompute ? 'anew' : 'kept',
    inputs: { x: { shape: [ROWS, WIDTH], dtype: 'float32' } },
    optimizer: sgd({ learningRate: 0.1 }),
    loss(params, inputs, context) {
      let value: Tensor = inputs.x;
      for (let i = 0; i < LAYERS; i++) {
        const own = { w: params[`layer${i}`] };
        value =
          recompute && i < LAYERS - 1 ? context.recomputed(value, own, layer) : layer(value, own, context);
      }
      return tf.mean(tf.square(value)) as Scalar;
    },
  };
}

it.each(['cpu', 'tfjs'] as const)(
  'gives the same losses and gradients, with dropout, on %s',
  async (provider) => {
    const engine = await createEngine({ provider, seed: 2, threads: 1 });
    const run = async (recompute: boolean) => {
      const step = await engine.compileTraining(program(recompute), engine.createState(weights));
      const { gradients } = await step.gradients({ x: x.data });
      const losses: number[] = [];
      for (let k = 0; k < 4; k++) losses.push((await step.run({ x: x.data })).loss);
      const { loss: ahead } = await step.forward({ x: x.data }, 3);
      return { gradients, losses, ahead };
    };
    const kept = await run(false);
    expect(new Set(kept.losses).size).toBe(4);
    expect(await run(true)).toEqual(kept);
    await engine.dispose();
  },
);

it('keeps the inputs of the parts only, and computes the parts twice', () => {
  const state = { specs: { ...weights } } as unknown as State;
  const [kept, anew] = [false, true].map((recompute) =>
    removeDeadCode(lowerForCpu(optimise(traceStep(program(recompute), state).graph))),
  );
  const count = (graph: typeof kept, op: string): number =>
    graph.nodes.filter((node) => node.op === op).length;
  expect(count(kept, 'Sin')).toBe(LAYERS);
  expect(count(anew, 'Sin')).toBe(2 * LAYERS - 1);
  // The comparisons that masks are made of, too.
  expect(count(anew, 'GreaterOrEqual') - count(kept, 'GreaterOrEqual')).toBe(2 * (LAYERS - 1));
  console.log(`alive at most: ${mostAlive(kept)} bytes kept, ${mostAlive(anew)} computed anew`);
  expect(mostAlive(anew)).toBeLessThan(0.4 * mostAlive(kept));
});
