/** Operators of our graph in the standard's own set only, so that every ONNX runtime can read the file. */
import type { Graph, Node, Value } from '../graph';
import { rewrite } from '../passes/rewrite';
import type { Recorder } from '../trace/recorder';

export function lowerForExport(graph: Graph): Graph {
  return rewrite(graph, (node, { g }) => {
    if (node.op === 'MatMul') return [product(g, node)];
    if (node.op === 'Gelu') return [gelu(g, node.inputs[0])];
    return undefined;
  });
}

function product(
  g: Recorder,
  { inputs: [a, b], outputs: [output], attrs: { transA, transB, alpha } }: Node,
): Value {
  if (a.shape.length === 2 && b.shape.length === 2)
    return g.op('Gemm', [a, b], output.shape, 'float32', { transA, transB, alpha });
  const plain = g.op(
    'MatMul',
    [transA ? swapped(g, a) : a, transB ? swapped(g, b) : b],
    output.shape,
    'float32',
  );
  return alpha === 1 ? plain : g.elementwise('Mul', [plain, g.scalarLike(plain, alpha as number)]);
}

function swapped(g: Recorder, x: Value): Value {
  const axes = x.shape.map((_, i) => i);
  return g.transpose(x, [...axes.slice(0, -2), axes[axes.length - 1], axes[axes.length - 2]]);
}

function gelu(g: Recorder, x: Value): Value {
  const erf = g.elementwise('Erf', [g.elementwise('Mul', [x, g.scalarLike(x, Math.SQRT1_2)])]);
  return g.elementwise('Mul', [
    g.elementwise('Mul', [x, g.scalarLike(x, 0.5)]),
    g.elementwise('Add', [erf, g.scalarLike(x, 1)]),
  ]);
}
