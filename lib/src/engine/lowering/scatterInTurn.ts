/**
 * Sums of scattered rows, done so that no row is lost. ONNX Runtime's CPU kernel of ScatterND spreads the
 * updates over its threads without guarding the rows they are added to. With two threads, gradients of
 * embeddings lacked some of their sum every few dozen runs.
 *
 * The kernel keeps to one thread if there is little to do, so larger sums are done part by part. Each number
 * is then summed in the order of one thread, and the result is the same to the bit.
 */
import { sizeOf, type Node, type Value } from '../graph';
import type { RuleContext } from '../passes/rewrite';

/**
 * Elements of one part. The kernel uses a second thread from 210,000 on (measured with 1.30, and in agreement
 * with its cost model).
 */
const PART = 2 ** 17;
/** Fewest columns of a part: narrower ones are slow to put together. */
const NARROWEST = 8;

/** A rule: undefined if the node is not such a sum, or is small enough. */
export function scatterInTurn({ op, inputs, attrs }: Node, context: RuleContext): Value[] | undefined {
  if (op !== 'ScatterND' || attrs.reduction !== 'add') return undefined;
  const [target, indices, updates] = inputs;
  const depth = indices.shape.length - 1;
  const places = sizeOf(indices.shape.slice(0, depth));
  const rest = updates.shape.slice(depth);
  if (sizeOf(updates.shape) <= PART || places <= 1) return undefined;
  const scatter: Scatter = {
    target,
    indices: context.g.reshape(indices, [places, indices.shape[depth]]),
    updates: context.g.reshape(updates, [places, ...rest]),
    add: (onto, at, rows) => context.g.op('ScatterND', [onto, at, rows], onto.shape, onto.dtype, attrs),
  };
  const columns = Math.floor(PART / places);
  return [
    rest.length === 1 && columns >= NARROWEST
      ? byColumns(scatter, columns, context)
      : byRows(scatter, context),
  ];
}

interface Scatter {
  readonly target: Value;
  /** [places, depth] */
  readonly indices: Value;
  /** [places, ...rest] */
  readonly updates: Value;
  add(onto: Value, at: Value, rows: Value): Value;
}

/** All rows, some columns at a time. Every scatter copies its target, so the whole table is copied once. */
function byColumns(
  { target, indices, updates, add }: Scatter,
  columns: number,
  { g, splat }: RuleContext,
): Value {
  const [places, width] = updates.shape;
  const outer = target.shape.slice(0, -1);
  const number = splat(target);
  const parts: Value[] = [];
  for (let from = 0; from < width; from += columns) {
    const n = Math.min(columns, width - from);
    const onto =
      number === undefined
        ? g.slice(target, [...outer.map(() => 0), from], [...outer, n])
        : g.splat(number, [...outer, n], target.dtype);
    parts.push(add(onto, indices, g.slice(updates, [0, from], [places, n])));
  }
  return g.op('Concat', parts, target.shape, target.dtype, { axis: outer.length });
}

/** Some rows at a time, each part on the sum so far. */
function byRows({ target, indices, updates, add }: Scatter, { g }: RuleContext): Value {
  const [places, ...rest] = updates.shape;
  const part = Math.max(1, Math.floor(PART / sizeOf(rest)));
  let sum = target;
  for (let from = 0; from < places; from += part) {
    const n = Math.min(part, places - from);
    const at = g.slice(indices, [from, 0], [n, indices.shape[1]]);
    sum = add(sum, at, g.slice(updates, [from, ...rest.map(() => 0)], [n, ...rest]));
  }
  return sum;
}
