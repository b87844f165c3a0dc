/**
 * Rewrites a graph so that WebGPU runs all of it: what its provider lacks is spelled out in operators that it
 * has. Exact for integers and booleans; floating-point results differ from the CPU's only by rounding. Pure,
 * graph to graph. Nodes without a rule are left, and run on the CPU.
 */
import type { Graph, Node, Value, ValueDType } from '../graph';
import { Recorder } from '../trace/recorder';
import { decidingType, MAX_PARTS, runsOnWebGpu } from './webgpuOperators';

type Rule = (g: Recorder, node: Node, inputs: readonly Value[]) => Value | readonly Value[] | undefined;

/** The lowered graph. Inputs, outputs and constants keep their values; `graph` itself is not changed. */
export function lowerForWebGpu(graph: Graph): Graph {
  const lowered: Graph = {
    inputs: new Map(graph.inputs),
    constants: new Map(graph.constants),
    nodes: [],
    outputs: new Map(),
  };
  const g = new Recorder(lowered);
  const replaced = new Map<Value, Value>();
  const current = (value: Value): Value => replaced.get(value) ?? value;
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(current);
    const result = runsOnWebGpu(node) ? undefined : rules[node.op]?.(g, node, inputs);
    if (result === undefined)
      lowered.nodes.push({
        ...node,
        inputs,
        attrs: node.op === 'MatMul' && runsOnWebGpu(node) ? {} : node.attrs,
      });
    else [result].flat().forEach((value, i) => replaced.set(node.outputs[i], value as Value));
  }
  for (const [name, value] of graph.outputs) lowered.outputs.set(name, current(value));
  return lowered;
}

/**
 * Nodes of a graph that WebGPU cannot run, as "Op type", each once. Empty after lowering for all programs of
 * this project.
 */
export function notOnWebGpu(graph: Graph): string[] {
  return [
    ...new Set(
      graph.nodes.filter((node) => !runsOnWebGpu(node)).map((node) => `${node.op} ${decidingType(node)}`),
    ),
  ].sort();
}

const rules: Readonly<Record<string, Rule>> = {
  MatMul: (g, node, [a, b]) => product(g, node, a, b),
  FusedMatMul: (g, node, [a, b]) => product(g, node, a, b),
  LogSoftmax(g, { attrs }, [x]) {
    const axes = [attrs.axis as number];
    const shifted = g.elementwise('Sub', [x, g.reduce('ReduceMax', x, axes, true)]);
    const sum = g.reduce('ReduceSum', g.elementwise('Exp', [shifted]), axes, true);
    return g.elementwise('Sub', [shifted, g.elementwise('Log', [sum])]);
  },
  Neg: (g, _, [x]) => when(x, ['int32'], () => g.elementwise('Sub', [g.scalarLike(x, 0), x])),
  Abs: (g, _, [x]) =>
    when(x, ['int32'], () => g.elementwise('Max', [x, g.elementwise('Sub', [g.scalarLike(x, 0), x])])),
  Sign(g, _, [x]) {
    const side = (op: string): Value => g.cast(g.elementwise(op, [x, g.scalarLike(x, 0)], 'bool'), x.dtype);
    return when(x, ['float32', 'int32'], () => g.elementwise('Sub', [side('Greater'), side('Less')]));
  },
  Round(g, _, [x]) {
    // Halves go to the even neighbour, as in ONNX and TensorFlow.
    const floor = g.elementwise('Floor', [x]);
    const rest = g.elementwise('Sub', [x, floor]);
    const half = g.elementwise('Mul', [floor, g.scalarLike(x, 0.5)]);
    const odd = g.elementwise('Sub', [
      floor,
      g.elementwise('Mul', [g.elementwise('Floor', [half]), g.scalarLike(x, 2)]),
    ]);
    const above = g.cast(g.elementwise('Greater', [rest, g.scalarLike(x, 0.5)], 'bool'), x.dtype);
    const up = g.elementwise(
      'Where',
      [g.elementwise('Equal', [rest, g.scalarLike(x, 0.5)], 'bool'), odd, above],
      x.dtype,
    );
    return g.elementwise('Add', [floor, up]);
  },
  IsNaN: (g, _, [x]) => not(g, g.elementwise('Equal', [x, x], 'bool')),
  IsInf: (g, _, [x]) =>
    g.elementwise('Greater', [g.elementwise('Abs', [x]), g.scalarLike(x, 3.4028234663852886e38)], 'bool'),
  Mod: (g, _, [a, b]) => remainder(g, a, b),
  Or: (g, _, [a, b]) => not(g, g.elementwise('And', [not(g, a), not(g, b)])),
  Xor: (g, _, [a, b]) => not(g, sameBit(g, a, b)),
  Equal: (g, _, [a, b]) => when(a, ['bool'], () => sameBit(g, a, b)),
  Where: (g, _, [condition, t, e]) =>
    when(t, ['bool', 'uint32'], () =>
      g.cast(g.elementwise('Where', [condition, g.cast(t, 'int32'), g.cast(e, 'int32')], 'int32'), t.dtype),
    ),
  Slice: (g, node, [x]) => when(x, ['int32', 'bool', 'uint32'], () => sliceByGather(g, node, x)),
  Concat: (g, { attrs }, inputs) => join(g, inputs, attrs.axis as number),
  Split: (g, { attrs }, [x]) =>
    when(x, ['float32', 'int32'], () => cut(g, x, attrs.axis as number, attrs.sizes as readonly number[])),
  Transpose: (g, node, inputs) => throughInt32(g, node, inputs),
  Tile: (g, node, inputs) => throughInt32(g, node, inputs),
  Pad: (g, node, inputs) => throughInt32(g, node, inputs),
  Identity: (g, node, inputs) => throughInt32(g, node, inputs),
  Cast: (_, { outputs }, [x]) => when(x, [outputs[0].dtype], () => x),
};

function when<T>(x: Value, types: readonly ValueDType[], make: () => T): T | undefined {
  return types.includes(x.dtype) ? make() : undefined;
}

function not(g: Recorder, x: Value): Value {
  return g.elementwise('Not', [x], 'bool');
}

function sameBit(g: Recorder, a: Value, b: Value): Value {
  return g.elementwise('Equal', [g.cast(a, 'int32'), g.cast(b, 'int32')], 'bool');
}

/** A product with transposes and a factor: Gemm for matrices, else transposed copies. */
function product(g: Recorder, { attrs, outputs }: Node, a: Value, b: Value): Value {
  const {
    transA = false,
    transB = false,
    alpha = 1,
  } = attrs as { transA?: boolean; transB?: boolean; alpha?: number };
  const { shape } = outputs[0];
  if (a.shape.length === 2 && b.shape.length === 2) {
    return g.op('Gemm', [a, b], shape, 'float32', { transA, transB, alpha });
  }
  const turned = (value: Value, transposed: boolean): Value => {
    const last = value.shape.length - 1;
    return transposed
      ? g.transpose(
          value,
          value.shape.map((_, i) => (i < last - 1 ? i : 2 * last - 1 - i)),
        )
      : value;
  };
  const plain = g.op('MatMul', [turned(a, transA), turned(b, transB)], shape, 'float32');
  return alpha === 1 ? plain : g.elementwise('Mul', [plain, g.scalarLike(plain, alpha)]);
}

/** Integer remainder with the sign of the divisor, as ONNX defines Mod. The division truncates. */
function remainder(g: Recorder, a: Value, b: Value): Value | undefined {
  if (a.dtype !== 'int32' && a.dtype !== 'uint32') return undefined;
  const rest = g.elementwise('Sub', [a, g.elementwise('Mul', [g.elementwise('Div', [a, b]), b])]);
  if (a.dtype === 'uint32') return rest;
  const zero = g.scalarLike(a, 0);
  const negative = (value: Value): Value => g.elementwise('Less', [value, zero], 'bool');
  const wrongSign = not(g, sameBit(g, negative(rest), negative(b)));
  const fix = g.elementwise('And', [wrongSign, not(g, g.elementwise('Equal', [rest, zero], 'bool'))]);
  return g.elementwise('Where', [fix, g.elementwise('Add', [rest, b]), rest], a.dtype);
}

/**
 * WebGPU slices only floating-point tensors. Others are gathered, axis by axis, at positions known
 * beforehand.
 */
function sliceByGather(g: Recorder, { attrs, outputs }: Node, x: Value): Value {
  const starts = attrs.starts as readonly number[];
  const axes = (attrs.axes as readonly number[] | undefined) ?? starts.map((_, i) => i);
  const steps = (attrs.steps as readonly number[] | undefined) ?? starts.map(() => 1);
  // Gather moves 32-bit integers and booleans, not uint32.
  let result = x.dtype === 'uint32' ? g.cast(x, 'int32') : x;
  axes.forEach((rawAxis, k) => {
    const axis = rawAxis < 0 ? rawAxis + x.shape.length : rawAxis;
    const size = x.shape[axis];
    const first = Math.min(
      Math.max(starts[k] < 0 ? starts[k] + size : starts[k], 0),
      steps[k] < 0 ? size - 1 : size,
    );
    const count = outputs[0].shape[axis];
    if (count === size && steps[k] === 1) return;
    const positions = g.constant(
      Int32Array.from({ length: count }, (_, i) => first + i * steps[k]),
      [count],
      'int32',
    );
    const shape = result.shape.map((n, i) => (i === axis ? count : n));
    result = g.op('Gather', [result, positions], shape, result.dtype, { axis });
  });
  return g.cast(result, x.dtype);
}

/** Joins any number of tensors, a few at a time; booleans as integers. */
function join(g: Recorder, values: readonly Value[], axis: number): Value {
  const [{ dtype, shape }] = values;
  if (dtype === 'bool')
    return g.cast(
      join(
        g,
        values.map((value) => g.cast(value, 'int32')),
        axis,
      ),
      'bool',
    );
  const at = axis < 0 ? axis + shape.length : axis;
  const groups = inGroups(values);
  const joined = groups.map((group) => {
    if (group.length === 1) return group[0];
    return g.op(
      'Concat',
      group,
      shape.map((n, i) => (i === at ? group.reduce((sum, value) => sum + value.shape[at], 0) : n)),
      dtype,
      { axis: at },
    );
  });
  return joined.length === 1 ? joined[0] : join(g, joined, at);
}

/** Cuts a tensor into any number of parts, a few at a time. */
function cut(g: Recorder, x: Value, axis: number, sizes: readonly number[]): Value[] {
  const at = axis < 0 ? axis + x.shape.length : axis;
  if (sizes.length === 1) return [x];
  const part = (size: number): readonly [readonly number[], ValueDType] => [
    x.shape.map((n, i) => (i === at ? size : n)),
    x.dtype,
  ];
  if (sizes.length <= MAX_PARTS) return g.ops('Split', [x], sizes.map(part), { axis: at, sizes });
  const groups = inGroups(sizes);
  const pieces = cut(
    g,
    x,
    at,
    groups.map((group) => group.reduce((a, b) => a + b)),
  );
  return pieces.flatMap((piece, i) => cut(g, piece, at, groups[i]));
}

function inGroups<T>(list: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(list.length / MAX_PARTS) }, (_, i) =>
    list.slice(i * MAX_PARTS, (i + 1) * MAX_PARTS),
  );
}

/** Moves booleans as 32-bit integers. */
function throughInt32(
  g: Recorder,
  { op, outputs, attrs }: Node,
  inputs: readonly Value[],
): Value | undefined {
  if (inputs[0].dtype !== 'bool') return undefined;
  const moved = g.op(
    op,
    inputs.map((value) => g.cast(value, 'int32')),
    outputs[0].shape,
    'int32',
    attrs,
  );
  return g.cast(moved, 'bool');
}
