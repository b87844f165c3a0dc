/** Each pass leaves every result as it was, on small programs made for it, and does what it is there for. */
import * as tf from '@tensorflow/tfjs-core';
import * as ort from '../../lib/src/engine/runtime/onnxRuntime';
import { describe, expect, it } from 'vitest';
import { transformerBatch, transformerParameters, transformerStep } from '../../bench/engine/transformer';
import type { Graph } from '../../lib/src/engine/graph';
import { HostState } from '../../lib/src/engine/hostState';
import { lowerForCpu } from '../../lib/src/engine/lowering/cpu';
import { lowerForExport } from '../../lib/src/engine/lowering/portable';
import { writeOnnx } from '../../lib/src/engine/onnx/writer';
import { optimise, PASSES, type Pass } from '../../lib/src/engine/passes';
import { removeDeadCode } from '../../lib/src/engine/passes/deadCode';
import { trace } from '../../lib/src/engine/trace/trace';
import { PARAM, traceGradients } from '../../lib/src/engine/traceProgram';
import { sgd, type HostArray, type NamedSpecs, type NamedTensors } from '../../lib/src/engine';

type Arrays = Record<string, HostArray>;

async function run(graph: Graph, arrays: Arrays): Promise<Arrays> {
  // Without the runtime's own optimisations: ours are tested.
  const session = await ort.InferenceSession.create(writeOnnx(lowerForCpu(graph), 'test'), {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 4,
  });
  const feeds = Object.fromEntries(
    [...graph.inputs].map(([name, { shape, dtype }]) => [
      name,
      new ort.Tensor(dtype as 'float32', arrays[name] as Float32Array, shape),
    ]),
  );
  const results = await session.run(feeds);
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as HostArray]));
}

function expectSame(actual: Arrays, expected: Arrays): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, data] of Object.entries(expected)) {
    const scale = Math.max(1e-3, ...Array.from(data, Math.abs));
    data.forEach((x, i) =>
      expect(Math.abs(actual[name][i] - x), `${name} ${i}`).toBeLessThanOrEqual(3e-6 * scale),
    );
  }
}

const count = (graph: Graph, op: string): number => graph.nodes.filter((node) => node.op === op).length;
const clean = (graph: Graph, ...passes: Pass[]): Graph =>
  passes.reduce((g, pass) => removeDeadCode(pass(g)), removeDeadCode(graph));

describe('on the gradients of a transformer', () => {
  const shape = { batch: 2, length: 5, dim: 8, items: 12, heads: 2 };
  const parameters = transformerParameters(shape);
  const { graph } = traceGradients(transformerStep(shape), new HostState(parameters));
  const arrays: Arrays = {
    ...(transformerBatch(shape) as Arrays),
    ...Object.fromEntries(Object.entries(parameters).map(([name, { data }]) => [PARAM + name, data])),
  };
  const expected = run(removeDeadCode(graph), arrays);

  it.each(Object.keys(PASSES))('%s changes no result', async (name) => {
    expectSame(await run(clean(graph, PASSES[name]), arrays), await expected);
  });

  it('all of them change no result and leave fewer nodes', async () => {
    const optimised = optimise(graph);
    expect(optimised.nodes.length).toBeLessThan(removeDeadCode(graph).nodes.length);
    expectSame(await run(optimised, arrays), await expected);
    expectSame(await run(lowerForExport(optimised), arrays), await expected);
  });
});

describe('each for its purpose', () => {
  const x34: NamedSpecs = { x: { shape: [3, 4], dtype: 'float32' }, y: { shape: [3, 4], dtype: 'float32' } };
  const arrays: Arrays = {
    x: Float32Array.from({ length: 12 }, (_, i) => Math.sin(3 * i + 1)),
    y: Float32Array.from({ length: 12 }, (_, i) => Math.cos(2 * i)),
  };
  const graphOf = (program: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor, specs = x34): Graph =>
    trace('test', specs, false, ({ x, y }): NamedTensors => ({ result: program(x, y) })).graph;
  const check = async (graph: Graph, ...passes: Pass[]): Promise<Graph> => {
    const rewritten = clean(graph, ...passes);
    const used = Object.fromEntries(Object.entries(arrays));
    expectSame(await run(rewritten, used), await run(removeDeadCode(graph), used));
    return rewritten;
  };

  it('folds constants and drops what changes nothing', async () => {
    const graph = await check(
      graphOf((x) =>
        tf.mul(tf.add(tf.mul(x, tf.sqrt(tf.add(tf.scalar(3), tf.tensor1d([1, 6, 13, 22])))), 0), 1),
      ),
      PASSES.foldConstants,
    );
    expect(graph.nodes.map((node) => node.op)).toEqual(['Mul']);
  });

  it('shares equal work', async () => {
    const graph = await check(
      graphOf((x, y) => tf.add(tf.exp(tf.mul(x, 2)), tf.mul(y, tf.exp(tf.mul(x, 2))))),
      PASSES.shareWork,
    );
    expect(count(graph, 'Exp')).toBe(1);
  });

  it('absorbs transposes and factors into products', async () => {
    const graph = await check(
      graphOf((x, y) => tf.mul(tf.matMul(tf.transpose(tf.mul(x, 3)), tf.mul(y, 0.5)), 2)),
      PASSES.absorbIntoProducts,
    );
    expect(graph.nodes.map((node) => node.op)).toEqual(['MatMul']);
    expect(graph.nodes[0].attrs).toEqual({ transA: true, transB: false, alpha: 3 });
  });

  it('does not multiply twice for a product that is read twice', async () => {
    const graph = await check(
      graphOf((x, y) => ((p) => tf.add(p, tf.mul(p, 2)))(tf.matMul(x, y, false, true))),
      PASSES.absorbIntoProducts,
    );
    expect(count(graph, 'MatMul')).toBe(1);
  });

  it('does not materialise broadcast masks', async () => {
    const graph = await check(
      graphOf((x, y) =>
        tf.where(
          tf.broadcastTo(tf.greater(tf.slice(y, [0, 0], [1, 4]), 0), [3, 4]),
          x,
          tf.fill([3, 4], -1e9),
        ),
      ),
      PASSES.dropBroadcasts,
    );
    expect(count(graph, 'Expand')).toBe(0);
    expect([...graph.constants.keys()].map((value) => value.shape)).toEqual(expect.arrayContaining([[]]));
  });

  it('shortens chains of reshapes and transposes', async () => {
    const graph = await check(
      graphOf((x) =>
        tf.transpose(
          tf.transpose(tf.reshape(tf.reshape(tf.reshape(x, [4, 3]), [2, 6]), [2, 2, 3]), [2, 0, 1]),
          [1, 2, 0],
        ),
      ),
      PASSES.simplifyLayout,
    );
    expect(graph.nodes.map((node) => node.op)).toEqual(['Reshape']);
    const single = await check(
      graphOf((x) => tf.transpose(tf.reshape(x, [3, 1, 4]), [1, 0, 2])),
      PASSES.simplifyLayout,
    );
    expect(single.nodes.map((node) => node.op)).toEqual(['Reshape']);
  });

  it('scatters over a sum instead of over zeros', async () => {
    const ids = (): tf.Tensor1D => tf.tensor1d([2, 0, 2], 'int32');
    const graph = await check(
      graphOf((x, y) => tf.add(tf.unsortedSegmentSum(x, ids(), 3), y)),
      PASSES.scatterOverSum,
    );
    expect(count(graph, 'Add')).toBe(0);
  });

  it('drops the gradient through the maximum of a log-sum-exp', async () => {
    const loss = ({ x }: NamedTensors): tf.Scalar =>
      tf.sum(tf.mul(tf.logSumExp(tf.mul(x, 2), 1), tf.tensor1d([1, 2, 3])));
    const state = new HostState({ x: { shape: [3, 4], dtype: 'float32', data: arrays.x } });
    const { graph } = traceGradients(
      { name: 'logSumExp', inputs: {}, loss, optimizer: sgd({ learningRate: 1 }) },
      state,
    );
    expect(count(graph, 'Equal')).toBe(1);
    const rewritten = optimise(graph);
    expect(count(rewritten, 'Equal')).toBe(0);
    expect(count(rewritten, 'Expand')).toBe(0);
    const fed = { [`${PARAM}x`]: arrays.x };
    expectSame(await run(rewritten, fed), await run(removeDeadCode(graph), fed));
  });

  it('recognises softmax, layer normalisation and gelu written by hand', async () => {
    const before = [PASSES.foldConstants, PASSES.dropBroadcasts, PASSES.shareWork, PASSES.recognise];
    const softmax = await check(
      graphOf((x) => ((e) => tf.div(e, tf.sum(e, 1, true)))(tf.exp(tf.sub(x, tf.max(x, 1, true))))),
      ...before,
    );
    expect(softmax.nodes.map((node) => node.op)).toEqual(['Softmax']);
    for (const divide of [true, false]) {
      const norm = await check(
        graphOf((x) => {
          const c = tf.sub(x, tf.mean(x, 1, true));
          const v = tf.add(tf.mean(tf.square(c), 1, true), 1e-5);
          return divide ? tf.div(c, tf.sqrt(v)) : tf.mul(c, tf.rsqrt(v));
        }),
        ...before,
      );
      expect(norm.nodes.map((node) => node.op)).toEqual(['LayerNormalization']);
    }
    const gelu = await check(
      graphOf((x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))),
      ...before,
    );
    expect(gelu.nodes.map((node) => node.op)).toEqual(['Gelu']);
  });
});
