/** All passes in their order. Each is a function from graph to graph that leaves every output's value as it was. */
import type { Graph } from '../graph';
import { removeDeadCode } from './deadCode';

export function optimise(graph: Graph): Graph {
  return removeDeadCode(graph);
}
