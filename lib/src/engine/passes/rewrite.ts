/** The frame of every rewriting pass: walks the nodes in order and lets a rule replace them. */
import type { Graph, Node, Value } from '../graph';
import { splatOf, useCounts } from '../graph';
import { Recorder } from '../trace/recorder';

export interface RuleContext {
  /** Records replacement nodes at the current place. */
  g: Recorder;
  /** The node of the new graph that makes a value, if any. */
  producer(value: Value): Node | undefined;
  /**
   * How often a value is read, at most: a rule may have removed readers since. Rules use it to avoid
   * computing twice.
   */
  uses(value: Value): number;
  /** The number that all elements of a constant are equal to, if it is such a constant. */
  splat(value: Value): number | undefined;
}

/**
 * Replacement of a node's outputs, or undefined to keep the node. The node's inputs are already those of the
 * new graph.
 */
export type Rule = (node: Node, context: RuleContext) => readonly Value[] | undefined;

export function rewrite(graph: Graph, rule: Rule): Graph {
  const result: Graph = {
    inputs: graph.inputs,
    constants: new Map(graph.constants),
    nodes: [],
    outputs: new Map(),
  };
  const counts = useCounts(graph);
  const replaced = new Map<Value, Value>();
  const made = new Map<Value, Node>();
  const now = (value: Value): Value => replaced.get(value) ?? value;
  let indexed = 0;
  const context: RuleContext = {
    g: new Recorder(result),
    producer: (value) => made.get(value),
    uses: (value) => counts.get(value) ?? 1,
    splat: (value) => splatOf(result, value),
  };
  for (const node of graph.nodes) {
    const current = { ...node, inputs: node.inputs.map(now) };
    const outputs = rule(current, context);
    if (outputs === undefined) result.nodes.push(current);
    else {
      node.outputs.forEach((output, i) => {
        replaced.set(output, outputs[i]);
        // A value that replaces another is also read wherever that one was.
        counts.set(outputs[i], (counts.get(outputs[i]) ?? 0) + (counts.get(output) ?? 0));
      });
    }
    for (; indexed < result.nodes.length; indexed++)
      for (const output of result.nodes[indexed].outputs) made.set(output, result.nodes[indexed]);
  }
  for (const [name, value] of graph.outputs) result.outputs.set(name, now(value));
  return result;
}
