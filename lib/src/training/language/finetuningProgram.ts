/**
 * Training program of stages FT1 and FT2 (method 6.2): softmax cross-entropy of the next item over the whole
 * catalogue. Scores are cosine over temperature against the item table. The table is fixed, or trained too
 * (REC.trainable, D37).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '../../engine/ops';
import type { Optimizer, TrainingProgram } from '../../engine/types';
import type { EncoderConfig } from '../../models/encoder/config';
import { encoder } from '../../models/encoder/encoder';
import { type BatchShape, encoderSpecs } from '../../models/encoder/packing';
import { similarity, unitRows } from '../../models/recformer/similarity';

/** The item table in the state, [items + 1, d], row 0 padding. Its vectors are raw, not of length 1. */
export const ITEM_TABLE = 'items';

export interface FinetuningShape extends BatchShape {
  /** Users per step; unused places have weight 0. */
  users: number;
}

/**
 * Inputs besides the packed batch: `users` places in the pooled output, `targets` item ids, `weights`. Loss:
 * sum of weight times cross-entropy.
 */
export function finetuningProgram(
  config: EncoderConfig,
  shape: FinetuningShape,
  options: { optimizer: Optimizer; trainable: (name: string) => boolean },
): TrainingProgram {
  const { users } = shape;
  return {
    name: `fine-tuning ${shape.rows} x ${shape.rowLength}`,
    inputs: {
      ...encoderSpecs(config, shape),
      users: { shape: [users], dtype: 'int32' },
      targets: { shape: [users], dtype: 'int32' },
      weights: { shape: [users], dtype: 'float32' },
    },
    ...options,
    loss(params, feeds, context) {
      const { pooled } = encoder(params, feeds, context, config, shape, { pooledOnly: true });
      const table = params[ITEM_TABLE];
      const [rows, d] = table.shape as [number, number];
      const items = unitRows(tf.slice(table, [1, 0], [rows - 1, d]));
      const logits = similarity(tf.gather(pooled, feeds.users), items);
      const each = softmaxCrossEntropy(logits, tf.sub(feeds.targets, tf.scalar(1, 'int32')) as Tensor1D);
      return tf.sum(tf.mul(each, feeds.weights)) as Scalar;
    },
  };
}
