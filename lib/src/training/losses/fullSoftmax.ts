/**
 * Softmax cross-entropy over a large set of classes, computed in chunks of positions: logits and their gradient exist for one
 * chunk at a time, so memory does not grow with positions x classes, and a chunk stays in the processor's cache.
 * Knows no items: SASRec gives its item table as class vectors, BERT4Rec its output layer.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Positions a chunk: at 12,000 classes 256 positions are 12 MB of logits. A step of SASRec on Beauty (750 positions, one thread of
 * an EPYC, noisy) took 69, 66, 62, 62 ms with 64, 128, 256, 1024.
 */
export const POSITIONS_PER_CHUNK = 256;

export interface FullSoftmaxInputs {
  /** [N, d] */
  hidden: Tensor;
  /** Class vectors, [C, d]. */
  classes: Tensor;
  /** Optional class biases, [C]. */
  bias?: Tensor;
  /** int32 [N]; any valid class where the weight is 0. */
  labels: Tensor;
  /** [N]; the loss is the weighted sum, so weights of 1/count give the mean. */
  weights: Tensor;
}

/**
 * sum_n weights[n] * (logsumexp(logits[n]) - logits[n, labels[n]]), logits = hidden . classes^T + bias.
 * The gradient is written out: with p the softmax, hidden gets w (p . classes - classes[label]), classes get p^T . (w hidden) minus
 * w hidden summed into the label's row. No one-hot and no scatter into the logits.
 */
export function fullSoftmaxLoss({ hidden, classes, bias, labels, weights }: FullSoftmaxInputs, chunk = POSITIONS_PER_CHUNK): Scalar {
  const [N, d] = hidden.shape as [number, number];
  const C = classes.shape[0];
  const run = tf.customGrad((...args: (Tensor | tf.GradSaveFunc)[]) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [h, e, b] = args as [Tensor2D, Tensor2D, Tensor1D | undefined];
    const labelVectors = tf.gather(e, labels as Tensor1D);
    let labelLogits: Tensor = tf.sum(tf.mul(h, labelVectors), 1);
    if (b !== undefined) labelLogits = tf.add(labelLogits, tf.gather(b, labels as Tensor1D));

    const logSums: Tensor[] = [];
    const pulls: Tensor[] = [];
    let classGradient: Tensor2D | undefined;
    let biasGradient: Tensor | undefined;
    for (let start = 0; start < N; start += chunk) {
      const n = Math.min(chunk, N - start);
      const part = n === N ? h : tf.slice(h, [start, 0], [n, d]);
      const w = tf.reshape(n === N ? weights : tf.slice(weights, [start], [n]), [n, 1]);
      let logits: Tensor = tf.matMul(part, e, false, true);
      if (b !== undefined) logits = tf.add(logits, b);
      const p = tf.softmax(logits) as Tensor2D;
      // logsumexp = largest logit - ln(largest probability): two maxima instead of another pass of exponentials.
      logSums.push(tf.sub(tf.max(logits, 1), tf.log(tf.max(p, 1))));
      pulls.push(tf.mul(tf.matMul(p, e), w));
      // Transposed, [d, C]: the product packs the small factor, not p. Measured 1.1 times faster for the whole step.
      const toClasses: Tensor2D = tf.matMul(tf.mul(part, w) as Tensor2D, p, true, false);
      classGradient = classGradient === undefined ? toClasses : tf.add<Tensor2D>(classGradient, toClasses);
      if (b !== undefined) {
        const toBias = tf.reshape(tf.matMul(p, w as Tensor2D, true, false), [C]);
        biasGradient = biasGradient === undefined ? toBias : tf.add(biasGradient, toBias);
      }
    }
    const column = tf.reshape(weights, [N, 1]);
    const loss = tf.sum(tf.mul(weights, tf.sub(joined(logSums), labelLogits)));
    const hiddenGradient = tf.sub(joined(pulls), tf.mul(labelVectors, column));
    const toLabels = tf.unsortedSegmentSum(tf.mul(h, column) as Tensor2D, labels as Tensor1D, C);
    const gradients = [hiddenGradient, tf.sub(tf.transpose(classGradient as Tensor2D), toLabels)];
    if (b !== undefined) gradients.push(tf.sub(biasGradient as Tensor, tf.unsortedSegmentSum(weights as Tensor1D, labels as Tensor1D, C)));
    save(gradients);
    return { value: loss, gradFunc: (dy: Tensor, saved: Tensor[]) => saved.map((gradient) => tf.mul(gradient, dy)) };
  });
  return run(...(bias === undefined ? [hidden, classes] : [hidden, classes, bias])) as Scalar;
}

function joined(parts: Tensor[]): Tensor {
  return parts.length === 1 ? parts[0] : tf.concat(parts, 0);
}
