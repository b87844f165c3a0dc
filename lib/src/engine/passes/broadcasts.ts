/**
 * Avoids materialising masks and constants. If an elementwise operator broadcasts its operand anyway, an
 * Expand before it is dropped, and a constant of equal elements becomes a scalar.
 */
import type { Graph, Value } from '../graph';
import { broadcastShapes, sameShape } from '../graph';
import { rewrite } from './rewrite';

const BROADCASTING = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'Max',
  'Min',
  'Mod',
  'Where',
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'And',
  'Or',
  'Xor',
]);

export function dropBroadcasts(graph: Graph): Graph {
  return rewrite(graph, (node, { g, producer, splat }) => {
    if (!BROADCASTING.has(node.op)) return undefined;
    const [output] = node.outputs;
    const inputs = [...node.inputs];
    let changed = false;
    inputs.forEach((input, i) => {
      const maker = producer(input);
      const number = splat(input);
      const scalar = number !== undefined && input.shape.length > 0;
      const smaller: Value | undefined = scalar
        ? g.splat(number, [], input.dtype)
        : maker?.op === 'Expand'
          ? maker.inputs[0]
          : undefined;
      if (smaller === undefined) return;
      const shapes = inputs.map((other, j) => (i === j ? smaller : other).shape);
      if (
        !sameShape(
          shapes.reduce((a, b) => broadcastShapes(a, b)),
          output.shape,
        )
      )
        return;
      inputs[i] = smaller;
      changed = true;
    });
    return changed ? [g.op(node.op, inputs, output.shape, output.dtype, node.attrs)] : undefined;
  });
}
