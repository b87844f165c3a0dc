/**
 * The sum of a tensor and rows scattered over zeros becomes rows scattered over the tensor: no zeros, no
 * addition.
 */
import type { Graph } from '../graph';
import { sameShape } from '../graph';
import { rewrite } from './rewrite';

export function scatterOverSum(graph: Graph): Graph {
  return rewrite(graph, (node, { g, producer, uses, splat }) => {
    if (node.op !== 'Add') return undefined;
    for (const [x, y] of [node.inputs, [...node.inputs].reverse()]) {
      const scatter = producer(y);
      if (scatter?.op !== 'ScatterND' || scatter.attrs.reduction !== 'add' || splat(scatter.inputs[0]) !== 0)
        continue;
      if (uses(y) > 1 || !sameShape(x.shape, y.shape)) continue;
      return [g.op('ScatterND', [x, scatter.inputs[1], scatter.inputs[2]], y.shape, y.dtype, scatter.attrs)];
    }
    return undefined;
  });
}
