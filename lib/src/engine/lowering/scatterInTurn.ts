/**
 * Sums of scattered rows, so that no row is lost. ONNX Runtime's CPU kernel of ScatterND spreads the updates over its threads
 * without guarding the rows they are added to: with two threads, gradients of embeddings lacked some of their sum every few
 * dozen runs. It keeps to one thread where there is little to do, so larger ones are done part by part, each on the sum so far.
 * The order of additions is then that of one thread, and so is the result, to the bit. Called by lowerForCpu.
 */
import { sizeOf, type Node, type Value } from '../graph';
import type { RuleContext } from '../passes/rewrite';

/** Elements of one part. The kernel uses a second thread from 210,000 on (measured with 1.30, and what its cost model gives). */
const PART = 2 ** 17;

/** A rule: undefined where the node is no such sum or small enough. */
export function scatterInTurn({ op, inputs, attrs }: Node, { g }: RuleContext): Value[] | undefined {
  if (op !== 'ScatterND' || attrs.reduction !== 'add') return undefined;
  const [target, indices, updates] = inputs;
  const depth = indices.shape.length - 1;
  const places = sizeOf(indices.shape.slice(0, depth));
  const rest = updates.shape.slice(depth);
  if (sizeOf(updates.shape) <= PART || places <= 1) return undefined;
  const width = indices.shape[depth];
  const flatIndices = g.reshape(indices, [places, width]);
  const flatUpdates = g.reshape(updates, [places, ...rest]);
  const part = Math.max(1, Math.floor(PART / sizeOf(rest)));
  let sum = target;
  for (let from = 0; from < places; from += part) {
    const n = Math.min(part, places - from);
    const rows = g.slice(flatUpdates, [from, ...rest.map(() => 0)], [n, ...rest]);
    sum = g.op('ScatterND', [sum, g.slice(flatIndices, [from, 0], [n, width]), rows], target.shape, target.dtype, attrs);
  }
  return [sum];
}
