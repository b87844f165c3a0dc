/**
 * A Scorer from a function that fills one user's scores from the user's history. All baselines are made with
 * it. They give many items the same score, so the target counts as the middle of its ties. Otherwise
 * popularity would be perfect if all items were equally popular.
 */
import { history, trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';
import type { Scorer } from '../scorer';

/**
 * `fill` gets a zeroed row of items + 1 scores, the history (oldest first, at least one item) and the dataset
 * row.
 */
export function scoreRows(
  dataset: Dataset,
  name: string,
  fill: (row: Float32Array, history: Int32Array, user: number) => void,
): Scorer {
  const width = dataset.items + 1;
  let buffer = new Float32Array(0);
  return {
    name,
    ties: 'mean',
    scores(split, first, count) {
      if (buffer.length < count * width) buffer = new Float32Array(count * width);
      const scores = buffer.subarray(0, count * width).fill(0);
      for (let k = 0; k < count; k++) {
        const user = dataset.evaluationUsers[first + k];
        fill(scores.subarray(k * width, (k + 1) * width), history(dataset, user, split), user);
      }
      return scores;
    },
  };
}

/** Occurrences of each item in the training parts of all users, length items + 1. */
export function trainingCounts(dataset: Dataset): Float64Array {
  const counts = new Float64Array(dataset.items + 1);
  for (let user = 0; user < dataset.users; user++) {
    for (const item of trainPart(dataset, user)) counts[item]++;
  }
  return counts;
}
