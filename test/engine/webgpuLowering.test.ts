/**
 * Lowering for WebGPU changes no result: every rule against the operator it replaces, both on the CPU. With
 * ELEPHANT_WEBGPU=1 also every operator of the table on WebGPU (fallback to the CPU switched off) against the
 * CPU.
 */
import { InferenceSession, Tensor } from '../../lib/src/engine/runtime/onnxRuntime';
import { describe, expect, it } from 'vitest';
import './swiftshader';
import type { Attributes, Graph, ValueDType } from '../../lib/src/engine/graph';
import { emptyGraph, newValue, sizeOf } from '../../lib/src/engine/graph';
import { writeOnnx } from '../../lib/src/engine/onnx/writer';
import { lowerForWebGpu, notOnWebGpu } from '../../lib/src/engine/providers/webgpuLowering';
import { runsOnWebGpu, WEBGPU_OPERATORS } from '../../lib/src/engine/providers/webgpuOperators';

const webgpu = process.env.ELEPHANT_WEBGPU === '1';
if (!webgpu) console.log('webgpu: operators are not run on a GPU, ELEPHANT_WEBGPU is not 1');

interface Case {
  op: string;
  inputs: [readonly number[], ValueDType][];
  outputs: [readonly number[], ValueDType][];
  attrs?: Attributes;
  /** Values per input; made up where absent. */
  data?: (ArrayLike<number> | undefined)[];
}

function graphOf({ op, inputs, outputs, attrs = {} }: Case): Graph {
  const graph = emptyGraph();
  const values = inputs.map(([shape, dtype], i) => {
    const value = newValue(shape, dtype);
    graph.inputs.set(`in${i}`, value);
    return value;
  });
  const results = outputs.map(([shape, dtype], i) => {
    const value = newValue(shape, dtype);
    graph.outputs.set(`out${i}`, value);
    return value;
  });
  graph.nodes.push({ op, inputs: values, outputs: results, attrs });
  return graph;
}

let random = 7;
const next = (): number => (random = (Math.imul(random, 1664525) + 1013904223) >>> 0) / 2 ** 32;

/** Positive floats below 1.8, small integers that are valid indices of an axis of 3, any booleans. */
function feed([shape, dtype]: [readonly number[], ValueDType], given?: ArrayLike<number>): Tensor {
  const length = sizeOf(shape);
  const values =
    given ??
    Array.from({ length }, () =>
      dtype === 'float32'
        ? next() * 0.9 + 0.05
        : dtype === 'bool'
          ? Number(next() < 0.5)
          : Math.floor(next() * 3),
    );
  if (dtype === 'float32') return new Tensor('float32', Float32Array.from(values), shape);
  if (dtype === 'int32') return new Tensor('int32', Int32Array.from(values), shape);
  if (dtype === 'uint32') return new Tensor('uint32', Uint32Array.from(values), shape);
  if (dtype === 'int64') return new Tensor('int64', BigInt64Array.from(Array.from(values, BigInt)), shape);
  return new Tensor('bool', Uint8Array.from(values), shape);
}

async function run(
  graph: Graph,
  feeds: Record<string, Tensor>,
  provider: 'cpu' | 'webgpu',
): Promise<number[][]> {
  const session = await InferenceSession.create(writeOnnx(graph, 'case'), {
    executionProviders: [provider],
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 4,
    extra: { session: { disable_cpu_ep_fallback: provider === 'webgpu' ? '1' : '0' } },
  });
  try {
    const results = await session.run(feeds);
    return [...graph.outputs.keys()].map((name) =>
      Array.from(results[name].data as ArrayLike<number>, Number),
    );
  } finally {
    await session.release();
  }
}

function expectClose(got: number[][], expected: number[][], tolerance: number): void {
  expect(got.map((list) => list.length)).toEqual(expected.map((list) => list.length));
  got.forEach((list, k) =>
    list.forEach((x, i) => {
      const y = expected[k][i];
      if (!(Object.is(x, y) || x === y) && !(Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(y))))
        expect.fail(`output ${k}, element ${i}: expected ${y}, got ${x}`);
    }),
  );
}

const one = (
  op: string,
  types: ValueDType[],
  shape: readonly number[],
  out: [readonly number[], ValueDType],
  attrs: Attributes = {},
  data?: Case['data'],
): Case => ({
  op,
  inputs: types.map((dtype): [readonly number[], ValueDType] => [shape, dtype]),
  outputs: [out],
  attrs,
  data,
});
const S = [3, 4];
const special = [-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5, 2.4999998, -7.2, 1e9, Infinity, NaN];
const finite = special.slice(0, 10).concat([3, -3]);
const signed = [-7, -6, -5, -1, 0, 1, 5, 6, 7, 2147483647, -2147483647, 3];
const divisors = [3, -3, 5, 1, 4, -1, -5, 4, 2, 10, 10, -7];
const f = 'float32' as const;
const i = 'int32' as const;
const b = 'bool' as const;

const lowered: Case[] = [
  one('MatMul', [f, f], [3, 3], [[3, 3], f]),
  one('LogSoftmax', [f], S, [S, f], { axis: 1 }),
  one('LogSoftmax', [f], S, [S, f], { axis: 0 }, [finite.map((x) => x / 10)]),
  one('Neg', [i], S, [S, i], {}, [signed]),
  one('Abs', [i], S, [S, i], {}, [signed]),
  one('Sign', [f], S, [S, f], {}, [finite]),
  one('Sign', [i], S, [S, i], {}, [signed]),
  one('Round', [f], S, [S, f], {}, [finite]),
  one('IsNaN', [f], S, [S, b], {}, [special]),
  one('IsInf', [f], S, [S, b], {}, [special]),
  one('Mod', [i, i], S, [S, i], {}, [signed, divisors]),
  one('Mod', ['uint32', 'uint32'], S, [S, 'uint32'], {}, [
    [7, 8, 9, 4294967295, 1, 2, 3, 4, 5, 6, 7, 8],
    [3, 3, 3, 10, 1, 2, 2, 3, 3, 4, 4, 5],
  ]),
  one('Or', [b, b], S, [S, b]),
  one('Xor', [b, b], S, [S, b]),
  one('Equal', [b, b], S, [S, b]),
  one('Slice', [i], S, [[2, 4], i], { starts: [1], ends: [3], axes: [0] }, [signed]),
  one('Slice', [i], S, [[3, 4], i], { starts: [-1], ends: [-(2 ** 31)], axes: [1], steps: [-1] }, [signed]),
  one('Slice', [b], S, [[2, 2], b], { starts: [-2, 1], ends: [3, 4], axes: [0, 1], steps: [1, 2] }),
  one('Slice', ['uint32'], S, [[3, 1], 'uint32'], { starts: [3], ends: [99], axes: [1] }, [
    Array.from({ length: 12 }, (_, k) => 4294967290 - k),
  ]),
  one('Concat', [b, b], S, [[6, 4], b], { axis: 0 }),
  one('Concat', new Array<ValueDType>(60).fill(f), S, [[180, 4], f], { axis: 0 }),
  one('Concat', new Array<ValueDType>(9).fill(b), S, [[3, 36], b], { axis: -1 }),
  {
    op: 'Split',
    inputs: [[[2, 100], f]],
    outputs: Array.from({ length: 60 }, (_, k) => [[2, 1 + (k % 3 === 0 ? 2 : 0)], f]),
    attrs: { axis: 1, sizes: Array.from({ length: 60 }, (_, k) => 1 + (k % 3 === 0 ? 2 : 0)) },
  },
  {
    op: 'Split',
    inputs: [[[8], i]],
    outputs: new Array(8).fill([[1], i]),
    attrs: { axis: 0, sizes: new Array<number>(8).fill(1) },
  },
  one('Transpose', [b], S, [[4, 3], b], { perm: [1, 0] }),
  one('Tile', [b], S, [[3, 8], b], { repeats: [1, 2] }),
  {
    op: 'Pad',
    inputs: [
      [S, b],
      [[], b],
    ],
    outputs: [[[5, 4], b]],
    attrs: { mode: 'constant', pads: [1, 0, 1, 0] },
  },
  one('Identity', [b], S, [S, b]),
];

/** Products whose attributes only our own graph has: compared with a product of turned data. */
describe('products with transposes and a factor', () => {
  it.each([
    [2, false, true],
    [2, true, false],
    [3, true, true],
    [4, false, true],
  ])('of rank %i (%s, %s)', async (rank, transA, transB) => {
    const batch = [2, 2].slice(0, rank - 2);
    const a = [...batch, ...(transA ? [4, 3] : [3, 4])];
    const c = [...batch, ...(transB ? [5, 4] : [4, 5])];
    const graph = graphOf({
      op: 'MatMul',
      inputs: [
        [a, f],
        [c, f],
      ],
      outputs: [[[...batch, 3, 5], f]],
      attrs: { transA, transB, alpha: 0.5 },
    });
    const low = lowerForWebGpu(graph);
    expect(notOnWebGpu(low)).toEqual([]);
    const feeds = { in0: feed([a, f]), in1: feed([c, f]) };
    const [x, y] = [feeds.in0.data as Float32Array, feeds.in1.data as Float32Array];
    const expected: number[] = [];
    for (let n = 0; n < sizeOf(batch); n++)
      for (let r = 0; r < 3; r++)
        for (let s = 0; s < 5; s++) {
          let sum = 0;
          for (let k = 0; k < 4; k++)
            sum +=
              x[n * 12 + (transA ? k * 3 + r : r * 4 + k)] * y[n * 20 + (transB ? s * 4 + k : k * 5 + s)];
          expected.push(0.5 * sum);
        }
    expectClose(await run(low, feeds, 'cpu'), [expected], 1e-6);
    if (webgpu) expectClose(await run(low, feeds, 'webgpu'), [expected], 1e-5);
  });
});

/**
 * ONNX Runtime's CPU provider has no Where for these types either, so the expected values are worked out
 * here.
 */
describe('a choice between booleans or unsigned integers', () => {
  it.each([
    [b, [1, 0, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1]],
    ['uint32' as const, [1, 0, 1, 0], [5, 6, 4294967295, 8], [1, 4294967294, 3, 4]],
  ] as const)('%s', async (type, c, t, e) => {
    const low = lowerForWebGpu(
      graphOf({
        op: 'Where',
        inputs: [
          [[4], b],
          [[4], type],
          [[4], type],
        ],
        outputs: [[[4], type]],
      }),
    );
    expect(notOnWebGpu(low)).toEqual([]);
    const feeds = { in0: feed([[4], b], c), in1: feed([[4], type], t), in2: feed([[4], type], e) };
    const expected = [c.map((choice, k) => (choice === 1 ? t[k] : e[k]))];
    expectClose(await run(low, feeds, 'cpu'), expected, 0);
    if (webgpu) expectClose(await run(low, feeds, 'webgpu'), expected, 0);
  });
});

describe('every rule of the lowering', () => {
  it.each(
    lowered.map(
      (c) =>
        [
          `${c.op}, ${c.inputs.length} of ${c.inputs[0][1]}, ${JSON.stringify(c.attrs)?.slice(0, 80)}`,
          c,
        ] as const,
    ),
  )('%s', async (_, c) => {
    const graph = graphOf(c);
    const low = lowerForWebGpu(graph);
    expect(notOnWebGpu(low)).toEqual([]);
    const feeds = Object.fromEntries(c.inputs.map((input, k) => [`in${k}`, feed(input, c.data?.[k])]));
    const expected = await run(graph, feeds, 'cpu');
    expectClose(await run(low, feeds, 'cpu'), expected, 1e-6);
    if (webgpu) expectClose(await run(low, feeds, 'webgpu'), expected, 1e-4);
  });

  it('leaves the graph it is given as it was', () => {
    const graph = graphOf(lowered[1]);
    const before = JSON.stringify([...graph.nodes]);
    expect(lowerForWebGpu(graph).nodes.length).toBeGreaterThan(1);
    expect(JSON.stringify([...graph.nodes])).toBe(before);
  });
});

/**
 * One case per operator and type of the table. Operators without a line here are elementwise functions of one
 * number.
 */
function caseOf(op: string, type: ValueDType): Case {
  const same = (inputs: number, out: ValueDType = type): Case =>
    one(op, new Array<ValueDType>(inputs).fill(type), S, [S, out]);
  if (['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Pow', 'PRelu'].includes(op)) {
    return { ...same(2), data: [undefined, [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]] };
  }
  if (['Equal', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual', 'And'].includes(op)) return same(2, b);
  if (op === 'Where')
    return {
      op,
      inputs: [
        [S, b],
        [S, type],
        [[4], type],
      ],
      outputs: [[S, type]],
    };
  if (op === 'Cast') return one(op, [type], S, [S, type === f ? i : f], { to: type === f ? i : f });
  if (op === 'Clip')
    return {
      op,
      inputs: [
        [S, type],
        [[], type],
        [[], type],
      ],
      outputs: [[S, type]],
      data: [undefined, [0.5], [1]],
    };
  if (op === 'Softmax') return one(op, [type], S, [S, type], { axis: 1 });
  if (op === 'Acosh') return { ...same(1), data: [Array.from({ length: 12 }, (_, k) => 1.1 + k / 3)] };
  if (op === 'LeakyRelu') return one(op, [type], S, [S, type], { alpha: 0.1 });
  if (op === 'QuickGelu') return one(op, [type], S, [S, type], { alpha: 1.702 });
  if (op === 'BiasGelu')
    return {
      op,
      inputs: [
        [S, f],
        [[4], f],
      ],
      outputs: [[S, f]],
    };
  if (op === 'LayerNormalization')
    return {
      op,
      inputs: [
        [S, f],
        [[4], f],
        [[4], f],
      ],
      outputs: [
        [S, f],
        [[3, 1], f],
        [[3, 1], f],
      ],
      attrs: { axis: -1 },
    };
  if (op === 'SkipLayerNormalization')
    return {
      op,
      inputs: [
        [[1, 3, 4], f],
        [[1, 3, 4], f],
        [[4], f],
        [[4], f],
      ],
      outputs: [[[1, 3, 4], f]],
    };
  if (op.startsWith('Reduce')) return one(op, [type], S, [[3, 1], type], { axes: [1], keepdims: true });
  if (op.startsWith('Arg')) return one(op, [type], S, [[3, 1], 'int64'], { axis: 1, keepdims: true });
  if (op === 'CumSum') return one(op, [type], S, [S, type], { axis: 1, exclusive: true });
  if (op === 'TopK')
    return {
      op,
      inputs: [[S, type]],
      outputs: [
        [[3, 2], type],
        [[3, 2], 'int64'],
      ],
      attrs: { k: 2, axis: 1, largest: true, sorted: true },
    };
  if (op === 'Gather')
    return {
      op,
      inputs: [
        [S, type],
        [[2], i],
      ],
      outputs: [[[2, 4], type]],
      attrs: { axis: 0 },
    };
  if (op === 'GatherND')
    return {
      op,
      inputs: [
        [S, type],
        [[3, 2, 1], 'int64'],
      ],
      outputs: [[[3, 2], type]],
      attrs: { batch_dims: 1 },
    };
  if (op === 'GatherElements')
    return {
      op,
      inputs: [
        [S, type],
        [[3, 1], i],
      ],
      outputs: [[[3, 1], type]],
      attrs: { axis: 1 },
    };
  if (op === 'ScatterND')
    return {
      op,
      inputs: [
        [S, type],
        [[5, 1], 'int64'],
        [[5, 4], type],
      ],
      outputs: [[S, type]],
      attrs: { reduction: 'add' },
    };
  if (op === 'ScatterElements')
    return {
      op,
      inputs: [
        [S, type],
        [[3, 4], i],
        [[3, 4], type],
      ],
      outputs: [[S, type]],
      attrs: { axis: 0, reduction: 'add' },
    };
  if (op === 'Slice') return one(op, [type], S, [[3, 2], type], { starts: [1], ends: [3], axes: [1] });
  if (op === 'Concat') return one(op, [type, type], S, [[3, 8], type], { axis: 1 });
  if (op === 'Expand') return one(op, [type], [3, 1], [S, type]);
  if (op === 'Transpose') return one(op, [type], S, [[4, 3], type], { perm: [1, 0] });
  if (op === 'Reshape') return one(op, [type], S, [[2, 6], type]);
  if (op === 'Tile') return one(op, [type], S, [[6, 4], type], { repeats: [2, 1] });
  if (op === 'Pad')
    return {
      op,
      inputs: [
        [S, type],
        [[], type],
      ],
      outputs: [[[5, 4], type]],
      attrs: { mode: 'constant', pads: [1, 0, 1, 0] },
    };
  if (op === 'Split')
    return {
      op,
      inputs: [[S, type]],
      outputs: [
        [[3, 2], type],
        [[3, 2], type],
      ],
      attrs: { axis: 1, sizes: [2, 2] },
    };
  if (op === 'MatMul' || op === 'Gemm') return one(op, [f, f], [4, 4], [[4, 4], f]);
  if (op === 'Einsum') return one(op, [f, f], [4, 4], [[4, 4], f], { equation: 'ij,kj->ik' });
  if (op === 'Trilu') return one(op, [f], [4, 4], [[4, 4], f], { upper: false });
  return same(1);
}

describe.runIf(webgpu)('every operator of the table, on WebGPU', () => {
  const all = Object.entries(WEBGPU_OPERATORS).flatMap(([op, types]) =>
    types.map((type) => [op, type] as const),
  );
  it.each(all)('%s %s', async (op, type) => {
    const c = caseOf(op, type);
    const graph = graphOf(c);
    expect(runsOnWebGpu(graph.nodes[0])).toBe(true);
    const feeds = Object.fromEntries(c.inputs.map((input, k) => [`in${k}`, feed(input, c.data?.[k])]));
    expectClose(await run(graph, feeds, 'webgpu'), await run(graph, feeds, 'cpu'), 2e-4);
  });
});
