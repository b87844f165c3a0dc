/**
 * Registers TensorFlow.js's gradients (import for its effect). Under Node.js the core package comes without
 * them; the union package registers them when it is loaded. Nothing else of that package is used.
 */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';

// Keeps the CPU backend from printing a greeting on standard error.
tf.enableProdMode();

/**
 * Replaces a gradient that TensorFlow.js 4.22 computes wrongly (found by test/parity): that of a cumulative
 * sum over any axis but the last comes transposed. The right one is the cumulative sum of dy from the other
 * end. Every package that brings TensorFlow.js's gradients (tfjs-node, Danfo.js) registers the wrong one
 * again when it is loaded, so this is called before gradients are taken.
 */
export function correctGradients(): void {
  tf.unregisterGradient('Cumsum');
  tf.registerGradient({
    kernelName: 'Cumsum',
    gradFunc: (dy, _, attrs) => {
      const { axis, exclusive, reverse } = attrs as unknown as {
        axis: number;
        exclusive: boolean;
        reverse: boolean;
      };
      return { x: () => tf.cumsum(dy as tf.Tensor, axis, exclusive, !reverse) };
    },
  });
}
