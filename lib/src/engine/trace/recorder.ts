/**
 * Appends operators to a graph and works out the shape of each result. The kernels of the tracing backend,
 * the random masks and the passes write with it. Operators that would change nothing are not recorded.
 */
import { newConstantArray } from '../arrays';
import type { Attributes, ConstantArray, Graph, Value, ValueDType } from '../graph';
import { broadcastShapes, emptyGraph, newValue, sameShape, sizeOf } from '../graph';

export class Recorder {
  constructor(readonly graph: Graph = emptyGraph()) {}

  input(name: string, shape: readonly number[], dtype: ValueDType): Value {
    const value = newValue(shape, dtype);
    this.graph.inputs.set(name, value);
    return value;
  }

  constant(data: ConstantArray, shape: readonly number[], dtype: ValueDType): Value {
    const value = newValue(shape, dtype);
    this.graph.constants.set(value, { data, splat: false });
    return value;
  }

  /** A constant whose elements are all `number`. */
  splat(number: number, shape: readonly number[], dtype: ValueDType): Value {
    const value = newValue(shape, dtype);
    this.graph.constants.set(value, { data: newConstantArray(dtype, [number]), splat: true });
    return value;
  }

  /** One node with one result of the given shape. */
  op(
    op: string,
    inputs: readonly Value[],
    shape: readonly number[],
    dtype: ValueDType,
    attrs: Attributes = {},
  ): Value {
    const output = newValue(shape, dtype);
    this.graph.nodes.push({ op, inputs, outputs: [output], attrs });
    return output;
  }

  /** One node with several results. */
  ops(
    op: string,
    inputs: readonly Value[],
    outputs: readonly (readonly [readonly number[], ValueDType])[],
    attrs: Attributes = {},
  ): Value[] {
    const values = outputs.map(([shape, dtype]) => newValue(shape, dtype));
    this.graph.nodes.push({ op, inputs, outputs: values, attrs });
    return values;
  }

  /** Elementwise; the type is that of its first input unless given. */
  elementwise(
    op: string,
    inputs: readonly Value[],
    dtype: ValueDType = inputs[0].dtype,
    attrs: Attributes = {},
  ): Value {
    const shape = inputs.map((v) => v.shape).reduce((a, b) => broadcastShapes(a, b));
    return this.op(op, inputs, shape, dtype, attrs);
  }

  /** A scalar constant with the type of `like`. */
  scalarLike(like: Value, number: number): Value {
    return this.splat(number, [], like.dtype);
  }

  cast(value: Value, dtype: ValueDType): Value {
    return value.dtype === dtype ? value : this.op('Cast', [value], value.shape, dtype, { to: dtype });
  }

  reshape(value: Value, shape: readonly number[]): Value {
    if (sameShape(value.shape, shape)) return value;
    const constant = this.graph.constants.get(value);
    if (constant !== undefined) {
      const reshaped = newValue(shape, value.dtype);
      this.graph.constants.set(reshaped, constant);
      return reshaped;
    }
    return this.op('Reshape', [value], shape, value.dtype);
  }

  expand(value: Value, shape: readonly number[]): Value {
    return sameShape(value.shape, shape) ? value : this.op('Expand', [value], shape, value.dtype);
  }

  transpose(value: Value, perm: readonly number[]): Value {
    if (perm.every((axis, i) => axis === i)) return value;
    return this.op(
      'Transpose',
      [value],
      perm.map((axis) => value.shape[axis]),
      value.dtype,
      { perm },
    );
  }

  slice(value: Value, begin: readonly number[], size: readonly number[]): Value {
    if (sameShape(value.shape, size)) return value;
    const axes = value.shape.flatMap((n, i) => (begin[i] === 0 && size[i] === n ? [] : [i]));
    return this.op('Slice', [value], size, value.dtype, {
      starts: axes.map((i) => begin[i]),
      ends: axes.map((i) => begin[i] + size[i]),
      axes,
    });
  }

  reduce(op: string, value: Value, axes: readonly number[], keepDims: boolean): Value {
    if (axes.length === 0) return value;
    const shape = value.shape.flatMap((n, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [n]));
    return this.op(op, [value], shape, value.dtype, { axes, keepdims: keepDims });
  }

  /** Product of the last two axes; batch axes broadcast. */
  matMul(a: Value, b: Value, transA = false, transB = false, alpha = 1): Value {
    const [m, k] = lastTwo(a, transA);
    const [k2, n] = lastTwo(b, transB);
    if (k !== k2)
      throw new Error(`matMul: expected equal inner dimensions, got [${a.shape}] and [${b.shape}]`);
    const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return this.op('MatMul', [a, b], [...batch, m, n], 'float32', { transA, transB, alpha });
  }

  /** Adds rows of `updates` to a zero tensor of `shape` at `indices` [n, depth]; duplicates are summed. */
  scatterAdd(shape: readonly number[], indices: Value, updates: Value): Value {
    const zeros = this.splat(0, shape, updates.dtype);
    return this.op('ScatterND', [zeros, this.cast(indices, 'int64'), updates], shape, updates.dtype, {
      reduction: 'add',
    });
  }

  /** 0, 1, 2 ... as a constant vector. */
  iota(length: number, dtype: ValueDType): Value {
    return this.constant(
      newConstantArray(
        dtype,
        Array.from({ length }, (_, i) => i),
      ),
      [length],
      dtype,
    );
  }

  size(value: Value): number {
    return sizeOf(value.shape);
  }
}

function lastTwo(value: Value, transposed: boolean): [number, number] {
  const [rows, columns] = value.shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}
