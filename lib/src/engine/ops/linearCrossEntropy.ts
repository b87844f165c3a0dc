/**
 * Cross-entropy over classes whose logits are products of a vector and a class table: the loss of every full-softmax recommender
 * and masked language model, as one op. The logits (rows x classes, the largest tensor of such a step) are written once by the
 * product and once by the softmax; the one-hot labels and the row weights act on the small factors of the gradient instead.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { weightedMean } from './crossEntropy';

export interface LinearCrossEntropy {
  /** [n, d] */
  hidden: Tensor2D;
  /** [classes, d] */
  classes: Tensor2D;
  /** int32 [n] */
  labels: Tensor1D;
  /** [classes], added to every row's logits. */
  bias?: Tensor1D;
}

/** -log softmax(hidden . classes^T + bias)[label] for each row: [n]. */
export function linearCrossEntropy({ hidden, classes, labels, bias }: LinearCrossEntropy): Tensor1D {
  const rows = hidden.shape[0];
  const run = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [hidden, classes, bias] = args as [Tensor2D, Tensor2D, Tensor1D | undefined];
    const products = tf.matMul(hidden, classes, false, true);
    const logits = bias === undefined ? products : tf.add(products, bias);
    const max = tf.max(logits, -1);
    const probabilities = tf.softmax(logits as Tensor2D);
    // The largest probability is 1 / sum(exp(logit - max)), so this is log-sum-exp without another pass of exponentials.
    const normaliser = tf.sub(max, tf.log(tf.max(probabilities, -1)));
    const ofLabels = tf.gather(classes, labels);
    let labelLogit: Tensor = tf.sum(tf.mul(hidden, ofLabels), -1);
    if (bias !== undefined) labelLogit = tf.add(labelLogit, tf.gather(bias, labels));
    save([hidden, classes, probabilities, ofLabels]);
    return {
      value: tf.sub(normaliser, labelLogit),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [hidden, classes, probabilities, ofLabels] = saved as Tensor2D[];
        const weights = tf.reshape(dy, [rows, 1]);
        const weighted = tf.mul(hidden, weights) as Tensor2D;
        const dHidden = tf.mul(tf.sub(tf.matMul(probabilities, classes), ofLabels), weights);
        const atLabels = (t: Tensor): Tensor => tf.unsortedSegmentSum(t, labels, classes.shape[0]);
        const dClasses = tf.add(tf.matMul(probabilities, weighted, true, false), atLabels(tf.neg(weighted)));
        if (args.length < 3) return [dHidden, dClasses];
        const dBias = tf.reshape(tf.matMul(weights as Tensor2D, probabilities, true, false), [classes.shape[0]]);
        return [dHidden, dClasses, tf.add(dBias, atLabels(tf.neg(dy)))];
      },
    };
  });
  return (bias === undefined ? run(hidden, classes) : run(hidden, classes, bias)) as Tensor1D;
}

/** The mean over rows, weighted by `weights` [n] where given (0 leaves a row out). The mean over no rows is 0. */
export function meanLinearCrossEntropy(terms: LinearCrossEntropy, weights?: Tensor1D): Scalar {
  return weightedMean(linearCrossEntropy(terms), weights);
}
