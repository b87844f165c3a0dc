/** Operators of our graph in the form that ONNX Runtime's CPU provider runs fastest. */
import type { Graph, Node, Value } from '../graph';
import { sameShape } from '../graph';
import { rewrite, type RuleContext } from '../passes/rewrite';
import { roundedProducts } from './roundedProducts';
import { scatterInTurn } from './scatterInTurn';

/**
 * Products of matrices become Gemm, which also adds a bias or an earlier sum. Batched products become MatMul
 * or FusedMatMul. Large scatters are done in parts.
 */
export function lowerForCpu(graph: Graph): Graph {
  const gemms = rewrite(roundedProducts(graph), (node, context) =>
    node.op === 'MatMul' ? product(node, context) : undefined,
  );
  const sums = rewrite(gemms, (node, context) =>
    node.op === 'Add' ? productPlus(node, context) : undefined,
  );
  const factors = rewrite(sums, (node, context) =>
    node.op === 'Mul' ? productTimes(node, context) : undefined,
  );
  return rewrite(factors, scatterInTurn);
}

function product(node: Node, { g }: RuleContext): Value[] {
  const [a, b] = node.inputs;
  const [output] = node.outputs;
  const { transA, transB, alpha } = node.attrs;
  const plain = !transA && !transB && alpha === 1;
  // A product with one column stays MatMul if it can: that is a matrix-vector product, and Gemm has no fast
  // path for it.
  if (a.shape.length === 2 && b.shape.length === 2 && !(plain && b.shape[1] === 1))
    return [g.op('Gemm', [a, b], output.shape, output.dtype, { transA, transB, alpha, beta: 1 })];
  if (plain) return [g.op('MatMul', [a, b], output.shape, output.dtype)];
  return [g.op('FusedMatMul', [a, b], output.shape, output.dtype, node.attrs)];
}

/** Product plus a bias or a tensor of its own shape, if nothing else reads the product. */
function productPlus(node: Node, { g, producer, uses }: RuleContext): Value[] | undefined {
  const [output] = node.outputs;
  for (const [x, y] of [node.inputs, [...node.inputs].reverse()]) {
    const gemm = producer(x);
    if (gemm?.op !== 'Gemm' || gemm.inputs.length === 3 || uses(x) > 1 || !sameShape(x.shape, output.shape))
      continue;
    const isRow =
      y.shape.length <= 2 &&
      y.shape[y.shape.length - 1] === output.shape[1] &&
      (y.shape.length < 2 || y.shape[0] === 1);
    if (!isRow && !sameShape(y.shape, output.shape)) continue;
    return [g.op('Gemm', [...gemm.inputs, y], output.shape, output.dtype, gemm.attrs)];
  }
  return undefined;
}

/** Product, with what it adds, times a number, if nothing else reads the product. */
function productTimes(
  { inputs, outputs: [output] }: Node,
  { g, producer, uses, splat }: RuleContext,
): Value[] | undefined {
  for (const [x, y] of [inputs, [...inputs].reverse()]) {
    const factor = splat(y);
    const gemm = producer(x);
    if (factor === undefined || gemm?.op !== 'Gemm' || uses(x) > 1 || !sameShape(x.shape, output.shape))
      continue;
    const { alpha, beta } = gemm.attrs as { alpha: number; beta: number };
    return [
      g.op('Gemm', gemm.inputs, output.shape, output.dtype, {
        ...gemm.attrs,
        alpha: alpha * factor,
        beta: beta * factor,
      }),
    ];
  }
  return undefined;
}

/**
 * A single product as an operator with transposes, for providers that take these operators but not the
 * fusions above.
 */
export function lowerCpu(node: Node): Node {
  if (node.op !== 'MatMul') return node;
  const { transA, transB, alpha } = node.attrs;
  return transA || transB || alpha !== 1 ? { ...node, op: 'FusedMatMul' } : { ...node, attrs: {} };
}
