/**
 * Which users make up the updates of an epoch (D48): drawn with replacement as in the authors' SASRec, every
 * user once in shuffled order, or as the authors' code really draws them (D8). Only users with enough to
 * train on take part (D9: the others are redrawn).
 */
import { slices, shuffledOrder } from '../../data/shuffle';
import { trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';
import { InputError } from '../../errors';
import type { RecommenderOptions } from './options';
import { stream } from './streams';

type Sampling = Pick<RecommenderOptions, 'batch' | 'userSampling' | 'dropLastBatch' | 'seed'>;

/** Rows of the users whose training part has at least `shortest` items. */
export function trainableUsers(dataset: Dataset, shortest: number): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < dataset.users; row++)
    if (trainPart(dataset, row).length >= shortest) rows.push(row);
  if (rows.length === 0) {
    throw new InputError(
      `training on ${dataset.name}`,
      `expected users with at least ${shortest} training items, got none of ${dataset.users}`,
      'Use a dataset with longer histories',
    );
  }
  return Int32Array.from(rows);
}

/** How often a batch repeats once the authors' sampler processes have fallen into step (D8). */
const PROCESSES = 3;

/** The batches of one epoch: arrays of dataset rows. A repeated batch is the same array again. */
export function userBatches(
  dataset: Dataset,
  users: Int32Array,
  epoch: number,
  { batch, userSampling, dropLastBatch, seed }: Sampling,
): Int32Array[] {
  if (userSampling === 'shuffled') {
    const order = shuffledOrder(users.length, seed, epoch).map((k) => users[k]);
    return [...slices(order, batch, dropLastBatch && order.length >= batch)];
  }
  const random = stream(seed, 'users', epoch);
  // The authors count all users, including those without anything to train on.
  const batches = Math.max(1, Math.floor(dataset.users / batch));
  const drawn = Array.from(
    { length: userSampling === 'repeated' ? Math.ceil(batches / PROCESSES) : batches },
    () => Int32Array.from({ length: batch }, () => users[random.integer(users.length)]),
  );
  return userSampling === 'repeated'
    ? Array.from({ length: batches }, (_, i) => drawn[Math.floor(i / PROCESSES)])
    : drawn;
}
