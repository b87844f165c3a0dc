/**
 * Cross-entropy over classes with integer labels, and the log-sum-exp behind it. Their gradients are written
 * out, so that there are as few passes as possible over the logits, the largest tensor of a recommender's
 * step.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * log(sum(exp(x))) over the last axis, without overflow. x: [..., n]; result: [...]. The gradient is
 * softmax(x).
 */
export function logSumExp(x: Tensor): Tensor {
  const run = tf.customGrad((input, save) => {
    const x = input as Tensor;
    const max = tf.max(x, -1, true);
    const result = tf.add(tf.log(tf.sum(tf.exp(tf.sub(x, max)), -1)), tf.squeeze(max, [-1]));
    (save as tf.GradSaveFunc)([x, result]);
    return {
      value: result,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, result] = saved;
        return tf.mul(tf.exp(tf.sub(x, tf.expandDims(result, -1))), tf.expandDims(dy, -1));
      },
    };
  });
  return run(x);
}

/**
 * -log softmax(logits)[label] for each row. logits: [n, classes]; labels: int32 [n]; result: [n].
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { softmaxCrossEntropy } from 'elephant/engine';
 * const loss = softmaxCrossEntropy(tf.tensor2d([[2, 0, 0]]), tf.tensor1d([0], 'int32'));
 * console.log(loss.dataSync()[0]); // -ln of the first softmax: 0.2395
 * ```
 */
export function softmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  const [rows, classes] = logits.shape;
  const run = tf.customGrad((input, save) => {
    const logits = input as Tensor2D;
    const positions = tf.add(labels, tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(classes, 'int32')));
    const picked = tf.gather(tf.reshape(logits, [rows * classes]), positions as Tensor1D);
    const normaliser = logSumExp(logits);
    (save as tf.GradSaveFunc)([logits, normaliser, positions]);
    return {
      value: tf.sub(normaliser, picked),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [logits, normaliser, positions] = saved;
        const softmax = tf.exp(tf.sub(logits, tf.expandDims(normaliser, -1)));
        const spread = tf.mul(softmax, tf.expandDims(dy, -1));
        const ofLabel = tf.sub(tf.gather(tf.reshape(spread, [rows * classes]), positions as Tensor1D), dy);
        const updated = tf.tensorScatterUpdate(
          tf.reshape(spread, [rows * classes]),
          tf.expandDims(positions, -1),
          ofLabel,
        );
        return tf.reshape(updated, [rows, classes]);
      },
    };
  });
  return run(logits) as Tensor1D;
}

/**
 * Mean cross-entropy weighted by `weights` [n] (0 leaves a row out): sum(weight * -log
 * softmax(logits)[label]) / sum(weight). The mean over no rows is 0. logits: [n, classes]; labels: int32 [n];
 * result: a scalar, in nats.
 */
export function softmaxCrossEntropyWithLabels(
  logits: Tensor2D,
  labels: Tensor1D,
  weights?: Tensor1D,
): Scalar {
  return weightedMean(softmaxCrossEntropy(logits, labels), weights);
}

/** sum(weights * values) / sum(weights); 0 if all weights are 0. */
function weightedMean(values: Tensor1D, weights?: Tensor1D): Scalar {
  if (weights === undefined) return tf.mean(values);
  return tf.div(tf.sum(tf.mul(values, weights)), tf.maximum(tf.sum(weights), 1e-12));
}
