/**
 * Which training samples make which update of fine-tuning (method 6.1, 6.6): one label per user and epoch,
 * micro-batches, groups of them. A pure function of the dataset and a seed; nothing is trained here.
 */
import { shuffledOrder } from '../../data/shuffle';
import { trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';
import { InputError } from '../../errors';
import { createRandom } from '../../random';

export interface UpdatePlanOptions {
  batch: number;
  accumulation: number;
  seed: number;
  emptyHistory: 'kept' | 'left out';
}

export interface Sample {
  row: number;
  /** Index of the label in the user's training part; the items before it are the input. */
  t: number;
  /** Share of the update's loss: 1 / (accumulation * size of its micro-batch). */
  weight: number;
}

export interface UpdatePlan {
  perEpoch: number;
  /** Samples of the largest update. */
  mostSamples: number;
  /** Samples of each update of an epoch, from 0. */
  ofEpoch(epoch: number): Sample[][];
}

/**
 * Which samples make which update. Micro-batches after the last full group of an epoch leave their gradient
 * for the first update of the next epoch (D22). There is no update in between, so they are simply part of
 * that one.
 */
export function updatePlan(
  dataset: Dataset,
  { batch, accumulation, seed, emptyHistory }: UpdatePlanOptions,
): UpdatePlan {
  const first = emptyHistory === 'kept' ? 0 : 1;
  const rows = Int32Array.from({ length: dataset.users }, (_, row) => row).filter(
    (row) => trainPart(dataset, row).length > first,
  );
  if (rows.length === 0)
    throw new InputError(`fine-tuning on ${dataset.name}`, 'expected users with training items, got none');
  const microBatches = Math.ceil(rows.length / batch);
  // As coded, a dataset with fewer micro-batches than an update takes would never be trained on. Here it gets
  // one update per epoch.
  const group = Math.min(accumulation, microBatches);
  const perEpoch = Math.floor(microBatches / group);
  const leftOver = microBatches - perEpoch * group;

  const microOf = (epoch: number): Sample[][] => {
    const random = createRandom(seed + 7919 * (epoch + 1));
    const order = shuffledOrder(rows.length, seed, epoch);
    return Array.from({ length: microBatches }, (_, m) => {
      const part = order.subarray(m * batch, (m + 1) * batch);
      return Array.from(part, (i) => ({
        row: rows[i],
        t: first + random.integer(trainPart(dataset, rows[i]).length - first),
        weight: 1 / (group * part.length),
      }));
    });
  };
  return {
    perEpoch,
    mostSamples: batch * (group + leftOver),
    ofEpoch(epoch) {
      const carried =
        epoch === 0
          ? []
          : microOf(epoch - 1)
              .slice(perEpoch * group)
              .flat();
      const now = microOf(epoch);
      return Array.from({ length: perEpoch }, (_, k) => [
        ...(k === 0 ? carried : []),
        ...now.slice(k * group, (k + 1) * group).flat(),
      ]);
    },
  };
}
