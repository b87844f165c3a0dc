/**
 * Constant folding: elementwise operators on constants are computed now, and operators that change nothing
 * (times one, plus zero) are dropped. Large constants are left alone, so that a mask as large as an
 * activation never enters the file.
 */
import { newConstantArray } from '../arrays';
import type { Constant, Graph, Node, Value } from '../graph';
import { sizeOf } from '../graph';
import { rewrite, type RuleContext } from './rewrite';

const LARGEST = 1 << 16;

const BINARY: Record<string, (a: number, b: number) => number> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
  Pow: Math.pow,
};
const UNARY: Record<string, (a: number) => number> = {
  Neg: (a) => -a,
  Sqrt: Math.sqrt,
  Exp: Math.exp,
  Log: Math.log,
  Reciprocal: (a) => 1 / a,
  Abs: Math.abs,
};

export function foldConstants(graph: Graph): Graph {
  return rewrite(graph, (node, context) => {
    const output = node.outputs[0];
    const same = unchanged(node, context);
    if (same !== undefined) return [same];
    const constants = node.inputs.map((input) => context.g.graph.constants.get(input));
    if (constants.length === 0 || !constants.every((c) => c !== undefined)) return undefined;
    if (node.op === 'Reshape' || node.op === 'Expand') {
      if (node.op === 'Reshape') return [context.g.reshape(node.inputs[0], output.shape)];
      const splat = context.splat(node.inputs[0]);
      return splat === undefined ? undefined : [context.g.splat(splat, output.shape, output.dtype)];
    }
    return compute(node, constants as Constant[], context);
  });
}

function compute(node: Node, constants: readonly Constant[], { g, splat }: RuleContext): Value[] | undefined {
  const [output] = node.outputs;
  const operation =
    node.inputs.length === 2
      ? BINARY[node.op]
      : node.inputs.length === 1
        ? (UNARY[node.op] as (a: number, b: number) => number)
        : undefined;
  if (operation === undefined || output.dtype === 'bool' || output.dtype === 'int64') return undefined;
  // Integer division truncates, and integer products wrap. Neither occurs among constants, so neither is
  // folded.
  if (output.dtype !== 'float32' && (node.op === 'Div' || node.op === 'Mul')) return undefined;
  const splats = node.inputs.map(splat);
  if (splats.every((s) => s !== undefined))
    return [g.splat(operation(splats[0]!, splats[1]!), output.shape, output.dtype)];
  const size = sizeOf(output.shape);
  if (size > LARGEST) return undefined;
  const read = node.inputs.map((input, i) => reader(input.shape, output.shape, constants[i]));
  const result = Array.from({ length: size }, (_, i) => operation(read[0](i), read[1]?.(i)));
  return [g.constant(newConstantArray(output.dtype, result), output.shape, output.dtype)];
}

/** Element of a broadcast constant at a flat position of the result. */
function reader(
  shape: readonly number[],
  target: readonly number[],
  { data, splat }: Constant,
): (flat: number) => number {
  if (splat) return () => Number(data[0]);
  const strides = target.map(() => 0);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1) strides[target.length - shape.length + i] = stride;
    stride *= shape[i];
  }
  return (flat) => {
    let rest = flat;
    let at = 0;
    for (let i = target.length - 1; i >= 0; i--) {
      at += (rest % target[i]) * strides[i];
      rest = Math.floor(rest / target[i]);
    }
    return Number(data[at]);
  };
}

/** The input, as it is or expanded, that the node's result is equal to, if any. */
function unchanged(node: Node, { g, splat }: RuleContext): Value | undefined {
  const [a, b] = node.inputs;
  const shape = node.outputs[0].shape;
  if ((node.op === 'Mul' || node.op === 'Div') && splat(b) === 1) return g.expand(a, shape);
  if ((node.op === 'Add' || node.op === 'Sub') && splat(b) === 0) return g.expand(a, shape);
  if (node.op === 'Mul' && splat(a) === 1) return g.expand(b, shape);
  if (node.op === 'Add' && splat(a) === 0) return g.expand(b, shape);
  return undefined;
}
