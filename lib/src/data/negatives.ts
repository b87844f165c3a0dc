/**
 * The negatives of the sampled setting (method 10.1): for each evaluation user, 100 items that the user never
 * touched. They are drawn once, by MT19937 with seed 98765, in the order of the evaluation users, and serve
 * validation, test and every model. Equal data give the same negatives as the authors' Python.
 */
import { InputError } from '../errors';
import { MT19937 } from './mt19937';
import { trainPart } from './splits';
import type { Dataset } from './types';

/** How many negatives, and how they are drawn. */
export interface NegativeOptions {
  /** Per user. */
  count?: number;
  seed?: number;
  /**
   * D44. "uniform" over all items (default, as the authors), or by "popularity": in proportion to an item's
   * interactions in the training parts, so that items without any are never drawn (the protocol of BERT4Rec's
   * paper; harder).
   */
  distribution?: NegativeDistribution;
}

/** Each item with equal probability, or in proportion to its training interactions. */
export type NegativeDistribution = 'uniform' | 'popularity';

const cache = new WeakMap<Dataset, Map<string, Int32Array>>();

/**
 * Item ids [evaluationUsers.length, count], row-major: row k belongs to dataset.evaluationUsers[k]. Drawn
 * from all items, untrained ones included (D32; but see `distribution`), without repetition within a user.
 * Kept in memory per dataset: do not write into it.
 * @throws InputError if the catalogue has too few items that a user did not touch.
 * @example
 * ```ts
 * import { readOwn } from 'elephant';
 * import { evaluationNegatives } from 'elephant/data';
 * const dataset = await readOwn('examples/shop');
 * const drawn = evaluationNegatives(dataset, { count: 5 }); // 5 item ids per evaluation user
 * console.log(drawn.length / dataset.evaluationUsers.length); // 5
 * ```
 */
export function evaluationNegatives(
  dataset: Dataset,
  { count = 100, seed = 98765, distribution = 'uniform' }: NegativeOptions = {},
): Int32Array {
  const key = `${count}/${seed}/${distribution}`;
  let drawn = cache.get(dataset);
  if (!drawn) cache.set(dataset, (drawn = new Map()));
  let negatives = drawn.get(key);
  if (!negatives) drawn.set(key, (negatives = draw(dataset, count, seed, distribution)));
  return negatives;
}

function draw(dataset: Dataset, count: number, seed: number, distribution: NegativeDistribution): Int32Array {
  const { evaluationUsers, items, offsets, sequence } = dataset;
  const generator = new MT19937(seed);
  const counts = distribution === 'popularity' ? trainingCounts(dataset) : undefined;
  const next = counts === undefined ? (): number => generator.below(items) + 1 : byCount(counts, generator);
  const drawable = counts === undefined ? items : counts.reduce((sum, n) => sum + Number(n > 0), 0);
  const negatives = new Int32Array(evaluationUsers.length * count);
  // takenBy[item] = 1 + index of the last user that touched or drew the item: no set to empty between users.
  const takenBy = new Int32Array(items + 1);
  for (let k = 0; k < evaluationUsers.length; k++) {
    const row = evaluationUsers[k];
    let free = drawable;
    for (let j = offsets[row]; j < offsets[row + 1]; j++) {
      if (takenBy[sequence[j]] !== k + 1 && counts?.[sequence[j]] !== 0) free--;
      takenBy[sequence[j]] = k + 1;
    }
    if (free < count) {
      throw new InputError(
        `negatives of dataset ${dataset.name}`,
        `expected at least ${count} items that user ${dataset.userKeys[row]} did not touch, got ` +
          `${free} of ${drawable}`,
        'Ask for fewer negatives or use full ranking',
      );
    }
    for (let j = 0; j < count; j++) {
      let item = next();
      while (takenBy[item] === k + 1) item = next();
      takenBy[item] = k + 1;
      negatives[k * count + j] = item;
    }
  }
  return negatives;
}

/** Interactions of each item id in the training parts; index 0 stays 0. */
export function trainingCounts(dataset: Dataset): Int32Array {
  const counts = new Int32Array(dataset.items + 1);
  for (let row = 0; row < dataset.users; row++) for (const item of trainPart(dataset, row)) counts[item]++;
  return counts;
}

/**
 * Draws item ids in proportion to whole-number counts: one bounded integer per draw, so equal seeds give
 * equal items everywhere.
 */
function byCount(counts: Int32Array, generator: MT19937): () => number {
  const upTo = new Int32Array(counts.length);
  for (let item = 1; item < counts.length; item++) upTo[item] = upTo[item - 1] + counts[item];
  const total = upTo[upTo.length - 1];
  return () => {
    const mark = generator.below(total);
    let [low, high] = [1, counts.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle] > mark) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
