/**
 * The item vectors of a recommender, made from what its state holds (method 9):
 *   item/table       [V + 1, d]: random, or a given table; trained or frozen as the variant says
 *   item/fixed       [V + 1, w]: a given table that never changes, beside the trained ID rows (withID, D39)
 *   item/projection  kernel [w, d]: maps a table of another width to the model's (ours, not the paper's)
 * Which of them are trained is the choice of the variant (training/recommender/variants.ts).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../engine/types';

/** The matrix that items are looked up in and scored against, [V + 1, d]; row 0 is padding. */
export function itemVectors(params: NamedTensors): Tensor2D {
  const fixed = params['item/fixed'];
  const vectors = (
    fixed === undefined ? params['item/table'] : tf.add(params['item/table'], fixed)
  ) as Tensor2D;
  const projection = params['item/projection'] as Tensor2D | undefined;
  return projection === undefined ? vectors : tf.matMul(vectors, projection);
}
