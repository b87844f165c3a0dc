/** The loss of a language model on masked tokens (method 5.3), in vanilla MLM and stage-PT. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '../../engine/ops';

/** Sum over n masked tokens of weight times cross-entropy. `logits` [n, vocabulary], `labels` int32 [n]. */
export function maskedTokenLoss(logits: Tensor2D, labels: Tensor1D, weights: Tensor): Scalar {
  return tf.sum(tf.mul(softmaxCrossEntropy(logits, labels), weights));
}
