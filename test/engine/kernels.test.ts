/**
 * Every kernel that can be compiled: its result against eager TensorFlow.js, its gradient against eager and
 * against finite differences. A kernel that is registered but has no case here fails the last test.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import {
  createEngine,
  gelu,
  layerNorm,
  logSumExp,
  meanLinearCrossEntropy,
  ProgramError,
  sampleNorm,
  sgd,
  softmaxCrossEntropyWithLabels,
} from '../../lib/src/engine';
import type {
  HostTensor,
  NamedHostTensors,
  NamedTensors,
  Program,
  TrainingProgram,
} from '../../lib/src/engine';
import { uniform } from '../../bench/engine/transformer';
import { recordedKernels } from '../../lib/src/engine/trace/define';
import { trace } from '../../lib/src/engine/trace/trace';

interface Case {
  /** Kernels that the case is there for. */
  kernels: string[];
  run: (x: NamedTensors) => Tensor;
  /** Shapes of float32 inputs; numbers are drawn from [low, high), away from kinks. */
  inputs: Record<string, number[]>;
  low?: number;
  high?: number;
  /** False where the result has steps or is not float32. */
  differentiable?: boolean;
}

const t = (values: number[], shape: number[], dtype: 'float32' | 'int32' | 'bool' = 'int32'): Tensor =>
  tf.tensor(values, shape, dtype);
const a23 = { a: [2, 3] };
const ab = { a: [2, 3], b: [2, 3] };
const broadcast = { a: [2, 1, 3], b: [4, 1] };
const positive = { low: 0.2, high: 2 };

const unary = (kernels: string[], run: (x: Tensor) => Tensor, options: Partial<Case> = {}): Case => ({
  kernels,
  run: ({ a }) => run(a),
  inputs: a23,
  ...options,
});
const steps = { differentiable: false };

const cases: Record<string, Case> = {
  add: { kernels: ['Add'], run: ({ a, b }) => tf.add(a, b), inputs: broadcast },
  sub: { kernels: ['Sub'], run: ({ a, b }) => tf.sub(a, b), inputs: broadcast },
  mul: { kernels: ['Multiply'], run: ({ a, b }) => tf.mul(a, b), inputs: broadcast },
  div: { kernels: ['RealDiv'], run: ({ a, b }) => tf.div(a, b), inputs: broadcast, ...positive },
  pow: { kernels: ['Pow'], run: ({ a, b }) => tf.pow(a, b), inputs: ab, ...positive },
  maximum: { kernels: ['Maximum'], run: ({ a, b }) => tf.maximum(a, b), inputs: ab },
  minimum: { kernels: ['Minimum'], run: ({ a, b }) => tf.minimum(a, b), inputs: ab },
  squaredDifference: {
    kernels: ['SquaredDifference'],
    run: ({ a, b }) => tf.squaredDifference(a, b),
    inputs: ab,
  },
  addN: { kernels: ['AddN'], run: ({ a, b }) => tf.addN([a, b, a]), inputs: ab },
  atan2: { kernels: ['Atan2'], run: ({ a, b }) => tf.atan2(a, b), inputs: ab },
  'floorDiv of numbers': {
    kernels: ['FloorDiv'],
    run: ({ a, b }) => tf.floorDiv(tf.mul(a, 9), b),
    inputs: ab,
    ...steps,
  },
  'floorDiv of integers': {
    kernels: ['FloorDiv'],
    run: ({ a }) =>
      tf.add(tf.mul(a, 0), tf.floorDiv(t([-7, 7, -6, 6, 1, -1], [2, 3]), t([3, -3, 3, 3, 2, 2], [2, 3]))),
    inputs: a23,
    ...steps,
  },
  'mod of numbers': {
    kernels: ['Mod'],
    run: ({ a, b }) => tf.mod(tf.mul(a, 3), b),
    inputs: ab,
    ...positive,
    ...steps,
  },
  'mod of integers': {
    kernels: ['Mod'],
    run: ({ a }) =>
      tf.add(tf.mul(a, 0), tf.mod(t([-7, 7, -6, 6, 1, -1], [2, 3]), t([3, -3, 3, 4, 2, 2], [2, 3]))),
    inputs: a23,
    ...steps,
  },
  bitwiseAnd: {
    kernels: ['BitwiseAnd'],
    run: ({ a }) =>
      tf.add(tf.mul(a, 0), tf.cast(tf.bitwiseAnd(t([5, 6, 7], [3]), t([3, 3, 12], [3])), 'float32')),
    inputs: a23,
    ...steps,
  },
  equal: { kernels: ['Equal'], run: ({ a, b }) => tf.equal(tf.round(a), tf.round(b)), inputs: ab, ...steps },
  notEqual: {
    kernels: ['NotEqual'],
    run: ({ a, b }) => tf.notEqual(tf.round(a), tf.round(b)),
    inputs: ab,
    ...steps,
  },
  greater: { kernels: ['Greater'], run: ({ a, b }) => tf.greater(a, b), inputs: ab, ...steps },
  greaterEqual: { kernels: ['GreaterEqual'], run: ({ a, b }) => tf.greaterEqual(a, b), inputs: ab, ...steps },
  less: { kernels: ['Less'], run: ({ a, b }) => tf.less(a, b), inputs: ab, ...steps },
  lessEqual: { kernels: ['LessEqual'], run: ({ a, b }) => tf.lessEqual(a, b), inputs: ab, ...steps },
  logicalAnd: {
    kernels: ['LogicalAnd'],
    run: ({ a, b }) => tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)),
    inputs: ab,
    ...steps,
  },
  logicalOr: {
    kernels: ['LogicalOr'],
    run: ({ a, b }) => tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0)),
    inputs: ab,
    ...steps,
  },
  logicalXor: {
    kernels: ['LogicalXor', 'LogicalOr', 'LogicalNot'],
    run: ({ a, b }) => tf.logicalXor(tf.greater(a, 0), tf.greater(b, 0)),
    inputs: ab,
    ...steps,
  },
  logicalNot: {
    kernels: ['LogicalNot'],
    run: ({ a }) => tf.logicalNot(tf.greater(a, 0)),
    inputs: a23,
    ...steps,
  },
  abs: unary(['Abs'], tf.abs),
  neg: unary(['Neg'], tf.neg),
  sqrt: unary(['Sqrt'], tf.sqrt, positive),
  rsqrt: unary(['Rsqrt'], tf.rsqrt, positive),
  square: unary(['Square'], tf.square),
  reciprocal: unary(['Reciprocal'], tf.reciprocal, positive),
  exp: unary(['Exp'], tf.exp),
  expm1: unary(['Expm1'], (x) => tf.expm1(tf.mul(x, 2))),
  'expm1 near zero': unary(['Expm1'], (x) => tf.mul(tf.expm1(tf.mul(x, 1e-5)), 1e5)),
  log: unary(['Log'], tf.log, positive),
  log1p: unary(['Log1p'], tf.log1p, positive),
  'log1p near zero': unary(['Log1p'], (x) => tf.mul(tf.log1p(tf.mul(x, 1e-5)), 1e5)),
  erf: unary(['Erf'], tf.erf),
  tanh: unary(['Tanh'], tf.tanh),
  sigmoid: unary(['Sigmoid'], tf.sigmoid),
  softplus: unary(['Softplus'], tf.softplus),
  relu: unary(['Relu', 'Step'], tf.relu),
  relu6: unary(['Relu6', 'Step'], (x) => tf.relu6(tf.mul(x, 8))),
  leakyRelu: unary(['LeakyRelu'], (x) => tf.leakyRelu(x, 0.3)),
  prelu: { kernels: ['Prelu'], run: ({ a, b }) => tf.prelu(a, b), inputs: { a: [2, 3], b: [1, 3] } },
  elu: unary(['Elu', 'EluGrad'], tf.elu),
  step: unary(['Step'], (x) => tf.step(x, 0.5), steps),
  clip: unary(['ClipByValue'], (x) => tf.clipByValue(x, -0.4, 0.6)),
  floor: unary(['Floor'], (x) => tf.floor(tf.mul(x, 3)), steps),
  ceil: unary(['Ceil'], (x) => tf.ceil(tf.mul(x, 3)), steps),
  round: unary(['Round'], (x) => tf.round(tf.mul(x, 3)), steps),
  sign: unary(['Sign'], tf.sign, steps),
  sin: unary(['Sin'], tf.sin),
  cos: unary(['Cos'], tf.cos),
  tan: unary(['Tan'], tf.tan),
  asin: unary(['Asin'], (x) => tf.asin(tf.mul(x, 0.9))),
  acos: unary(['Acos'], (x) => tf.acos(tf.mul(x, 0.9))),
  atan: unary(['Atan'], tf.atan),
  sinh: unary(['Sinh'], tf.sinh),
  cosh: unary(['Cosh'], tf.cosh),
  asinh: unary(['Asinh'], tf.asinh),
  acosh: unary(['Acosh'], (x) => tf.acosh(tf.add(x, 1.5)), positive),
  atanh: unary(['Atanh'], (x) => tf.atanh(tf.mul(x, 0.9))),
  isNaN: unary(['IsNan'], (x) => tf.isNaN(tf.log(x)), steps),
  isInf: unary(['IsInf'], (x) => tf.isInf(tf.div(x, tf.relu(x))), steps),
  isFinite: unary(['IsFinite'], (x) => tf.isFinite(tf.log(x)), steps),
  'cast to int32': unary(['Cast'], (x) => tf.cast(tf.mul(x, 5), 'int32'), steps),
  cast: unary(['Cast', 'Identity'], (x) =>
    tf.mul(x, tf.cast(tf.clone(t([1, 0, 1], [3], 'bool')), 'float32')),
  ),
  where: { kernels: ['Select'], run: ({ a, b }) => tf.where(t([1, 0, 1], [3], 'bool'), a, b), inputs: ab },
  softmax: unary(['Softmax'], (x) => tf.softmax(x)),
  logSoftmax: unary(['LogSoftmax'], (x) => tf.logSoftmax(x)),
  logSumExp: unary(['Max'], (x) => tf.logSumExp(x, 1)),
  sum: unary(['Sum'], (x) => tf.sum(x, 0)),
  'sum of all': unary(['Sum'], (x) => tf.sum(tf.square(x))),
  'sum of bool': unary(['Sum'], (x) => tf.sum(tf.greater(x, 0), 1), steps),
  mean: unary(['Mean'], (x) => tf.mean(tf.square(x), -1, true)),
  prod: unary(['Prod'], (x) => tf.prod(x, 1), steps),
  max: unary(['Max'], (x) => tf.max(x, 1)),
  min: unary(['Min'], (x) => tf.min(x, 0, true)),
  all: unary(['All'], (x) => tf.all(tf.greater(x, -0.5), 1), steps),
  any: unary(['Any'], (x) => tf.any(tf.greater(x, 0.5), 1), steps),
  argMax: unary(['ArgMax'], (x) => tf.argMax(x, 1), steps),
  argMin: unary(['ArgMin'], (x) => tf.argMin(x, 0), steps),
  cumsum: unary(['Cumsum'], (x) => tf.cumsum(x, 1)),
  'cumsum, exclusive and reversed': unary(['Cumsum'], (x) => tf.cumsum(x, 0, true, true)),
  'topk values': unary(['TopK'], (x) => tf.topk(x, 2).values, steps),
  'topk indices': unary(['TopK'], (x) => tf.topk(x, 2).indices, steps),
  reshape: unary(['Reshape', 'ExpandDims'], (x) => tf.expandDims(tf.reshape(x, [3, -1]), 1)),
  transpose: {
    kernels: ['Transpose'],
    run: ({ a }) => tf.transpose(tf.square(a), [2, 0, 1]),
    inputs: { a: [2, 3, 4] },
  },
  slice: unary(['Slice', 'PadV2'], (x) => tf.slice(x, [0, 1], [-1, 2])),
  stridedSlice: {
    kernels: ['StridedSlice'],
    run: ({ a }) => tf.stridedSlice(a, [0, 3], [3, 0], [2, -2]),
    inputs: { a: [4, 5] },
    ...steps,
  },
  reverse: unary(['Reverse'], (x) => tf.reverse(x, 1)),
  concat: {
    kernels: ['Concat'],
    run: ({ a, b }) => tf.concat([a, tf.square(b)], 1),
    inputs: { a: [2, 3], b: [2, 1] },
  },
  stack: { kernels: ['Pack', 'Unpack'], run: ({ a, b }) => tf.stack([a, tf.square(b)], 1), inputs: ab },
  unstack: unary(['Unpack', 'Pack'], (x) => tf.mul(tf.unstack(x)[0], tf.unstack(x)[1])),
  split: unary(['SplitV'], (x) => tf.mul(...(tf.split(x, [1, 1, 1], 1).slice(1) as [Tensor, Tensor]))),
  tile: unary(['Tile'], (x) => tf.tile(x, [2, 1])),
  broadcastTo: { kernels: ['Tile'], run: ({ a }) => tf.broadcastTo(a, [4, 2, 3]), inputs: { a: [2, 1] } },
  pad: unary(['PadV2'], (x) =>
    tf.pad(
      x,
      [
        [1, 0],
        [0, 2],
      ],
      0.5,
    ),
  ),
  fill: unary(['Fill', 'ZerosLike', 'OnesLike'], (x) =>
    tf.add(tf.mul(x, tf.fill([2, 3], 2)), tf.add(tf.onesLike(x), tf.zerosLike(x))),
  ),
  range: unary(['Range', 'LinSpace'], (x) => tf.mul(tf.add(x, tf.range(0, 3)), tf.linspace(1, 2, 3))),
  gather: unary(['GatherV2', 'UnsortedSegmentSum'], (x) => tf.gather(x, t([1, 0, 1, 1], [4]))),
  'gather of columns': unary(['GatherV2'], (x) => tf.gather(x, t([2, 0, 2, 1], [2, 2]), 1)),
  'gather in batches': {
    kernels: ['GatherV2'],
    run: ({ a }) => tf.gather(a, t([2, 0, 2, 1], [2, 2]), 1, 1),
    inputs: { a: [2, 3, 2] },
    ...steps,
  },
  unsortedSegmentSum: unary(['UnsortedSegmentSum'], (x) =>
    tf.unsortedSegmentSum(x, t([1, 1], [2]) as tf.Tensor1D, 3),
  ),
  gatherND: unary(['GatherNd'], (x) => tf.gatherND(x, t([1, 2, 0, 0], [2, 2])), steps),
  scatterND: {
    kernels: ['ScatterNd'],
    run: ({ a }) => tf.scatterND(t([3, 1, 3], [3, 1]), a, [5]),
    inputs: { a: [3] },
    ...steps,
  },
  tensorScatterUpdate: {
    kernels: ['TensorScatterUpdate'],
    run: ({ a, b }) => tf.tensorScatterUpdate(a, t([3, 1], [2, 1]), b),
    inputs: { a: [5], b: [2] },
    ...steps,
  },
  oneHot: unary(['OneHot'], (x) => tf.mul(x, tf.cast(tf.oneHot(t([2, 0], [2]), 3), 'float32'))),
  'oneHot of other numbers': unary(['OneHot'], (x) =>
    tf.mul(x, tf.cast(tf.oneHot(t([2, 0], [2]), 3, 5, -1), 'float32')),
  ),
  matMul: { kernels: ['BatchMatMul'], run: ({ a, b }) => tf.matMul(a, b), inputs: { a: [2, 3], b: [3, 4] } },
  'matMul, both transposed': {
    kernels: ['BatchMatMul'],
    run: ({ a, b }) => tf.matMul(a, b, true, true),
    inputs: { a: [3, 2], b: [4, 3] },
  },
  'matMul in batches': {
    kernels: ['BatchMatMul'],
    run: ({ a, b }) => tf.matMul(a, b, false, true),
    inputs: { a: [2, 2, 2, 3], b: [2, 2, 4, 3] },
  },
  'matMul in batches, transposed': {
    kernels: ['BatchMatMul'],
    run: ({ a, b }) => tf.matMul(a, b, true, false),
    inputs: { a: [2, 3, 2], b: [2, 3, 2] },
  },
  'fused matMul': {
    kernels: ['_FusedMatMul'],
    run: ({ a, b, c }) =>
      tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias: c, activation: 'relu' }),
    inputs: { a: [2, 3], b: [3, 4], c: [4] },
  },
  einsum: {
    kernels: ['Einsum'],
    run: ({ a, b }) => tf.einsum('ij,kj->ik', a, b),
    inputs: { a: [2, 3], b: [4, 3] },
    ...steps,
  },
  layerNorm: {
    kernels: ['ElephantLayerNormalization', 'ElephantStandardise'],
    run: ({ a, b, c }) => layerNorm(a, b, c, 1e-5),
    inputs: { a: [2, 3, 4], b: [4], c: [4] },
  },
  // An eps that shows in the result.
  sampleNorm: {
    kernels: ['ElephantStandardise'],
    run: ({ a, b, c }) => sampleNorm(a, b, c, 0.1),
    inputs: { a: [2, 3, 4], b: [4], c: [4] },
  },
  'gelu by erf': unary(['ElephantGelu'], (x) => gelu(tf.mul(x, 2))),
  'gelu by tanh': unary([], (x) => gelu(tf.mul(x, 2), 'tanh')),
  'our logSumExp': unary([], (x) => logSumExp(tf.mul(x, 50))),
  softmaxCrossEntropy: unary([], (x) =>
    softmaxCrossEntropyWithLabels(x as tf.Tensor2D, t([2, 0], [2]) as tf.Tensor1D, tf.tensor1d([0.5, 2])),
  ),
  meanLinearCrossEntropy: {
    kernels: [],
    run: ({ a, b, c }) =>
      meanLinearCrossEntropy(
        {
          hidden: a as tf.Tensor2D,
          classes: b as tf.Tensor2D,
          bias: c as tf.Tensor1D,
          labels: t([3, 3], [2]) as tf.Tensor1D,
        },
        tf.tensor1d([1, 3]),
      ),
    inputs: { a: [2, 3], b: [5, 3], c: [5] },
  },
};

const engines = Promise.all([
  createEngine({ provider: 'cpu', threads: 1 }),
  createEngine({ provider: 'tfjs' }),
]);
afterAll(async () => {
  for (const engine of await engines) await engine.dispose();
});

/**
 * Numbers that are apart from each other, from zero and from 0.5, so that no finite difference crosses a
 * kink.
 */
function inputsOf({ inputs, low = -1, high = 1 }: Case): NamedHostTensors {
  const random = uniform(7);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => {
      const size = shape.reduce((x, y) => x * y, 1);
      const order = Array.from({ length: size }, (_, i) => i).sort(() => random() - 0.5);
      const data = Float32Array.from(order, (i) => low + ((high - low) * (i + 0.27 + 0.2 * random())) / size);
      return [name, { shape, dtype: 'float32', data } satisfies HostTensor];
    }),
  );
}

describe.each(Object.keys(cases))('%s', (name) => {
  const testCase = cases[name];
  const inputs = inputsOf(testCase);
  it(
    testCase.differentiable === false
      ? 'gives what eager gives'
      : 'gives what eager gives, with its gradient',
    async () => {
      const [cpu, eager] = await engines;
      const forward: Program = { name, inputs: {}, outputs: (params) => ({ result: testCase.run(params) }) };
      const [compiled, expected] = await Promise.all(
        [cpu, eager].map(
          async (engine) =>
            (await (await engine.compile(forward, engine.createState(inputs))).run({})).result,
        ),
      );
      expect(compiled.shape).toEqual(expected.shape);
      expect(compiled.dtype).toBe(expected.dtype);
      expectClose(compiled.data, expected.data, 2e-5);
      if (testCase.differentiable === false) return;

      const training: TrainingProgram = {
        name,
        inputs: {},
        optimizer: sgd({ learningRate: 1 }),
        loss: (params) => weightedSum(testCase.run(params)),
      };
      const [ours, theirs] = await Promise.all(
        [cpu, eager].map(
          async (engine) =>
            (await (await engine.compileTraining(training, engine.createState(inputs))).gradients({}))
              .gradients,
        ),
      );
      for (const input of Object.keys(inputs)) {
        expect(ours[input].shape).toEqual(inputs[input].shape);
        expectClose(ours[input].data, theirs[input].data, 5e-5);
        expectClose(ours[input].data, finiteDifferences(testCase, inputs, input), 1e-2);
      }
    },
  );
});

it('has a case for every kernel that can be compiled', () => {
  const covered = new Set(Object.values(cases).flatMap((c) => c.kernels));
  expect([...recordedKernels.keys()].filter((kernel) => !covered.has(kernel))).toEqual([]);
});

it('says which kernel is missing, with its shapes and the place in the program', () => {
  const run = (): unknown =>
    trace('image', { x: { shape: [1, 4, 4, 1], dtype: 'float32' } }, false, ({ x }) => ({
      y: tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'),
    }));
  expect(run).toThrow(ProgramError);
  expect(run).toThrow(/image: .*MaxPool\(float32\[1,4,4,1\]\).*kernels\.test\.ts:\d+/);
});

it('names the program and the place of shapes that do not fit', () => {
  const specs = { x: { shape: [2, 3], dtype: 'float32' } } as const;
  expect(() => trace('wrong', specs, false, ({ x }) => ({ y: tf.matMul(x, x) }))).toThrow(
    /wrong: matMul: .*\[2,3\] and \[2,3\].*kernels\.test\.ts/i,
  );
});

/** A scalar that weighs every element differently. */
function weightedSum(x: Tensor): tf.Scalar {
  const weights = Array.from({ length: x.size }, (_, i) => Math.sin(i + 1) + 1.5);
  return tf.sum(tf.mul(x, tf.tensor(weights, x.shape)));
}

function finiteDifferences(testCase: Case, inputs: NamedHostTensors, name: string): number[] {
  const h = 2e-3;
  tf.setBackend('cpu');
  const loss = (data: Float32Array): number =>
    tf.tidy(() => {
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([key, x]) => [
          key,
          tf.tensor(key === name ? data : (x.data as Float32Array), [...x.shape]),
        ]),
      );
      // Summed in JavaScript's double precision: float32 sums would drown the difference.
      const result = testCase.run(tensors);
      return (result.dataSync() as Float32Array).reduce((sum, x, i) => sum + x * (Math.sin(i + 1) + 1.5), 0);
    });
  const data = inputs[name].data as Float32Array;
  return Array.from(data, (x, i) => {
    const [up, down] = [x + h, x - h].map((value) => loss(data.map((old, j) => (i === j ? value : old))));
    return (up - down) / (2 * h);
  });
}

/** Within `tolerance` of the largest number, or of one. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const scale = Math.max(1, ...Array.from(expected, (x) => (Number.isFinite(x) ? Math.abs(x) : 0)));
  Array.from(expected).forEach((x, i) => {
    if (Number.isNaN(x)) expect(actual[i]).toBeNaN();
    else if (!Number.isFinite(x)) expect(actual[i]).toBe(x);
    else
      expect(Math.abs(actual[i] - x), `element ${i}: ${actual[i]} against ${x}`).toBeLessThan(
        tolerance * scale,
      );
  });
}
