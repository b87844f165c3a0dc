/** Removes nodes, constants and inputs that no output depends on. */
import type { Graph, Value } from '../graph';

export function removeDeadCode(graph: Graph): Graph {
  const live = new Set<Value>(graph.outputs.values());
  const nodes = [];
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i];
    if (!node.outputs.some((output) => live.has(output))) continue;
    node.inputs.forEach((input) => live.add(input));
    nodes.push(node);
  }
  return {
    ...graph,
    nodes: nodes.reverse(),
    inputs: new Map([...graph.inputs].filter(([, value]) => live.has(value))),
    constants: new Map([...graph.constants].filter(([value]) => live.has(value))),
  };
}
