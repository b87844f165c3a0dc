/**
 * Negatives for training, as a loss asks for them: per position, uniform outside the user's own items; or per
 * batch, uniform or by popularity, with the probabilities that a correction needs. Those for evaluation are
 * in data/negatives.
 */
import type { RowPlan } from '../../data/packing';
import { trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';
import type { Feeds } from '../../engine/types';
import { InputError } from '../../errors';
import type { Random } from '../../random';
import type { RecommenderLoss } from '../losses';
import type { RecommenderOptions } from './options';
import { forEachPosition } from './packedFeeds';

/** Packed users of an update, and the label of each position. */
interface LabelledRows {
  users: Int32Array;
  plan: RowPlan;
  labels: Int32Array;
}

/** Draws the negatives of one update; returns the inputs of `loss` beyond labels and weights. */
export type NegativeFeeds = (rows: LabelledRows, random: Random) => Feeds;

export function negativeFeeds(
  dataset: Dataset,
  loss: RecommenderLoss,
  options: RecommenderOptions,
): NegativeFeeds {
  if (loss.against === 'allItems') return () => ({});
  const { negatives: k } = options;
  const perPosition = loss.against === 'negativesPerPosition';
  const sampler = itemSampler(dataset, perPosition ? 'uniform' : options.negativeSampling);
  return (rows, random) => {
    const negatives = perPosition
      ? drawPerPosition(dataset, rows, k, random)
      : Int32Array.from({ length: k }, () => sampler.draw(random));
    const drawn = {
      labels: rows.labels,
      negatives,
      logExpected: (item: number) => sampler.logExpected(item, k),
    };
    return { negatives, ...loss.inputs?.feeds(drawn, options) };
  };
}

/** [positions * k] */
function drawPerPosition(
  dataset: Dataset,
  { users, plan, labels }: LabelledRows,
  k: number,
  random: Random,
): Int32Array {
  const drawn = new Int32Array(labels.length * k).fill(1);
  forEachPosition(plan, (place, sequence) => {
    // Not among the user's training items, including those cut off. Validation and test items may be drawn.
    const taken = trainPart(dataset, users[sequence]);
    for (let n = 0; n < k; n++) drawn[place * k + n] = uniformOutside(taken, dataset.items, random);
  });
  return drawn;
}

/** Uniform in 1..items, redrawn while it is among `taken`. */
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
 * Draws items by their share: uniform, or by how often they occur in the training parts, plus one so that
 * every item is possible.
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
