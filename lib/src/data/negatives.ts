/**
 * The sampled setting's negatives (reference.md 10.1): 100 items per evaluation user that the user never touched, drawn
 * once by MT19937 seed 98765 in the order of the evaluation users and used for validation, test and every model.
 * The same data gives the same negatives as the authors' Python. Called by evaluation.
 */
import { InputError } from '../errors';
import { MT19937 } from './mt19937';
import type { Dataset } from './types';

export interface NegativeOptions {
  /** Per user. */
  count?: number;
  seed?: number;
}

const cache = new WeakMap<Dataset, Map<string, Int32Array>>();

/**
 * Item ids [evaluationUsers.length, count], row-major: row k belongs to dataset.evaluationUsers[k]. Drawn from all items,
 * untrained ones included (D32), without repetition within a user. Kept in memory per dataset: do not write into it.
 * @throws InputError where the catalogue has too few items that a user did not touch.
 */
export function evaluationNegatives(dataset: Dataset, { count = 100, seed = 98765 }: NegativeOptions = {}): Int32Array {
  const key = `${count}/${seed}`;
  let drawn = cache.get(dataset);
  if (!drawn) cache.set(dataset, (drawn = new Map()));
  let negatives = drawn.get(key);
  if (!negatives) drawn.set(key, (negatives = draw(dataset, count, seed)));
  return negatives;
}

function draw(dataset: Dataset, count: number, seed: number): Int32Array {
  const { evaluationUsers, items, offsets, sequence } = dataset;
  const generator = new MT19937(seed);
  const negatives = new Int32Array(evaluationUsers.length * count);
  // takenBy[item] = 1 + index of the last user that touched or drew the item: no set to empty between users.
  const takenBy = new Int32Array(items + 1);
  for (let k = 0; k < evaluationUsers.length; k++) {
    const row = evaluationUsers[k];
    let free = items;
    for (let j = offsets[row]; j < offsets[row + 1]; j++) {
      if (takenBy[sequence[j]] !== k + 1) free--;
      takenBy[sequence[j]] = k + 1;
    }
    if (free < count) {
      throw new InputError(
        `negatives of dataset ${dataset.name}`,
        `expected at least ${count} items that user ${dataset.userKeys[row]} did not touch, got ${free} of ${items}`,
        'Ask for fewer negatives or use full ranking',
      );
    }
    for (let j = 0; j < count; j++) {
      let item = generator.below(items) + 1;
      while (takenBy[item] === k + 1) item = generator.below(items) + 1;
      takenBy[item] = k + 1;
      negatives[k * count + j] = item;
    }
  }
  return negatives;
}
