/**
 * Chains of reshapes and transposes become one each; a transpose that moves only axes of size one becomes a
 * reshape.
 */
import type { Graph } from '../graph';
import { rewrite } from './rewrite';

export function simplifyLayout(graph: Graph): Graph {
  return rewrite(graph, (node, { g, producer }) => {
    const [input] = node.inputs;
    const [output] = node.outputs;
    const before = input && producer(input);
    if (node.op === 'Reshape')
      return [g.reshape(before?.op === 'Reshape' ? before.inputs[0] : input, output.shape)];
    if (node.op !== 'Transpose') return undefined;
    const perm = node.attrs.perm as readonly number[];
    const moved = perm.filter((axis) => input.shape[axis] !== 1);
    if (moved.every((axis, i) => i === 0 || moved[i - 1] < axis)) {
      return [g.reshape(before?.op === 'Reshape' ? before.inputs[0] : input, output.shape)];
    }
    if (before?.op !== 'Transpose') return undefined;
    const inner = before.attrs.perm as readonly number[];
    return [
      g.transpose(
        before.inputs[0],
        perm.map((axis) => inner[axis]),
      ),
    ];
  });
}
