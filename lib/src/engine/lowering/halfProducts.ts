/**
 * Matrix products in half precision (float16), for training with `precision: 'mixed'`. Every product of two
 * matrices gets its operands in float16 and gives its result back in float32. Nothing else changes: weights,
 * optimiser, sums, softmax, norms and losses stay in float32. A product with a vector is a sum (layer norms
 * have some) and stays as well; so does Einsum, which no model of this project uses.
 *
 * Gradients can be far below 6e-8, the smallest number of float16, and large ones above its 65,504. So each
 * operand is divided by its norm (root of the sum of all squares) and multiplied by SCALE, and the result is
 * scaled back in float32. By Cauchy and Schwarz, no element of the product, and no part of its sum, can then
 * exceed SCALE^2 = 32,768. In a tensor of n elements, a typical one is SCALE / sqrt(n): 0.02 with 10^8 of
 * them. So neither side of the range is met, whatever the loss, the batch and the model.
 *
 * The usual alternative is one scale for the loss. A constant one has to be found for each model and fails
 * when a gradient grows; a dynamic one has a state, looks for infinities after each step, and drops steps.
 * The norm needs neither. It costs one more pass over each operand. All products of a tensor share its norm
 * and its copy in float16.
 */
import type { Graph, Value } from '../graph';
import { rewrite } from '../passes/rewrite';
import type { Recorder } from '../trace/recorder';

/** Norm of an operand in float16. */
const SCALE = 2 ** 7.5;
/** The smallest normal float32: a tensor of zeros has no norm to divide by. */
const SMALLEST = 2 ** -126;

interface Half {
  /** The tensor times SCALE / norm, float16. */
  readonly value: Value;
  /** Scalar, float32. */
  readonly norm: Value;
}

/** The graph with all products in float16. To be called on an optimised graph, before it is lowered. */
export function halfProducts(graph: Graph): Graph {
  const halves = new Map<Value, Half>();
  return rewrite(graph, ({ op, inputs, outputs: [output], attrs }, { g }) => {
    if (op !== 'MatMul' || withVector(inputs[0], output, attrs.transA === true)) return undefined;
    const [a, b] = inputs.map((value) => {
      const half = halves.get(value) ?? halfOf(g, value);
      halves.set(value, half);
      return half;
    });
    const product = g.op('MatMul', [a.value, b.value], output.shape, 'float16', { ...attrs, alpha: 1 });
    const factor = g.splat((attrs.alpha as number) / SCALE ** 2, [], 'float32');
    const scale = g.elementwise('Mul', [g.elementwise('Mul', [a.norm, factor]), b.norm]);
    return [g.elementwise('Mul', [g.cast(product, 'float32'), scale])];
  });
}

/** True if either operand has a single row or column: a weighted sum, or an outer product. */
function withVector(a: Value, output: Value, transA: boolean): boolean {
  const [inner] = a.shape.slice(transA ? -2 : -1);
  return Math.min(inner, ...output.shape.slice(-2)) === 1;
}

function halfOf(g: Recorder, x: Value): Half {
  const axes = x.shape.map((_, axis) => axis);
  const last = axes.length - 1;
  // In two steps: a GPU sums rows in parallel, but a whole tensor in one workgroup.
  const squares = g.reduce('ReduceSumSquare', x, [last], true);
  const sum = g.reshape(g.reduce('ReduceSum', squares, axes.slice(0, last), true), []);
  const norm = g.elementwise('Sqrt', [g.elementwise('Max', [sum, g.scalarLike(sum, SMALLEST)])]);
  const scale = g.elementwise('Div', [g.scalarLike(norm, SCALE), norm]);
  return { value: g.cast(g.elementwise('Mul', [x, scale]), 'float16'), norm };
}
