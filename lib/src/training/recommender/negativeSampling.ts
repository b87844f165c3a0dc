/**
 * Negatives of training (not of evaluation: those stand in data/negatives). Uniform outside the user's own
 * items for binary cross-entropy; uniform or by popularity for the sampled softmax, with the probabilities
 * that its correction needs.
 */
import { trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';
import { InputError } from '../../errors';
import type { Random } from '../../random';

/** Uniform in 1..items, redrawn while among `taken`. */
export function uniformOutside(taken: Int32Array, items: number, random: Random): number {
  for (let tries = 0; tries < 10_000; tries++) {
    const item = 1 + random.integer(items);
    if (!taken.includes(item)) return item;
  }
  throw new InputError(
    'training negatives',
    `found no item outside a history of ${taken.length} items in a catalogue of ${items}`,
    'Use loss ce, which needs no negatives',
  );
}

export interface ItemSampler {
  draw(random: Random): number;
  /** ln of the expected number of draws of `item` among k. */
  logExpected(item: number, k: number): number;
}

/**
 * Draws items by their share: uniform, or by how often they occur in the training parts (plus one, so that
 * none is impossible).
 */
export function itemSampler(dataset: Dataset, distribution: 'uniform' | 'popularity'): ItemSampler {
  if (distribution === 'uniform') {
    return {
      draw: (random) => 1 + random.integer(dataset.items),
      logExpected: (_, k) => Math.log(k / dataset.items),
    };
  }
  const counts = new Float64Array(dataset.items + 1).fill(1);
  for (let row = 0; row < dataset.users; row++) for (const item of trainPart(dataset, row)) counts[item]++;
  const cumulative = new Float64Array(dataset.items + 1);
  for (let item = 1; item <= dataset.items; item++) cumulative[item] = cumulative[item - 1] + counts[item];
  const total = cumulative[dataset.items];
  return {
    draw(random) {
      const mark = random.uniform() * total;
      let [low, high] = [1, dataset.items];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (cumulative[middle] > mark) high = middle;
        else low = middle + 1;
      }
      return low;
    },
    logExpected: (item, k) => Math.log((k * counts[item]) / total),
  };
}
