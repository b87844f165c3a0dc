/** How much memory the tensors of a graph take at the busiest moment, if its nodes run in their order. */
import { type Graph, sizeOf, type Value } from '../../lib/src/engine/graph';

/** Bytes of what nodes make and others still read, at most. Inputs and outputs are not counted. */
export function mostAlive({ nodes, outputs }: Graph): number {
  const owners = new Map<Value, Value>();
  const owner = (value: Value): Value => owners.get(value) ?? value;
  for (const { op, inputs, outputs: made } of nodes)
    if (op === 'Reshape') owners.set(made[0], owner(inputs[0]));
  const kept = new Set([...outputs.values()].map(owner));
  const last = new Map<Value, number>();
  nodes.forEach((node, i) => [...node.inputs, ...node.outputs].forEach((v) => last.set(owner(v), i)));
  const alive = new Map<Value, number>();
  let [now, most] = [0, 0];
  nodes.forEach((node, i) => {
    for (const value of node.outputs) {
      if (owners.has(value) || kept.has(value)) continue;
      alive.set(value, sizeOf(value.shape) * (value.dtype === 'bool' ? 1 : 4));
      now += alive.get(value)!;
    }
    most = Math.max(most, now);
    for (const value of new Set([...node.inputs, ...node.outputs].map(owner))) {
      if (last.get(value) !== i) continue;
      now -= alive.get(value) ?? 0;
      alive.delete(value);
    }
  });
  return most;
}
