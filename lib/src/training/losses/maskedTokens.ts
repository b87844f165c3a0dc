/** The loss of a language model on masked tokens (method 5.3), in vanilla MLM and stage-PT. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '../../engine/ops';

/** Sum over masked tokens of `weights` [n] times cross-entropy of `logits` [n, vocabulary] at `labels` [n]. */
export function maskedTokenLoss(logits: Tensor2D, labels: Tensor1D, weights: Tensor): Scalar {
  return tf.sum(tf.mul(softmaxCrossEntropy(logits, labels), weights));
}
