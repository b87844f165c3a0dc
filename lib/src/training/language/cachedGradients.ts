/**
 * The programs of gradient caching (batchesInPieces.ts): the contrastive loss of vectors that already exist,
 * and the way back from gradients of vectors to weights.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Program, TrainingProgram } from '../../engine/types';
import type { EncoderConfig } from '../../models/encoder/config';
import { encoder } from '../../models/encoder/encoder';
import { type BatchShape, encoderSpecs } from '../../models/encoder/packing';
import { contrastiveLoss } from './contrastiveLoss';
import type { PretrainingOptions } from './pretrainingProgram';

/**
 * Inputs besides the packed batch: `gradient` [rows * slots, d] of each pooled vector. The loss is the sum of
 * products of vectors and gradients; its gradient with respect to the weights is the wanted one. Reports the
 * vectors, `pooled` [rows * slots, d].
 */
export function vectorsProgram(
  config: EncoderConfig,
  shape: BatchShape,
  { recompute, ...options }: PretrainingOptions,
): TrainingProgram {
  return {
    name: `vectors of pre-training ${shape.rows} x ${shape.rowLength}`,
    inputs: {
      ...encoderSpecs(config, shape),
      gradient: { shape: [shape.rows * shape.slots, config.hidden], dtype: 'float32' },
    },
    ...options,
    loss(params, feeds, context) {
      const { pooled } = encoder(params, feeds, context, config, shape, {
        pooledOnly: true,
        recompute,
      });
      return { loss: tf.sum(tf.mul(pooled, feeds.gradient)) as Scalar, pooled };
    },
  };
}

/**
 * Inputs: `users` and `items` [pairs, d], `pairWeights` [pairs] 1, or 0 for a place without a pair. Outputs:
 * `loss`, and the gradients of both, `ofUsers` and `ofItems`.
 */
export function contrastiveProgram(pairs: number, d: number): Program {
  const vectors = { shape: [pairs, d], dtype: 'float32' as const };
  return {
    name: `contrastive loss of ${pairs} pairs`,
    inputs: { users: vectors, items: vectors, pairWeights: { shape: [pairs], dtype: 'float32' } },
    outputs(_, { users, items, pairWeights }) {
      const { value, grads } = tf.valueAndGrads(
        (u: Tensor, v: Tensor) => contrastiveLoss(u, v, pairWeights as Tensor1D).loss,
      )([users, items]);
      return { loss: value, ofUsers: grads[0], ofItems: grads[1] };
    },
  };
}
