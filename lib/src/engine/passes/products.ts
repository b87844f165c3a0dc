/**
 * Transposes of the last two axes and scalar factors, before and after a matrix product, become attributes of
 * the product.
 */
import type { Graph, Node, Value } from '../graph';
import { rewrite, type RuleContext } from './rewrite';

export function absorbIntoProducts(graph: Graph): Graph {
  return rewrite(graph, (node, context) => {
    if (node.op === 'Mul') return scaledProduct(node, context);
    if (node.op !== 'MatMul') return undefined;
    let [a, b] = node.inputs;
    let { transA, transB, alpha } = node.attrs as { transA: boolean; transB: boolean; alpha: number };
    for (;;) {
      const [left, right] = [simpler(a, context), simpler(b, context)];
      if (left === undefined && right === undefined) break;
      if (left !== undefined)
        [a, transA, alpha] = [left.value, transA !== left.transposed, alpha * left.factor];
      if (right !== undefined)
        [b, transB, alpha] = [right.value, transB !== right.transposed, alpha * right.factor];
    }
    if (a === node.inputs[0] && b === node.inputs[1]) return undefined;
    return [context.g.matMul(a, b, transA, transB, alpha)];
  });
}

/** A product times a number: the number moves into the product if nothing else reads the product. */
function scaledProduct(node: Node, { g, producer, uses, splat }: RuleContext): Value[] | undefined {
  for (const [x, y] of [node.inputs, [...node.inputs].reverse()]) {
    const factor = splat(y);
    const product = producer(x);
    if (factor === undefined || product?.op !== 'MatMul' || uses(x) > 1 || y.shape.length > x.shape.length)
      continue;
    const { transA, transB, alpha } = product.attrs as { transA: boolean; transB: boolean; alpha: number };
    return [g.matMul(product.inputs[0], product.inputs[1], transA, transB, alpha * factor)];
  }
  return undefined;
}

/**
 * What a factor of a product was before a swap of its last two axes, or before it was multiplied by a number.
 */
function simpler(
  value: Value,
  { producer, splat }: RuleContext,
): { value: Value; transposed: boolean; factor: number } | undefined {
  const node = producer(value);
  if (node?.op === 'Transpose') {
    const perm = node.attrs.perm as readonly number[];
    const rank = perm.length;
    const swap =
      rank >= 2 &&
      perm.every((axis, i) => axis === (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i));
    return swap ? { value: node.inputs[0], transposed: true, factor: 1 } : undefined;
  }
  if (node?.op !== 'Mul') return undefined;
  for (const [x, y] of [node.inputs, [...node.inputs].reverse()]) {
    const factor = splat(y);
    if (factor !== undefined && y.shape.length <= x.shape.length)
      return { value: x, transposed: false, factor };
  }
  return undefined;
}
