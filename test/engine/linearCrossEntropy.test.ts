/**
 * The loss over so many rows and classes that it is computed in several blocks of rows, against its formula
 * in double precision.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, meanLinearCrossEntropy, sgd } from '../../lib/src/engine';
import type {
  Engine,
  HostTensor,
  NamedHostTensors,
  NamedTensors,
  TrainingProgram,
} from '../../lib/src/engine';
import { trace } from '../../lib/src/engine/trace/trace';
import { createRandom } from '../../lib/src/random';

// Three blocks of 2^22 logits at most, the last of them shorter.
const [ROWS, CLASSES, D] = [1100, 8000, 4];

const random = createRandom(5);
const numbers = (...shape: number[]): HostTensor => ({
  shape,
  dtype: 'float32',
  data: Float32Array.from({ length: shape.reduce((x, y) => x * y) }, () => 4 * random.uniform() - 2),
});
const given = { hidden: numbers(ROWS, D), classes: numbers(CLASSES, D), bias: numbers(CLASSES) };
/** Some classes are the label of many rows, the first and the last among them. */
const labels = Int32Array.from({ length: ROWS }, (_, i) => (i % 3 === 0 ? CLASSES - 1 : (i * i) % CLASSES));
/** Some rows are left out. */
const weights = Float32Array.from({ length: ROWS }, (_, i) => i % 5);

interface Expected {
  loss: number;
  gradients: Record<string, Float64Array>;
}

/** -log softmax of the label's logit and its gradients, row by row. */
function byFormula(withBias: boolean): Expected {
  const [hidden, classes] = [given.hidden.data, given.classes.data];
  const gradients = {
    hidden: new Float64Array(ROWS * D),
    classes: new Float64Array(CLASSES * D),
    bias: new Float64Array(CLASSES),
  };
  const total = weights.reduce((sum, w) => sum + w, 0);
  let loss = 0;
  const probabilities = new Float64Array(CLASSES);
  for (let i = 0; i < ROWS; i++) {
    let sum = 0;
    for (let c = 0; c < CLASSES; c++) {
      let logit = withBias ? given.bias.data[c] : 0;
      for (let j = 0; j < D; j++) logit += hidden[i * D + j] * classes[c * D + j];
      sum += probabilities[c] = Math.exp(logit);
    }
    const share = weights[i] / total;
    loss -= share * Math.log(probabilities[labels[i]] / sum);
    for (let c = 0; c < CLASSES; c++) {
      const slope = share * (probabilities[c] / sum - (c === labels[i] ? 1 : 0));
      gradients.bias[c] += slope;
      for (let j = 0; j < D; j++) {
        gradients.hidden[i * D + j] += slope * classes[c * D + j];
        gradients.classes[c * D + j] += slope * hidden[i * D + j];
      }
    }
  }
  return { loss, gradients };
}

function loss({ hidden, classes, bias }: NamedTensors): tf.Scalar {
  return meanLinearCrossEntropy(
    {
      hidden: hidden as Tensor2D,
      classes: classes as Tensor2D,
      bias: bias as Tensor1D | undefined,
      labels: tf.tensor1d(labels, 'int32'),
    },
    tf.tensor1d(weights),
  );
}

describe.each([
  ['with a bias', true],
  ['without a bias', false],
])('the loss in several blocks, %s', (_, withBias) => {
  const { bias, ...others } = given;
  const inputs: NamedHostTensors = withBias ? { ...others, bias } : others;
  let engine: Engine;
  beforeAll(async () => void (engine = await createEngine({ provider: 'cpu', threads: 1 })));
  afterAll(() => engine.dispose());

  it('is that of the formula, with its gradients', async () => {
    const { graph } = trace(
      'loss',
      Object.fromEntries(
        Object.entries(inputs).map(([name, { shape }]) => [name, { shape, dtype: 'float32' as const }]),
      ),
      false,
      (x) => ({ y: loss(x) }),
    );
    expect(graph.nodes.filter(({ op }) => op === 'Softmax')).toHaveLength(3);

    const expected = byFormula(withBias);
    const state = engine.createState(inputs);
    const forward = await engine.compile(
      { name: 'forward', inputs: {}, outputs: (params) => ({ y: loss(params) }) },
      state,
    );
    expect((await forward.run({})).y.data[0]).toBeCloseTo(expected.loss, 4);
    const program: TrainingProgram = {
      name: 'training',
      inputs: {},
      optimizer: sgd({ learningRate: 1 }),
      loss,
    };
    const result = await (await engine.compileTraining(program, state)).gradients({});
    expect(result.loss).toBeCloseTo(expected.loss, 4);
    expect(Object.keys(result.gradients).sort()).toEqual(Object.keys(inputs).sort());
    for (const [name, { data }] of Object.entries(result.gradients)) {
      const largest = expected.gradients[name].reduce((max, x) => Math.max(max, Math.abs(x)), 0);
      const furthest = expected.gradients[name].reduce(
        (max, x, i) => Math.max(max, Math.abs(data[i] - x)),
        0,
      );
      expect(furthest / largest, name).toBeLessThan(1e-5);
    }
  });
});
