/**
 * An optimiser for a state in which one tensor joins the training later than the others: the item table in
 * FT2 (REC.trainable, D37). That tensor's moments start at zero then, so its bias correction must count from
 * then; with the common step number the first updates of Adam would be up to (1 - beta1) / sqrt(1 - beta2) =
 * 3.2 times too long. PyTorch counts the same way, each tensor for itself.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { Optimizer } from '../../engine/types';

/** Scalar input of the compiled step: updates that were made before the tensor joined. */
export const STEPS_BEFORE = 'stepsBefore';

/** `optimizer`, with the step number of the tensor `late` less the fed STEPS_BEFORE. */
export function countedFrom(optimizer: Optimizer, late: string): Optimizer {
  return {
    ...optimizer,
    feeds: { ...optimizer.feeds, [STEPS_BEFORE]: 0 },
    // A small table must not be joined with tensors of another count.
    joint: optimizer.joint && ((name) => (name === late ? `from ${STEPS_BEFORE}` : optimizer.joint!(name))),
    update: (parameter, gradient, slots, feeds, step, name) =>
      optimizer.update(
        parameter,
        gradient,
        slots,
        feeds,
        name === late ? (tf.sub(tf.cast(step, 'float32'), feeds[STEPS_BEFORE]) as Scalar) : step,
        name,
      ),
  };
}
