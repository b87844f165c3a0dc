/**
 * The engine against PyTorch, from the same weights on the same batch: gradients of the first step to 1e-5 of
 * their norm, losses of 50 steps to 1e-4, weights afterwards where they are comparable (Adam with eps 1e-4,
 * key biases excepted: their true gradient is zero, so that their path is rounding alone).
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../engine/swiftshader';
import {
  adam,
  adamW,
  clipByGlobalNorm,
  createEngine,
  embedding,
  gelu,
  layerNorm,
  logSumExp,
  sgd,
  softmaxCrossEntropyWithLabels,
} from '../../lib/src/engine';
import type {
  Engine,
  Feeds,
  HostTensor,
  NamedHostTensors,
  Optimizer,
  ProviderName,
  TrainingProgram,
} from '../../lib/src/engine';
import {
  transformerBatch,
  transformerParameters,
  transformerStep,
  uniform,
  type TransformerShape,
} from '../../bench/engine/transformer';
import { askPyTorch, distance, python, withPrefix } from './python';

if (python === undefined) console.log('parity: PyTorch is not compared, ELEPHANT_PYTHON is not set');
const providers: ProviderName[] =
  process.env.ELEPHANT_WEBGPU === '1' ? ['cpu', 'tfjs', 'webgpu'] : ['cpu', 'tfjs'];
const STEPS = 50;
/**
 * Of the optimisers after the first where a software driver takes a fifth of a second a step: each has shown
 * its rule by then.
 */
const FEWER_STEPS = 10;

interface Comparison {
  name: string;
  program: TrainingProgram;
  parameters: NamedHostTensors;
  feeds: Feeds;
  request: { program: string; shape?: object; optimizer: object };
}

const shape: TransformerShape = { batch: 8, length: 10, dim: 16, items: 60, heads: 2 };
const plain = (name: string): boolean => !/(bias|gain)$/.test(name);
const optimizers: [string, Optimizer, object][] = [
  ['Adam', adam({ learningRate: 2e-3, eps: 1e-4 }), { name: 'adam', learningRate: 2e-3, eps: 1e-4 }],
  [
    'AdamW with a group and decay',
    adamW({
      learningRate: 2e-3,
      eps: 1e-4,
      weightDecay: 0.1,
      decays: plain,
      group: (name) => (name.includes('block1') ? 'upper' : undefined),
      groupLearningRates: { upper: 5e-4 },
    }),
    { name: 'adamW', learningRate: 2e-3, eps: 1e-4, weightDecay: 0.1, groups: { block1: 5e-4 } },
  ],
  [
    'SGD with momentum',
    sgd({ learningRate: 0.01, momentum: 0.9 }),
    { name: 'sgd', learningRate: 0.01, momentum: 0.9 },
  ],
  [
    'Adam, gradients clipped',
    clipByGlobalNorm(adam({ learningRate: 2e-3, eps: 1e-4 }), 0.5),
    { name: 'adam', learningRate: 2e-3, eps: 1e-4, clip: 0.5 },
  ],
];
const comparisons: Comparison[] = optimizers.map(([name, optimizer, spec]) => ({
  name: `a transformer with ${name}`,
  program: transformerStep(shape, optimizer),
  parameters: transformerParameters(shape),
  feeds: transformerBatch(shape),
  request: { program: 'transformer', shape, optimizer: spec },
}));
comparisons.push(functions());

/** One loss through each op of the library; mirrors `functions` in engine.py. */
function functions(): Comparison {
  const [n, d, items] = [12, 16, 9];
  const random = uniform(3);
  const filled = (shape: number[], scale: number, offset = 0): HostTensor => ({
    shape,
    dtype: 'float32',
    data: Float32Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      () => offset + scale * (2 * random() - 1),
    ),
  });
  const program: TrainingProgram = {
    name: 'functions',
    inputs: {
      ids: { shape: [n], dtype: 'int32' },
      labels: { shape: [n], dtype: 'int32' },
      weights: { shape: [n], dtype: 'float32' },
    },
    optimizer: adam({ learningRate: 1e-3, eps: 1e-4 }),
    loss({ x, table, gain, bias }, { ids, labels, weights }) {
      const normal = layerNorm(x, gain, bias, 1e-8);
      const rows = embedding(table, ids);
      const logits = tf.mul(
        30,
        tf.matMul(normal as tf.Tensor2D, table as tf.Tensor2D, false, true),
      ) as tf.Tensor2D;
      const diagonal = tf.mul(tf.logSoftmax(x), tf.oneHot(tf.range(0, n, 1, 'int32'), d));
      const terms = [
        softmaxCrossEntropyWithLabels(logits, labels as tf.Tensor1D, weights as tf.Tensor1D),
        tf.div(tf.sum(gelu(x)), 10),
        tf.mean(tf.square(gelu(normal, 'tanh'))),
        tf.div(tf.mean(logSumExp(tf.mul(100, x))), 50),
        tf.mean(tf.tanh(tf.mul(rows, normal))),
        tf.div(tf.sum(tf.max(tf.softplus(x), 0)), 7),
        tf.mean(tf.cumsum(tf.sigmoid(rows), 0)),
        tf.div(tf.sum(diagonal), 5),
      ];
      return terms.reduce((a, b) => tf.add(a, b)) as tf.Scalar;
    },
  };
  return {
    name: 'every op of the library',
    program,
    parameters: {
      x: filled([n, d], 1.5),
      table: filled([items, d], 0.5),
      gain: filled([d], 0.2, 1),
      bias: filled([d], 0.2),
    },
    feeds: {
      // rows that repeat: their gradients are summed
      ids: Int32Array.from({ length: n }, (_, i) => (i * i) % 4),
      labels: Int32Array.from({ length: n }, (_, i) => (i * 5) % items),
      weights: Float32Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 0 : 1 + i / 4)),
    },
    request: { program: 'functions', optimizer: { name: 'adam', learningRate: 1e-3, eps: 1e-4 } },
  };
}

const cases = comparisons.flatMap((comparison, index) =>
  providers.map((provider) => ({
    ...comparison,
    provider,
    steps: provider === 'webgpu' && index > 0 ? FEWER_STEPS : STEPS,
  })),
);

describe.skipIf(python === undefined)('PyTorch agrees with the engine', () => {
  let answers: NamedHostTensors[];
  const engines = new Map<ProviderName, Engine>();
  beforeAll(async () => {
    const requests = cases.map(({ program, parameters, feeds, request, steps }) => {
      const tensors: NamedHostTensors = {};
      for (const [name, tensor] of Object.entries(parameters)) tensors[`param:${name}`] = tensor;
      for (const [name, spec] of Object.entries(program.inputs))
        tensors[`input:${name}`] = { ...spec, data: feeds[name] as Float32Array };
      return { request: { ...request, steps }, tensors };
    });
    answers = await askPyTorch('engine.py', requests);
    for (const provider of providers) engines.set(provider, await createEngine({ provider, threads: 2 }));
  }, 300_000);
  afterAll(async () => {
    for (const engine of engines.values()) await engine.dispose();
  });

  it.each(cases.map((one, index) => ({ ...one, index })))(
    'on $provider: $name',
    async ({ program, parameters, feeds, index, provider, steps }) => {
      const expected = answers[index];
      const engine = engines.get(provider)!;
      const state = engine.createState(parameters);
      const step = await engine.compileTraining(program, state);
      const { gradients } = await step.gradients(feeds);
      const losses: number[] = [];
      for (let i = 0; i < steps; i++) losses.push((await step.run(feeds)).loss);
      const [gradientTolerance, lossTolerance] = provider === 'webgpu' ? [1e-3, 1e-3] : [1e-5, 1e-4];

      const expectedGradients = withPrefix(expected, 'grad:');
      expect(Object.keys(gradients).sort()).toEqual(Object.keys(expectedGradients).sort());
      expect(distance(gradients, expectedGradients)).toBeLessThan(gradientTolerance);
      losses.forEach((loss, i) =>
        expect(Math.abs(loss - expected.losses.data[i]), `loss of step ${i + 1}`).toBeLessThan(lossTolerance),
      );
      expect(losses[steps - 1]).toBeLessThan(losses[0]);
      const comparable = (name: string): boolean => !name.endsWith('key/bias');
      expect(distance(await state.snapshot(), withPrefix(expected, 'param:'), comparable)).toBeLessThan(1e-3);
      state.dispose();
    },
  );
});
