/**
 * Removes the gradient through the maximum of a log-sum-exp. TensorFlow.js's logSumExp is max(x) +
 * log(sum(exp(x - max(x)))). The gradients through the two maxima cancel, but are computed anyway, with a
 * comparison of the size of x.
 *
 * With m = max(x), E = exp(x - m), S = sum(E) and the incoming gradient D, the graph adds (D - sum(D / S E))
 * [x = m] to the rest, and sum(D / S E) is D.
 */
import type { Graph, Node, Value } from '../graph';
import { rewrite, type RuleContext } from './rewrite';

export function dropMaxGradient(graph: Graph): Graph {
  return rewrite(graph, (node, context) => {
    if (node.op !== 'Add') return undefined;
    for (const [rest, through] of [node.inputs, [...node.inputs].reverse()]) {
      if (
        String(rest.shape) === String(node.outputs[0].shape) &&
        vanishes(context.producer(through), context)
      )
        return [rest];
    }
    return undefined;
  });
}

/** Z [x = m] with Z = D - sum(D / S E). */
function vanishes(node: Node | undefined, context: RuleContext): boolean {
  if (node?.op !== 'Mul') return false;
  return [node.inputs, [...node.inputs].reverse()].some(([z, hit]) => {
    const cast = context.producer(hit);
    const equal = cast?.op === 'Cast' ? context.producer(cast.inputs[0]) : undefined;
    if (equal?.op !== 'Equal') return false;
    const difference = context.producer(bare(z, context));
    if (difference?.op !== 'Add') return false;
    return [difference.inputs, [...difference.inputs].reverse()].some(([incoming, negative]) => {
      const neg = context.producer(bare(negative, context));
      const sum = neg?.op === 'Neg' ? context.producer(bare(neg.inputs[0], context)) : undefined;
      const product = sum?.op === 'ReduceSum' ? context.producer(sum.inputs[0]) : undefined;
      return product?.op === 'Mul' && isShare(product, incoming, equal, String(sum!.attrs.axes), context);
    });
  });
}

/** D / S E, with E = exp(x - m) for the x and m that `equal` compares. */
function isShare(product: Node, incoming: Value, equal: Node, axes: string, context: RuleContext): boolean {
  return [product.inputs, [...product.inputs].reverse()].some(([quotient, exponential]) => {
    const exp = context.producer(exponential);
    const shifted = exp?.op === 'Exp' ? context.producer(exp.inputs[0]) : undefined;
    if (
      shifted?.op !== 'Sub' ||
      shifted.inputs[0] !== equal.inputs[0] ||
      bare(shifted.inputs[1], context) !== bare(equal.inputs[1], context)
    )
      return false;
    if (context.producer(bare(equal.inputs[1], context))?.op !== 'ReduceMax') return false;
    const division = context.producer(bare(quotient, context));
    const total = division?.op === 'Div' ? context.producer(bare(division.inputs[1], context)) : undefined;
    if (total?.op !== 'ReduceSum' || total.inputs[0] !== exponential || String(total.attrs.axes) !== axes)
      return false;
    return same(bare(division!.inputs[0], context), bare(incoming, context), context);
  });
}

/** The value before reshapes and expansions. */
function bare(value: Value, context: RuleContext): Value {
  const node = context.producer(value);
  return node?.op === 'Reshape' || node?.op === 'Expand' ? bare(node.inputs[0], context) : value;
}

function same(a: Value, b: Value, { g }: RuleContext): boolean {
  const [x, y] = [g.graph.constants.get(a), g.graph.constants.get(b)];
  return (
    a === b ||
    (x !== undefined &&
      y !== undefined &&
      x.splat === y.splat &&
      x.data.length === y.data.length &&
      String(x.data) === String(y.data))
  );
}
