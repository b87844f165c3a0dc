/**
 * Training in mixed precision: products of matrices, and nothing else, in half precision; gradients of any
 * size; the effect on loss curves of the recommenders and the language model; refusal where it is not.
 */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { encoderParameters, encoderShape, encoderStep } from '../../bench/engine/encoder';
import { transformerBatch, transformerParameters, transformerStep } from '../../bench/engine/transformer';
import {
  adam,
  createEngine,
  type DType,
  type HostArray,
  type NamedHostTensors,
  type Precision,
  sgd,
  type TrainingProgram,
} from '../../lib/src/engine';
import type { Graph, Node } from '../../lib/src/engine/graph';
import { HostState, ortTensor } from '../../lib/src/engine/hostState';
import { lowerCpu } from '../../lib/src/engine/lowering/cpu';
import { halfProducts } from '../../lib/src/engine/lowering/halfProducts';
import { writeOnnx } from '../../lib/src/engine/onnx/writer';
import { optimise } from '../../lib/src/engine/passes';
import { removeDeadCode } from '../../lib/src/engine/passes/deadCode';
import { probeProvider } from '../../lib/src/engine/providers/probe';
import * as ort from '../../lib/src/engine/runtime/onnxRuntime';
import { PARAM, traceOutputs, traceStep } from '../../lib/src/engine/traceProgram';
import { createRandom } from '../../lib/src/random';
import { trainRecommender } from '../../lib/src/training';
import { trainMaskedLanguage } from '../../lib/src/training/language/trainMaskedLanguage';
import { smallDataset } from '../evaluation/smallDataset';
import { toyModel, words } from '../training/language/toy';
import './swiftshader';

const transformer = { batch: 2, length: 5, dim: 8, items: 12, heads: 2 };
const encoder = { ...encoderShape(4, 5, 9, 16), dim: 8, heads: 2, layers: 1, vocabulary: 20 };

describe('the graph of a training step', () => {
  const cases = [
    ['transformer', transformerStep(transformer), transformerParameters(transformer)],
    ['encoder', encoderStep(encoder), encoderParameters(encoder)],
  ] as const;
  const ofType = (dtype: string, { inputs, outputs }: Node): boolean =>
    [...inputs, ...outputs].some((value) => value.dtype === dtype);
  /** A product of two matrices; with a vector it is a sum. */
  const isProduct = ({ op, inputs: [a], outputs: [result], attrs }: Node): boolean =>
    op === 'MatMul' && [a.shape.at(attrs.transA ? -2 : -1)!, ...result.shape.slice(-2)].every((n) => n > 1);

  it.each(cases)('%s: has products of matrices, and only these, in float16', (_, program, parameters) => {
    const state = new HostState(parameters);
    state.ensureSlots(program);
    const before = optimise(traceStep(program, state).graph);
    const after = halfProducts(before);
    const half = after.nodes.filter((node) => ofType('float16', node));
    const products = half.filter(({ op }) => op === 'MatMul');
    expect(products.length).toBe(before.nodes.filter(isProduct).length);
    expect(products.length).toBeGreaterThan(10);
    expect([...new Set(half.map(({ op }) => op))].sort()).toEqual(['Cast', 'MatMul']);
    // Sums that are written as products, in layer norms.
    const sums = (graph: Graph): number =>
      graph.nodes.filter((node) => node.op === 'MatMul' && !isProduct(node)).length;
    expect(sums(after)).toBe(sums(before));
    expect(sums(after)).toBeGreaterThan(0);
    // The state, loss and all else are what they were.
    expect([...after.inputs]).toEqual([...before.inputs]);
    expect([...after.outputs.values()].every(({ dtype }) => dtype !== 'float16')).toBe(true);
    const others = (graph: Graph, op: string): number => graph.nodes.filter((node) => node.op === op).length;
    for (const op of ['Softmax', 'Exp', 'LayerNormalization', 'Add', 'Sub', 'ReduceMean', 'ScatterND'])
      expect(others(after, op), op).toBe(others(before, op));
  });

  it('casts and scales a tensor once for all its products', () => {
    const state = new HostState(transformerParameters(transformer));
    const program = transformerStep(transformer);
    state.ensureSlots(program);
    const { nodes } = halfProducts(optimise(traceStep(program, state).graph));
    const products = nodes.filter(({ op, outputs }) => op === 'MatMul' && outputs[0].dtype === 'float16');
    const operands = new Set(products.flatMap(({ inputs }) => inputs));
    expect(nodes.filter(({ op, attrs }) => op === 'Cast' && attrs.to === 'float16').length).toBe(
      operands.size,
    );
    expect(operands.size).toBeLessThan(2 * products.length);
  });

  it('as CUDA gets it: a valid model, with the same loss', async () => {
    const parameters = transformerParameters(transformer);
    const traced = traceOutputs(transformerStep(transformer), new HostState(parameters));
    const lossOf = async (graph: Graph): Promise<number> => {
      const model = writeOnnx({ ...graph, nodes: graph.nodes.map(lowerCpu) }, 'step');
      // The CPU leaves out the casts, so this is about types, shapes and scales.
      const session = await ort.InferenceSession.create(model, { logSeverityLevel: 4 });
      const batch = transformerBatch(transformer) as Record<string, HostArray>;
      const feeds = [...graph.inputs].map(([name, { shape, dtype }]) => {
        const data = batch[name] ?? parameters[name.slice(PARAM.length)].data;
        return [name, ortTensor({ shape, dtype: dtype as DType }, data)] as const;
      });
      const { loss } = await session.run(Object.fromEntries(feeds));
      await session.release();
      return (loss.data as Float32Array)[0];
    };
    const graph = removeDeadCode(optimise(traced.graph));
    const half = removeDeadCode(halfProducts(graph));
    expect(half.nodes.map(lowerCpu).filter(({ op }) => op === 'FusedMatMul').length).toBeGreaterThan(0);
    expect(await lossOf(half)).toBeCloseTo(await lossOf(graph), 3);
  });
});

describe('numbers', () => {
  /**
   * Loss: factor * sum((x w)^2), x [3, inner], w [inner, 4]. The factor is fed, since a constant one would
   * become part of the product.
   */
  const squares = (inner: number, learningRate = 1): TrainingProgram => ({
    name: 'squares',
    inputs: { x: { shape: [3, inner], dtype: 'float32' }, factor: { shape: [], dtype: 'float32' } },
    optimizer: sgd({ learningRate }),
    loss: ({ w }, { x, factor }) =>
      tf.mul(tf.sum(tf.square(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D))), factor) as tf.Scalar,
  });

  async function inPrecision(
    precision: Precision,
    program: TrainingProgram,
    w: NamedHostTensors[string],
    feeds: { x: Float32Array; factor: number },
  ): Promise<{ loss: number; gradient: Float32Array; updated: Float32Array }> {
    const engine = await createEngine({ threads: 1, precision });
    const state = engine.createState({ w });
    try {
      const step = await engine.compileTraining(program, state);
      const { gradients } = await step.gradients(feeds);
      const { loss } = await step.run(feeds);
      const updated = (await state.read('w')).data as Float32Array;
      return { loss, gradient: gradients.w.data as Float32Array, updated };
    } finally {
      state.dispose();
      await engine.dispose();
    }
  }
  const random = createRandom(5);
  const filled = (shape: readonly number[], number: () => number): NamedHostTensors[string] => ({
    shape,
    dtype: 'float32',
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, number),
  });

  it.each([
    ['far too small for float16', 1e-12, 1],
    ['of an ordinary size', 1, 1],
    ['far too large for float16', 1e10, 1],
    ['of operands that are too small themselves', 1, 1e-9],
    ['of operands that are too large themselves', 1, 1e7],
  ])('gradients %s are those of single precision to 1 in 1,000', async (_, factor, size) => {
    const w = filled([50, 4], () => size * random.normal());
    const x = filled([3, 50], () => random.normal()).data as Float32Array;
    const program = squares(50);
    const single = await inPrecision('single', program, w, { x, factor });
    const mixed = await inPrecision('mixed', program, w, { x, factor });
    // What the backward product multiplies: 2 factor (x w). A mere cast makes 0 or infinity of the extremes.
    const norm = Math.hypot(...single.gradient);
    const difference = Math.hypot(...single.gradient.map((g, i) => g - mixed.gradient[i]));
    expect(norm).toBeGreaterThan(0);
    expect(difference / norm).toBeLessThan(1e-3);
    // It is not single precision either.
    expect(difference / norm).toBeGreaterThan(1e-6);
  });

  it('a tensor of zeros has zeros as gradient', async () => {
    const w = filled([5, 4], () => 0);
    const { loss, gradient } = await inPrecision('mixed', squares(5), w, {
      x: new Float32Array(15).fill(1),
      factor: 1,
    });
    expect(loss).toBe(0);
    expect([...gradient].every((g) => g === 0)).toBe(true);
  });

  it('sums within a product are in float32: of 10,000 ones, where float16 stops at 2,048', async () => {
    const ones = filled([10_000, 4], () => 1);
    const { loss } = await inPrecision('mixed', squares(10_000), ones, {
      x: new Float32Array(30_000).fill(1),
      factor: 1 / 12,
    });
    expect(Math.sqrt(loss) / 10_000).toBeCloseTo(1, 3);
  });

  it('weights are in float32: an update of a ten-thousandth is not lost', async () => {
    const w = filled([2, 4], () => 1);
    const { gradient, updated } = await inPrecision('mixed', squares(2, 1e-5), w, {
      x: new Float32Array(6).fill(1),
      factor: 1,
    });
    gradient.forEach((g, i) => {
      expect(g).toBeCloseTo(12, 1);
      // Next to 1, numbers of float16 are 0.0005 and 0.001 apart.
      expect(1 - updated[i]).toBeCloseTo(1e-5 * g, 7);
    });
  });
});

/** Largest difference of two curves, as a share of the first one's value there. */
function furthest(curve: readonly number[], other: readonly number[]): number {
  expect(other.length).toBe(curve.length);
  return Math.max(...curve.map((value, i) => Math.abs(other[i] - value) / value));
}

describe('loss curves', () => {
  it.each(['bce', 'ce'] as const)(
    'SASRec with %s: 60 updates within 0.5 % of single precision',
    async (loss) => {
      const dataset = smallDataset({ users: 80, items: 120 });
      const curve = async (precision: Precision): Promise<number[]> => {
        const losses: number[] = [];
        const { log } = await trainRecommender({
          ...{ dataset, model: 'sasrec', loss, dim: 16, maxLength: 10, batch: 20, epochs: 15, patience: 15 },
          ...{ learningRate: 0.005, dropout: 0.2, userSampling: 'shuffled', threads: 1, precision },
        });
        for (const epoch of log) if (epoch.loss !== null) losses.push(epoch.loss);
        return losses;
      };
      const [single, mixed] = [await curve('single'), await curve('mixed')];
      expect(single.length).toBe(15);
      expect(single[14]).toBeLessThan(0.97 * single[0]);
      expect(furthest(single, mixed)).toBeLessThan(0.005);
      expect(mixed).not.toEqual(single);
    },
  );

  it('masked-language model: 60 updates within 0.5 % of single precision', async () => {
    const { tokenizer, model } = await toyModel(0.1);
    const texts = Array.from({ length: 96 }, (_, i) =>
      [0, 1, 2, 3].map((k) => words[(i * 5 + k) % words.length]).join(' '),
    );
    const curve = async (precision: Precision): Promise<readonly number[]> => {
      const engine = await createEngine({ threads: 1, seed: 1, precision });
      try {
        const { losses, updates } = await trainMaskedLanguage(
          {
            engine,
            texts,
            tokenizer,
            config: { ...model.config, tokenTypes: 1, itemPositions: 0, initializerStd: 0.02 },
          },
          { epochs: 10, batch: 16, learningRate: 3e-3, seed: 1, maxTokens: 48 },
        );
        expect(updates).toBe(60);
        return losses;
      } finally {
        await engine.dispose();
      }
    };
    const [single, mixed] = [await curve('single'), await curve('mixed')];
    expect(single[9]).toBeLessThan(0.8 * single[0]);
    expect(furthest(single, mixed)).toBeLessThan(0.005);
    expect(mixed).not.toEqual(single);
  });
});

describe('where it applies', () => {
  const shape = { ...transformer, dropout: 0.2 };
  const losses = async (precision?: Precision): Promise<number[]> => {
    const engine = await createEngine({ threads: 1, seed: 3, ...(precision && { precision }) });
    const state = engine.createState(transformerParameters(shape));
    const step = await engine.compileTraining(transformerStep(shape, adam({ learningRate: 0.01 })), state);
    const result: number[] = [];
    for (let i = 0; i < 5; i++) result.push((await step.run(transformerBatch(shape))).loss);
    await engine.dispose();
    return result;
  };

  it('is off by default', async () => {
    const single = await losses('single');
    expect(await losses()).toEqual(single);
    expect(await losses('mixed')).not.toEqual(single);
  });

  it('leaves evaluation and encoding in single precision', async () => {
    const weights = { w: filledWith(1 / 3) };
    const result = async (precision: Precision): Promise<unknown> => {
      const engine = await createEngine({ threads: 1, precision });
      const program = await engine.compile(
        {
          name: 'square',
          inputs: {},
          outputs: ({ w }) => ({ y: tf.matMul(w as tf.Tensor2D, w as tf.Tensor2D) }),
        },
        engine.createState(weights),
      );
      const { y } = await program.run({});
      await engine.dispose();
      return y.data;
    };
    expect(await result('mixed')).toEqual(await result('single'));
  });

  it('is named in the description of the engine, which checkpoints compare', async () => {
    const [single, mixed] = [
      await createEngine({ threads: 1 }),
      await createEngine({ threads: 1, precision: 'mixed' }),
    ];
    expect(mixed.description).toBe(`${single.description}, mixed precision`);
    await single.dispose();
    await mixed.dispose();
  });

  it('is refused by providers without it, and so are other names', async () => {
    await expect(createEngine({ provider: 'tfjs', precision: 'mixed' })).rejects.toThrow(
      /precision: expected a provider with mixed precision \(cpu or cuda\), got tfjs: [^]*"single"/,
    );
    await expect(createEngine({ provider: 'webgpu', precision: 'mixed' })).rejects.toThrow(
      /got webgpu: its products in float16 also add up in float16/,
    );
    await expect(createEngine({ precision: 'half' as 'mixed' })).rejects.toThrow(/unknown precision "half"/);
  });

  it('is tried on a product whose sum float16 cannot hold', async () => {
    expect(await probeProvider('cpu', { precision: 'mixed', timeoutMs: 20_000 })).toMatchObject({
      works: true,
    });
  });

  it.runIf(process.env.ELEPHANT_WEBGPU === '1')('is not on a device without float16', async () => {
    const { works, reason } = await probeProvider('webgpu', { precision: 'mixed', timeoutMs: 20_000 });
    expect(works).toBe(false);
    expect(reason).toContain('requires f16 but the device does not support it');
  });
});

function filledWith(number: number): NamedHostTensors[string] {
  return { shape: [4, 4], dtype: 'float32', data: new Float32Array(16).fill(number) };
}
