/**
 * Optimisers against their formulas written out in JavaScript's double precision; clipping, groups, freezing,
 * accumulation.
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import {
  accumulateGradients,
  adam,
  adamW,
  clipByGlobalNorm,
  createEngine,
  sgd,
  sumGradients,
} from '../../lib/src/engine';
import type { Feeds, Optimizer, State, TrainingProgram } from '../../lib/src/engine';

const engine = createEngine({ provider: 'cpu', threads: 1 });
const eager = createEngine({ provider: 'tfjs' });
afterAll(async () => {
  await (await engine).dispose();
});

/** loss = slope . w + 2 slope . b, so that the gradients are what is fed. */
function linear(optimizer: Optimizer, trainable?: (name: string) => boolean): TrainingProgram {
  return {
    name: 'linear',
    inputs: { slope: { shape: [3], dtype: 'float32' } },
    optimizer,
    trainable,
    loss: ({ w, b }, { slope }) =>
      tf.add(tf.sum(tf.mul(w, slope)), tf.sum(tf.mul(b, tf.mul(slope, 2)))) as tf.Scalar,
  };
}

const start = { w: [0.5, -1, 2], b: [1, 1, 1] };
const slopes = [
  [1, -2, 0.5],
  [0.3, 0.1, -4],
  [0, 1, 1],
  [2, 2, -1],
];

const vector = (values: readonly number[]) => ({
  shape: [3],
  dtype: 'float32' as const,
  data: Float32Array.from(values),
});

async function train(
  optimizer: Optimizer,
  {
    trainable,
    feeds = {},
    on = engine,
  }: { trainable?: (name: string) => boolean; feeds?: Feeds; on?: typeof engine } = {},
): Promise<State> {
  const runner = await on;
  const state = runner.createState({ w: vector(start.w), b: vector(start.b) });
  const step = await runner.compileTraining(linear(optimizer, trainable), state);
  for (const slope of slopes) await step.run({ slope: Float32Array.from(slope), ...feeds });
  return state;
}

async function values(state: State, name: string): Promise<number[]> {
  return Array.from((await state.read(name)).data);
}

function expectNear(actual: readonly number[], expected: readonly number[]): void {
  expected.forEach((x, i) => expect(actual[i]).toBeCloseTo(x, 5));
}

/** Adam in double precision on one weight. */
function adamByHand(weight: number, gradients: readonly number[], rate = 0.1, decay = 0): number {
  let [w, m, v] = [weight, 0, 0];
  gradients.forEach((g, i) => {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const size = m / (1 - 0.9 ** (i + 1)) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
    w = w - rate * decay * w - rate * size;
  });
  return w;
}

describe('optimisers', () => {
  it('sgd, with and without momentum', async () => {
    expectNear(
      await values(await train(sgd({ learningRate: 0.1 })), 'w'),
      start.w.map((w, i) => w - 0.1 * slopes.reduce((sum, s) => sum + s[i], 0)),
    );
    const momentum = start.w.map((weight, i) => {
      let [w, v] = [weight, 0];
      for (const s of slopes) w -= 0.1 * (v = 0.9 * v + s[i]);
      return w;
    });
    expectNear(await values(await train(sgd({ learningRate: 0.1, momentum: 0.9 })), 'w'), momentum);
  });

  it.each([
    ['compiled', engine],
    ['eager', eager],
  ] as const)('adam, %s', async (_, on) => {
    const state = await train(adam({ learningRate: 0.1 }), { on });
    expectNear(
      await values(state, 'w'),
      start.w.map((w, i) =>
        adamByHand(
          w,
          slopes.map((s) => s[i]),
        ),
      ),
    );
    expect(await values(state, '/step')).toEqual([4]);
  });

  it('adamW decays only the named weights', async () => {
    const state = await train(adamW({ learningRate: 0.1, weightDecay: 0.2, decays: (name) => name === 'w' }));
    expectNear(
      await values(state, 'w'),
      start.w.map((w, i) =>
        adamByHand(
          w,
          slopes.map((s) => s[i]),
          0.1,
          0.2,
        ),
      ),
    );
    expectNear(
      await values(state, 'b'),
      start.b.map((w, i) =>
        adamByHand(
          w,
          slopes.map((s) => 2 * s[i]),
        ),
      ),
    );
  });

  it('takes the learning rate fed at a step, and a group its own', async () => {
    expectNear(
      await values(await train(adam({ learningRate: 9 }), { feeds: { learningRate: 0.1 } }), 'w'),
      start.w.map((w, i) =>
        adamByHand(
          w,
          slopes.map((s) => s[i]),
        ),
      ),
    );
    const grouped = adam({
      learningRate: 0.1,
      group: (name) => (name === 'b' ? 'bias' : undefined),
      groupLearningRates: { bias: 0.01 },
    });
    expectNear(
      await values(await train(grouped), 'b'),
      start.b.map((w, i) =>
        adamByHand(
          w,
          slopes.map((s) => 2 * s[i]),
          0.01,
        ),
      ),
    );
  });

  it('leaves frozen parameters alone and gives them no slots', async () => {
    const state = await train(adam({ learningRate: 0.1 }), { trainable: (name) => name !== 'b' });
    expect(await values(state, 'b')).toEqual(start.b);
    expect(Object.keys(state.specs).sort()).toEqual(['/step', 'b', 'w', 'w/m', 'w/v']);
  });

  it('clips by the norm of all gradients together', async () => {
    const norm = (s: readonly number[]): number => Math.sqrt(5 * s.reduce((sum, x) => sum + x * x, 0));
    const expected = start.w.map(
      (w, i) => w - 0.1 * slopes.reduce((sum, s) => sum + s[i] * Math.min(1, 3 / norm(s)), 0),
    );
    expectNear(await values(await train(clipByGlobalNorm(sgd({ learningRate: 0.1 }), 3)), 'w'), expected);
  });

  it.each([
    ['compiled', engine],
    ['eager', eager],
  ] as const)('accumulates: two steps are one update with their mean gradient, %s', async (_, on) => {
    const state = await train(accumulateGradients(adam({ learningRate: 0.1 }), 2), { on });
    const means = (i: number): number[] => [
      (slopes[0][i] + slopes[1][i]) / 2,
      (slopes[2][i] + slopes[3][i]) / 2,
    ];
    expectNear(
      await values(state, 'w'),
      start.w.map((w, i) => adamByHand(w, means(i))),
    );
    expect(await values(state, 'w/sum')).toEqual([0, 0, 0]);
  });

  it.each([
    ['compiled', engine],
    ['eager', eager],
  ] as const)('sums as it is told: one step, then three of two programs, %s', async (_, on) => {
    const optimizer = sumGradients(clipByGlobalNorm(adam({ learningRate: 0.1 }), 1e3));
    const runner = await on;
    const state = runner.createState({ w: vector(start.w), b: vector(start.b) });
    const both = await runner.compileTraining(linear(optimizer), state);
    const withoutB: TrainingProgram = {
      ...linear(optimizer),
      loss: ({ w }, { slope }) => tf.sum(tf.mul(w, slope)) as tf.Scalar,
    };
    const onlyW = await runner.compileTraining(withoutB, state);
    const slope = slopes.map((s) => Float32Array.from(s));
    await both.run({ slope: slope[0], update: 1 });
    const after = await values(state, 'w');
    await onlyW.run({ slope: slope[1], update: 0 });
    await both.run({ slope: slope[2], update: 0 });
    expect(await values(state, 'w')).toEqual(after);
    expectNear(
      await values(state, 'w/sum'),
      [0, 1, 2].map((i) => slopes[1][i] + slopes[2][i]),
    );
    await both.run({ slope: slope[3], update: 2 });
    expectNear(
      await values(state, 'w'),
      start.w.map((w, i) => adamByHand(w, [slopes[0][i], slopes[1][i] + slopes[2][i] + slopes[3][i]])),
    );
    expectNear(
      await values(state, 'b'),
      start.b.map((b, i) => adamByHand(b, [2 * slopes[0][i], 2 * (slopes[2][i] + slopes[3][i])])),
    );
    expect((await values(state, 'w/sum')).map(Math.abs)).toEqual([0, 0, 0]);
  });
});
