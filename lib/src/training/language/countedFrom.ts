/**
 * An optimiser for a state in which one tensor joins the training later than the others: the item table in
 * FT2 (REC.trainable, D37). That tensor's moments then start at zero, so its bias correction must count from
 * there. With the common step number, Adam's first updates would be up to (1 - beta1) / sqrt(1 - beta2) = 3.2
 * times too long. PyTorch also counts for each tensor separately.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { Optimizer } from '../../engine/types';

/** Scalar input of the compiled step: updates that were made before the tensor joined. */
export const STEPS_BEFORE = 'stepsBefore';

/** `optimizer`, with the fed STEPS_BEFORE subtracted from the step number of the tensor `late`. */
export function countedFrom(optimizer: Optimizer, late: string): Optimizer {
  return {
    ...optimizer,
    feeds: { ...optimizer.feeds, [STEPS_BEFORE]: 0 },
    // A small table must not be joined with tensors that count differently.
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
