/**
 * Adam that leaves alone the rows of an item table that have no gradient (D41 option): neither they nor their
 * moments change. The authors' dense Adam is another optimiser: there momentum continues to move every row.
 * Wraps any optimiser.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Optimizer } from '../../engine/types';

/**
 * `optimizer`, except that rows of the matrices named by `tables` keep value and slots if all of their
 * gradient is 0.
 */
export function lazyRows(optimizer: Optimizer, tables: (name: string) => boolean): Optimizer {
  return {
    ...optimizer,
    name: `${optimizer.name}, rows without gradient stay`,
    joint: optimizer.joint && ((name) => (tables(name) ? `rows of ${name}` : optimizer.joint!(name))),
    update(parameter, gradient, slots, feeds, step, name) {
      const updated = optimizer.update(parameter, gradient, slots, feeds, step, name);
      if (!tables(name)) return updated;
      const moves = tf.cast(tf.greater(tf.max(tf.abs(gradient), 1, true), 0), 'float32');
      const stays = tf.sub(1, moves);
      // Sums of products with 1 and 0 keep the chosen values exactly.
      const choose = (after: Tensor, before: Tensor): Tensor =>
        tf.add(tf.mul(after, moves), tf.mul(before, stays));
      return {
        parameter: choose(updated.parameter, parameter),
        slots: Object.fromEntries(
          Object.entries(updated.slots).map(([slot, value]) => [slot, choose(value, slots[slot])]),
        ),
      };
    },
  };
}
