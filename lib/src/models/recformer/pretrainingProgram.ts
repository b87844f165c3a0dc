/**
 * Training programs on masked text: vanilla MLM (the language model itself) and stage-PT, which adds the
 * item-item contrastive loss on unmasked copies (method 5.3). All sequences of a step lie in one packed
 * batch, so the encoder runs once.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy, softmaxCrossEntropyWithLabels } from '../../engine/ops';
import type { NamedSpecs, NamedTensors, Optimizer, TrainingProgram } from '../../engine/types';
import type { EncoderConfig } from '../encoder/config';
import { encoder } from '../encoder/encoder';
import { type BatchShape, encoderSpecs } from '../encoder/packing';
import { languageHead } from './languageHead';
import { TEMPERATURE, unitRows } from './similarity';

export interface PretrainingShape extends BatchShape {
  /** Places for masked tokens; unused ones have weight 0. */
  labels: number;
  /** Pairs whose items are each other's negatives; 0 for vanilla MLM. */
  pairs: number;
}

export interface PretrainingOptions {
  optimizer: Optimizer;
  trainable: (name: string) => boolean;
}

/**
 * Inputs besides the packed batch: `labelAt` flat token indices, `labels` token ids, `labelWeights` (weight
 * of each in the loss, so that means per side and the factor 0.1 are the caller's); with pairs `users`,
 * `items`: places of unmasked sequences in the pooled output, `pairWeights` 1 or 0.
 *
 * Reports `maskedLoss` (weighted sum), and with pairs `contrastiveLoss` and `correct`, the number of pairs
 * whose own item is first.
 */
export function pretrainingProgram(
  config: EncoderConfig,
  shape: PretrainingShape,
  options: PretrainingOptions,
): TrainingProgram {
  const { labels, pairs } = shape;
  const inputs: NamedSpecs = {
    ...encoderSpecs(config, shape),
    labelAt: { shape: [labels], dtype: 'int32' },
    labels: { shape: [labels], dtype: 'int32' },
    labelWeights: { shape: [labels], dtype: 'float32' },
  };
  if (pairs > 0) {
    inputs.users = { shape: [pairs], dtype: 'int32' };
    inputs.items = { shape: [pairs], dtype: 'int32' };
    inputs.pairWeights = { shape: [pairs], dtype: 'float32' };
  }
  return {
    name: `pre-training ${shape.rows} x ${shape.rowLength}`,
    inputs,
    ...options,
    loss(params, feeds, context) {
      const { hidden, pooled } = encoder(params, feeds, context, config, shape);
      const masked = maskedTokenLoss(params, hidden as Tensor, feeds, config);
      const report: { loss: Scalar } & NamedTensors = { loss: masked, maskedLoss: masked };
      if (pairs === 0) return report;
      const { loss: contrastive, correct } = contrastiveLoss(pooled, feeds);
      return {
        ...report,
        loss: tf.add(masked, contrastive) as Scalar,
        contrastiveLoss: contrastive,
        correct,
      };
    },
  };
}

/** Sum over masked tokens of weight times cross-entropy. */
function maskedTokenLoss(
  params: NamedTensors,
  hidden: Tensor,
  feeds: NamedTensors,
  config: EncoderConfig,
): Scalar {
  const logits = languageHead(params, tf.gather(hidden, feeds.labelAt), config);
  return tf.sum(tf.mul(softmaxCrossEntropy(logits, feeds.labels as Tensor1D), feeds.labelWeights)) as Scalar;
}

/** Cross-entropy of each user's own item among the items of all pairs; equal items are not masked out. */
function contrastiveLoss(pooled: Tensor, feeds: NamedTensors): { loss: Scalar; correct: Tensor } {
  const users = unitRows(tf.gather(pooled, feeds.users));
  const items = unitRows(tf.gather(pooled, feeds.items));
  const weights = feeds.pairWeights as Tensor1D;
  const pairs = weights.size;
  // Places without a pair are no candidates.
  const absent = tf.reshape(tf.mul(tf.sub(1, weights), -1e9), [1, pairs]);
  const logits = tf.add(tf.mul(tf.matMul(users, items, false, true), 1 / TEMPERATURE), absent) as Tensor2D;
  const own = tf.range(0, pairs, 1, 'int32');
  const loss = softmaxCrossEntropyWithLabels(logits, own, weights);
  const diagonal = tf.sum(tf.mul(logits, tf.eye(pairs)), 1, true);
  const above = tf.sum(tf.cast(tf.greater(logits, diagonal), 'float32'), 1);
  return { loss, correct: tf.sum(tf.mul(tf.cast(tf.equal(above, 0), 'float32'), weights)) };
}
