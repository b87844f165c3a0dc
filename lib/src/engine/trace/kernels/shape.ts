/**
 * Recorded kernels that move or make elements without computing: reshape, transpose, slices, joins, padding,
 * constants.
 */
import * as tf from '@tensorflow/tfjs-core';
import { newConstantArray } from '../../arrays';
import type { Value } from '../../graph';
import { sizeOf } from '../../graph';
import { defineKernel } from '../define';
import type { Recorder } from '../recorder';

defineKernel('Identity', [], (_, { x }) => x);
defineKernel('Reshape', ['Reshape'], (g, { x }, { shape }) =>
  g.reshape(x, tf.util.inferFromImplicitShape(shape, sizeOf(x.shape))),
);
defineKernel('ExpandDims', ['Reshape'], (g, { input }, { dim }) => {
  const shape = [...input.shape];
  shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1);
  return g.reshape(input, shape);
});
defineKernel('Transpose', ['Transpose'], (g, { x }, { perm }) => g.transpose(x, perm));

defineKernel('Slice', ['Slice'], (g, { x }, { begin, size }) => {
  const [begins, sizes] = tf.slice_util.parseSliceParams(tensorLike(x), begin, size);
  return g.slice(x, begins, sizes);
});
defineKernel('StridedSlice', ['Slice', 'Reshape'], (g, { x }, attrs) => {
  const info = tf.slice_util.sliceInfo(
    [...x.shape],
    attrs.begin,
    attrs.end,
    attrs.strides,
    attrs.beginMask,
    attrs.endMask,
    attrs.ellipsisMask,
    attrs.newAxisMask,
    attrs.shrinkAxisMask,
  );
  const axes = x.shape.map((_, i) => i);
  // A negative stride that passes the first element ends at "before 0", which ONNX writes as a large negative
  // number.
  const ends = info.end.map((end, i) => (info.strides[i] < 0 && end < 0 ? -(2 ** 31) : end));
  const sliced = g.op(
    'Slice',
    [x],
    info.finalShapeSparse.filter((n) => n !== -2),
    x.dtype,
    { starts: info.begin, ends, axes, steps: info.strides },
  );
  return g.reshape(sliced, info.finalShape);
});
defineKernel('Reverse', ['Slice'], (g, { x }, { dims }) => {
  const axes = tf.util.parseAxisParam(dims, [...x.shape]);
  if (axes.length === 0) return x;
  return g.op('Slice', [x], x.shape, x.dtype, {
    starts: axes.map(() => -1),
    ends: axes.map(() => -(2 ** 31)),
    axes,
    steps: axes.map(() => -1),
  });
});

defineKernel('Concat', ['Concat'], (g, { list }, { axis }) =>
  concat(g, list, axis < 0 ? axis + list[0].shape.length : axis),
);
defineKernel('Pack', ['Reshape', 'Concat'], (g, { list }, { axis }) => {
  const at = axis < 0 ? axis + list[0].shape.length + 1 : axis;
  const expanded = list.map((v) => g.reshape(v, [...v.shape.slice(0, at), 1, ...v.shape.slice(at)]));
  return concat(g, expanded, at);
});
defineKernel('Unpack', ['Slice', 'Reshape'], (g, { value }, { axis }) => {
  const at = axis < 0 ? axis + value.shape.length : axis;
  const shape = value.shape.filter((_, i) => i !== at);
  return parts(g, value, at, new Array<number>(value.shape[at]).fill(1)).map((v) => g.reshape(v, shape));
});
defineKernel('SplitV', ['Split'], (g, { x }, { numOrSizeSplits, axis }) => {
  const [at] = tf.util.parseAxisParam(axis, [...x.shape]);
  const sizes = tf.backend_util.prepareSplitSize(tensorLike(x), numOrSizeSplits, at);
  const shapes = sizes.map((size) => x.shape.map((n, i) => (i === at ? size : n)));
  return g.ops(
    'Split',
    [x],
    shapes.map((shape) => [shape, x.dtype] as const),
    { sizes, axis: at },
  );
});
defineKernel('Tile', ['Expand', 'Tile'], (g, { x }, { reps }: { reps: number[] }) => {
  const shape = x.shape.map((n, i) => n * reps[i]);
  if (x.shape.every((n, i) => n === 1 || reps[i] === 1)) return g.expand(x, shape);
  return g.op('Tile', [x], shape, x.dtype, { repeats: reps });
});
defineKernel(
  'PadV2',
  ['Pad'],
  (g, { x }, { paddings, constantValue }: { paddings: [number, number][]; constantValue: number }) => {
    if (paddings.every(([before, after]) => before === 0 && after === 0)) return x;
    const shape = x.shape.map((n, i) => n + paddings[i][0] + paddings[i][1]);
    const fill = g.scalarLike(x, constantValue ?? 0);
    return g.op('Pad', [x, fill], shape, x.dtype, {
      pads: [...paddings.map((p) => p[0]), ...paddings.map((p) => p[1])],
      mode: 'constant',
    });
  },
);

defineKernel('Fill', [], (g, _, { shape, value, dtype }) =>
  g.splat(Number(value), shape, dtype ?? 'float32'),
);
defineKernel('ZerosLike', [], (g, { x }) => g.splat(0, x.shape, x.dtype));
defineKernel('OnesLike', [], (g, { x }) => g.splat(1, x.shape, x.dtype));
defineKernel('Range', [], (g, _, { start, stop, step, dtype }) => {
  const length = Math.max(0, Math.ceil((stop - start) / step));
  const values = Array.from({ length }, (_, i) => start + i * step);
  return g.constant(newConstantArray(dtype, values), [length], dtype);
});
defineKernel('LinSpace', [], (g, _, { start, stop, num }) => {
  const values = Array.from({ length: num }, (_, i) =>
    num === 1 ? start : start + ((stop - start) * i) / (num - 1),
  );
  return g.constant(newConstantArray('float32', values), [num], 'float32');
});

function concat(g: Recorder, list: readonly Value[], axis: number): Value {
  const filled = list.filter((v) => sizeOf(v.shape) > 0);
  if (filled.length === 1) return filled[0];
  const values = filled.length === 0 ? list.slice(0, 1) : filled;
  const shape = values[0].shape.map((n, i) =>
    i === axis ? values.reduce((sum, v) => sum + v.shape[axis], 0) : n,
  );
  return values.length === 1 ? values[0] : g.op('Concat', values, shape, values[0].dtype, { axis });
}

function parts(g: Recorder, x: Value, axis: number, sizes: readonly number[]): Value[] {
  let start = 0;
  return sizes.map((size) => {
    const begin = x.shape.map((_, i) => (i === axis ? start : 0));
    start += size;
    return g.slice(
      x,
      begin,
      x.shape.map((n, i) => (i === axis ? size : n)),
    );
  });
}

/** The helpers of TensorFlow.js that parse attributes look only at shape and rank. */
function tensorLike(x: Value): tf.Tensor {
  return { shape: [...x.shape], rank: x.shape.length, size: sizeOf(x.shape) } as unknown as tf.Tensor;
}
