/**
 * The losses that a recommender can be trained with, by name. Options, batches, programs, cost estimates and
 * the command line all read them here, so a new loss takes one file and one line in LOSSES.
 */
import { unknownName } from '../../errors';
import { bce } from './bce';
import { ce } from './ce';
import type { RecommenderLoss } from './loss';
import { sampled } from './sampled';

export * from './loss';

/**
 * The losses of the library by name. They compute from vectors alone, so they can be called by hand.
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { LOSSES } from 'elephant/training';
 * const hidden = tf.tensor2d([[1, 0]]); // [N, d]
 * const classes = tf.tensor2d([[0, 0], [2, 0], [0, 2]]); // [items + 1, d]; row 0 is padding
 * const batch = { hidden, classes, labels: tf.tensor1d([1], 'int32'), weights: tf.tensor1d([1]) };
 * console.log(LOSSES.ce.value(batch).dataSync()[0]); // 0.2395
 * ```
 */
export const LOSSES = { bce, ce, sampled } satisfies Record<
  string,
  RecommenderLoss & { readonly meaning: string }
>;

/** A name in LOSSES. In a finished training it may also be the name of the user's own loss. */
export type LossName = keyof typeof LOSSES | (string & {});

/** The loss of that name. @throws InputError if LOSSES has no such name. */
export function libraryLoss(name: string): RecommenderLoss {
  if (!Object.hasOwn(LOSSES, name)) throw unknownName('train', 'loss', name, Object.keys(LOSSES));
  return LOSSES[name as keyof typeof LOSSES];
}

/** All of them with their meanings, in one line. */
export const LOSS_MEANINGS = Object.values(LOSSES)
  .map(({ name, meaning }) => `${name}: ${meaning}`)
  .join('; ');
