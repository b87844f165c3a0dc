/**
 * Recorded kernels that combine elements along axes: sums, means, extremes, softmax, cumulative sum, top-k.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel } from '../define';

const reduction = (kernel: string, op: string, axisAttribute = 'axis') =>
  defineKernel(kernel, [op], (g, { x }, attrs) =>
    g.reduce(op, x, tf.util.parseAxisParam(attrs[axisAttribute] ?? null!, [...x.shape]), !!attrs.keepDims),
  );
reduction('Mean', 'ReduceMean');
reduction('Prod', 'ReduceProd');
reduction('Min', 'ReduceMin');
reduction('Max', 'ReduceMax', 'reductionIndices');

defineKernel('Sum', ['ReduceSum'], (g, { x }, { axis, keepDims }) =>
  g.reduce(
    'ReduceSum',
    x.dtype === 'bool' ? g.cast(x, 'int32') : x,
    tf.util.parseAxisParam(axis ?? null, [...x.shape]),
    !!keepDims,
  ),
);

const logicalReduction = (kernel: string, op: string) =>
  defineKernel(kernel, ['Cast', op], (g, { x }, { axis, keepDims }) =>
    g.cast(
      g.reduce(op, g.cast(x, 'int32'), tf.util.parseAxisParam(axis ?? null, [...x.shape]), !!keepDims),
      'bool',
    ),
  );
logicalReduction('All', 'ReduceMin');
logicalReduction('Any', 'ReduceMax');

const argument = (kernel: string) =>
  defineKernel(kernel, [kernel, 'Cast'], (g, { x }, { axis }) => {
    const [a] = tf.util.parseAxisParam(axis, [...x.shape]);
    const shape = x.shape.filter((_, i) => i !== a);
    return g.cast(g.op(kernel, [x], shape, 'int64', { axis: a, keepdims: false }), 'int32');
  });
argument('ArgMax');
argument('ArgMin');

defineKernel('Softmax', ['Softmax'], (g, { logits }, { dim }) =>
  g.op('Softmax', [logits], logits.shape, 'float32', { axis: dim < 0 ? logits.shape.length + dim : dim }),
);
defineKernel('LogSoftmax', ['LogSoftmax'], (g, { logits }, { axis }) =>
  g.op('LogSoftmax', [logits], logits.shape, 'float32', {
    axis: axis < 0 ? logits.shape.length + axis : axis,
  }),
);
defineKernel('Cumsum', ['CumSum'], (g, { x }, { axis, exclusive, reverse }) =>
  g.op('CumSum', [x], x.shape, x.dtype, {
    axis: axis < 0 ? x.shape.length + axis : axis,
    exclusive: !!exclusive,
    reverse: !!reverse,
  }),
);
defineKernel('TopK', ['TopK', 'Cast'], (g, { x }, { k, sorted }) => {
  const shape = [...x.shape.slice(0, -1), k];
  const [values, indices] = g.ops(
    'TopK',
    [x],
    [
      [shape, x.dtype],
      [shape, 'int64'],
    ],
    { k, axis: x.shape.length - 1, largest: true, sorted: sorted !== false },
  );
  return [values, g.cast(indices, 'int32')];
});
