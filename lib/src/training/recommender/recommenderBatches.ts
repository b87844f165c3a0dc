/**
 * The updates of an epoch as feeds, for any model: joins users, samples and shapes. Equal dataset, options
 * and epoch give equal batches.
 */
import type { Dataset } from '../../data';
import { libraryLoss } from '../losses';
import type { Batch } from './batch';
import { batchShapes } from './batchShapes';
import { recommenderModel } from './models';
import { negativeFeeds } from './negativeSampling';
import type { RecommenderOptions } from './options';
import { stream } from './streams';
import { trainingWindows } from './trainingWindows';
import { trainableUsers, userBatches } from './userBatches';

export interface EpochBatches {
  total: number;
  /** Made one after another, on demand. */
  batches: Iterable<Batch>;
}

/** `loss`: the one that the options name, or a user's own. */
export function recommenderBatches(
  given: Dataset,
  options: RecommenderOptions,
  loss = libraryLoss(options.loss),
): (epoch: number) => EpochBatches {
  const model = recommenderModel(options.model);
  const dataset = options.windows === 'all' ? trainingWindows(given, options.maxLength) : given;
  const users = trainableUsers(dataset, model.shortest);
  const negatives = negativeFeeds(dataset, loss, options);
  const shapes = batchShapes(dataset, users, options);
  return (epoch) => {
    const random = stream(options.seed, model.stream, epoch);
    const all = Array.from({ length: options.passes }, (_, pass) =>
      userBatches(dataset, users, epoch * options.passes + pass, options),
    ).flat();
    const make = (users: Int32Array): Batch =>
      model.batch({ dataset, users, options, random, negatives, shapes });
    return { total: all.length, batches: lazily(all, make) };
  };
}

/**
 * Makes something of each value. The same value twice in a row gives the same thing, including negatives
 * (D8).
 */
function* lazily<A, B>(values: readonly A[], make: (value: A) => B): Generator<B> {
  let made: B | undefined;
  for (const [i, value] of values.entries()) {
    made = i > 0 && value === values[i - 1] ? (made as B) : make(value);
    yield made;
  }
}
