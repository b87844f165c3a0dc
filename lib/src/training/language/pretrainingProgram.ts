/**
 * Training programs on masked text: vanilla MLM (the language model itself), and stage-PT, which adds the
 * item-item contrastive loss on unmasked copies (method 5.3). All sequences of a step are in one packed
 * batch, so the encoder runs once.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { NamedSpecs, Optimizer, TrainingProgram } from '../../engine/types';
import type { EncoderConfig } from '../../models/encoder/config';
import { encoder } from '../../models/encoder/encoder';
import { type BatchShape, encoderSpecs } from '../../models/encoder/packing';
import { languageHead } from '../../models/recformer/languageHead';
import { contrastiveLoss } from './contrastiveLoss';
import { maskedTokenLoss } from './maskedTokenLoss';

export interface PretrainingShape extends BatchShape {
  /** Places for masked tokens; unused ones have weight 0. */
  labels: number;
  /** Pairs whose items are each other's negatives; 0 for vanilla MLM. */
  pairs: number;
}

export interface PretrainingOptions {
  optimizer: Optimizer;
  trainable: (name: string) => boolean;
  /** Whether the backward pass recomputes the layers (EncoderOptions). */
  recompute?: boolean;
}

/**
 * Inputs besides the packed batch: `labelAt` flat token indices, `labels` token ids, and `labelWeights`, the
 * weight of each label in the loss. Means per side and the factor 0.1 are thus the caller's. With pairs also
 * `users` and `items`, places of unmasked sequences in the pooled output, and `pairWeights`, 1 or 0.
 *
 * Reports `maskedLoss` (weighted sum). With pairs also `contrastiveLoss` and `correct`, the number of pairs
 * whose own item is first.
 */
export function pretrainingProgram(
  config: EncoderConfig,
  shape: PretrainingShape,
  { recompute, ...options }: PretrainingOptions,
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
      const { hidden, pooled } = encoder(params, feeds, context, config, shape, { recompute });
      const logits = languageHead(params, tf.gather(hidden as Tensor, feeds.labelAt), config);
      const masked = maskedTokenLoss(logits, feeds.labels as Tensor1D, feeds.labelWeights);
      const report = { loss: masked, maskedLoss: masked };
      if (pairs === 0) return report;
      const { loss: contrastive, correct } = contrastiveLoss(
        tf.gather(pooled, feeds.users),
        tf.gather(pooled, feeds.items),
        feeds.pairWeights as Tensor1D,
      );
      const loss = tf.add(masked, contrastive) as Scalar;
      return { ...report, loss, contrastiveLoss: contrastive, correct };
    },
  };
}
