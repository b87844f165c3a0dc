/**
 * Common sub-expressions: equal constants become one, and so do nodes of equal operator, inputs and
 * attributes.
 */
import type { Constant, Graph, Node, Value } from '../graph';

export function shareWork(graph: Graph): Graph {
  const replaced = new Map<Value, Value>();
  const now = (value: Value): Value => replaced.get(value) ?? value;
  const seenConstants = new Map<string, Value>();
  const constants = new Map<Value, Constant>();
  for (const [value, constant] of graph.constants) {
    const key = constantKey(value, constant);
    const seen = key === undefined ? undefined : seenConstants.get(key);
    if (seen !== undefined) replaced.set(value, seen);
    else {
      if (key !== undefined) seenConstants.set(key, value);
      constants.set(value, constant);
    }
  }
  const seenNodes = new Map<string, Node>();
  const nodes: Node[] = [];
  for (const old of graph.nodes) {
    const node = { ...old, inputs: old.inputs.map(now) };
    const outputs = node.outputs.map((v) => `${v.dtype}${v.shape}`);
    const key = `${node.op}|${node.inputs.map((v) => v.id)}|${outputs}|${JSON.stringify(node.attrs)}`;
    const seen = seenNodes.get(key);
    if (seen === undefined) {
      seenNodes.set(key, node);
      nodes.push(node);
    } else node.outputs.forEach((output, i) => replaced.set(output, seen.outputs[i]));
  }
  return {
    inputs: graph.inputs,
    constants,
    nodes,
    outputs: new Map([...graph.outputs].map(([name, value]) => [name, now(value)])),
  };
}

/**
 * Long constants are only compared by identity of their array: comparing elements would cost more than it
 * saves.
 */
const LONGEST = 1024;

function constantKey(value: Value, { data, splat }: Constant): string | undefined {
  return data.length > LONGEST ? undefined : `${value.dtype}|${value.shape}|${splat}|${data.join()}`;
}
