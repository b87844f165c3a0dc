/**
 * All passes in their order. Each is a function from graph to graph that leaves every output's value as it
 * was.
 */
import type { Graph } from '../graph';
import { absorbIntoProducts } from './products';
import { dropBroadcasts } from './broadcasts';
import { foldConstants } from './constants';
import { removeDeadCode } from './deadCode';
import { dropMaxGradient } from './logSumExp';
import { recognise } from './recognise';
import { scatterOverSum } from './scatter';
import { shareWork } from './sharedWork';
import { simplifyLayout } from './layout';

export type Pass = (graph: Graph) => Graph;

export const PASSES: Readonly<Record<string, Pass>> = {
  removeDeadCode,
  simplifyLayout,
  foldConstants,
  dropBroadcasts,
  shareWork,
  recognise,
  dropMaxGradient,
  absorbIntoProducts,
  scatterOverSum,
};

/** Twice, because one pass makes room for another. */
export function optimise(graph: Graph): Graph {
  let result = graph;
  for (let round = 0; round < 2; round++) {
    for (const pass of Object.values(PASSES)) result = removeDeadCode(pass(result));
  }
  return result;
}
