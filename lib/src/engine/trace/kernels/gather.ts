/**
 * Recorded kernels that read or write by index: gather, scatter, one-hot. Indices beyond the table are errors
 * at run time.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Value } from '../../graph';
import { sizeOf } from '../../graph';
import { defineKernel } from '../define';

defineKernel('GatherV2', ['Gather', 'GatherND'], (g, { x, indices }, attrs) => {
  const [axis] = tf.util.parseAxisParam(attrs.axis, [...x.shape]);
  const batch: number = attrs.batchDims ?? 0;
  const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batch), ...x.shape.slice(axis + 1)];
  if (batch === 0) return g.op('Gather', [x, indices], shape, x.dtype, { axis });
  if (axis !== batch)
    throw new Error(
      `gather: expected axis = batchDims, got axis ${axis} and batchDims ${batch}. Transpose the table first`,
    );
  const positions = g.cast(g.reshape(indices, [...indices.shape, 1]), 'int64');
  return g.op('GatherND', [x, positions], shape, x.dtype, { batch_dims: batch });
});
defineKernel('UnsortedSegmentSum', ['ScatterND'], (g, { x, segmentIds }, { numSegments }) => {
  const rows = sizeOf(segmentIds.shape);
  const rest = x.shape.slice(segmentIds.shape.length);
  return g.scatterAdd(
    [numSegments, ...rest],
    g.reshape(segmentIds, [rows, 1]),
    g.reshape(x, [rows, ...rest]),
  );
});
defineKernel('GatherNd', ['GatherND'], (g, { params, indices }) => {
  const depth = indices.shape[indices.shape.length - 1];
  return g.op(
    'GatherND',
    [params, g.cast(indices, 'int64')],
    [...indices.shape.slice(0, -1), ...params.shape.slice(depth)],
    params.dtype,
    { batch_dims: 0 },
  );
});
defineKernel('ScatterNd', ['ScatterND'], (g, { indices, updates }, { shape }) =>
  g.scatterAdd(shape, indices, updates),
);
defineKernel('TensorScatterUpdate', ['ScatterND'], (g, { tensor, indices, updates }) =>
  g.op('ScatterND', [tensor, g.cast(indices, 'int64'), updates], tensor.shape, tensor.dtype),
);
defineKernel('OneHot', ['Equal', 'Cast'], (g, { indices }, { depth, onValue, offValue, dtype }) => {
  const column = g.reshape(indices, [...indices.shape, 1]);
  const hit = g.elementwise('Equal', [column, g.iota(depth, indices.dtype)], 'bool');
  const type = dtype ?? 'int32';
  if ((onValue ?? 1) === 1 && (offValue ?? 0) === 0) return g.cast(hit, type);
  const pick = (number: number): Value => g.splat(number, [], type);
  return g.elementwise('Where', [hit, pick(onValue ?? 1), pick(offValue ?? 0)], type);
});
