/**
 * Kernels of our own: single ONNX operators that TensorFlow.js has no kernel for. While tracing, the ops in
 * engine/ops call them; otherwise these ops are composed of TensorFlow.js ops. The kernels have no gradient:
 * the ops bring it.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { TRACE_BACKEND } from '../backend';
import { defineKernel } from '../define';

defineKernel('ElephantLayerNormalization', ['LayerNormalization'], (g, { x, gain, bias }, { epsilon }) =>
  g.op('LayerNormalization', [x, gain, bias], x.shape, 'float32', { axis: -1, epsilon }),
);
defineKernel('ElephantStandardise', ['LayerNormalization'], (g, { x }, { epsilon }) => {
  const d = x.shape[x.shape.length - 1];
  const column = [...x.shape.slice(0, -1), 1];
  const [normal, , inverse] = g.ops(
    'LayerNormalization',
    [x, g.splat(1, [d], 'float32'), g.splat(0, [d], 'float32')],
    [
      [x.shape, 'float32'],
      [column, 'float32'],
      [column, 'float32'],
    ],
    { axis: -1, epsilon },
  );
  return [normal, inverse];
});
defineKernel('ElephantGelu', ['Gelu'], (g, { x }) => g.elementwise('Gelu', [x]));

/** True while a program is being traced. */
export function isTracing(): boolean {
  return tf.engine().backendName === TRACE_BACKEND;
}

/** (x - mean) / sqrt(variance + eps) * gain + bias over the last axis, as one operator. */
export function recordLayerNorm(x: Tensor, gain: Tensor, bias: Tensor, epsilon: number): Tensor {
  return tf.engine().runKernel('ElephantLayerNormalization', { x, gain, bias }, { epsilon });
}

/** (x - mean) / sqrt(variance + eps) and 1 / sqrt(variance + eps), as one operator. */
export function recordStandardise(x: Tensor, epsilon: number): [Tensor, Tensor] {
  return tf.engine().runKernel('ElephantStandardise', { x }, { epsilon });
}

/** x times the normal distribution function of x, as one operator. */
export function recordGelu(x: Tensor): Tensor {
  return tf.engine().runKernel('ElephantGelu', { x });
}
