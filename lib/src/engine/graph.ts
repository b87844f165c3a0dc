/**
 * The engine's own small graph: ONNX operators over values of known shape and type.
 *
 * Tracing builds it, passes rewrite it, the ONNX writer serialises it. It computes nothing. Differences from
 * ONNX that keep passes short: shapes, axes and other integer operands are attributes, never inputs; every
 * shape is static; a constant whose elements are all equal stores one element (`splat`).
 */
import type { DType } from './types';

/** int64, uint32 and float16 appear inside graphs only: TensorFlow.js has none of them. */
export type ValueDType = DType | 'int64' | 'uint32' | 'float16';
export type ConstantArray = Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint32Array;

export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: ValueDType;
}

/** Elements of a constant: all of them, or a single one that stands for all (`splat`). */
export interface Constant {
  readonly data: ConstantArray;
  readonly splat: boolean;
}

export type Attribute = number | string | boolean | readonly number[];
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attrs: Attributes;
}

export interface Graph {
  /** Fed at each run, by name. */
  inputs: Map<string, Value>;
  constants: Map<Value, Constant>;
  /** Every node follows the nodes it reads. */
  nodes: Node[];
  /** What a run returns, by name. */
  outputs: Map<string, Value>;
}

let nextId = 1;

export function newValue(shape: readonly number[], dtype: ValueDType): Value {
  return { id: nextId++, shape: [...shape], dtype };
}

export function emptyGraph(): Graph {
  return { inputs: new Map(), constants: new Map(), nodes: [], outputs: new Map() };
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** The shape of an elementwise result (NumPy's rules). Throws if the shapes do not fit. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1)
      throw new Error(`broadcast: expected shapes that fit, got [${a}] and [${b}]`);
    return m === 1 ? n : m;
  });
}

/** How many times each value is read, by nodes and as output of the graph. */
export function useCounts(graph: Graph): Map<Value, number> {
  const counts = new Map<Value, number>();
  const use = (value: Value) => counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(use);
  for (const value of graph.outputs.values()) use(value);
  return counts;
}

/** The constant's single number if all its elements are equal (and it has any), else undefined. */
export function splatOf(graph: Graph, value: Value): number | undefined {
  const constant = graph.constants.get(value);
  if (constant === undefined || (!constant.splat && constant.data.length !== 1)) return undefined;
  return Number(constant.data[0]);
}
