/**
 * Popularity: every user gets the items that occur most often in the training parts. Every recommender must
 * beat it.
 */
import type { Dataset } from '../../data';
import type { Scorer } from '../scorer';
import { scoreRows, trainingCounts } from './scoreRows';

/** Scores each item by how often it occurs in the training parts, the same for every user. */
export function popularity(dataset: Dataset): Scorer {
  const counts = Float32Array.from(trainingCounts(dataset));
  return scoreRows(dataset, 'popularity', (row) => row.set(counts));
}
