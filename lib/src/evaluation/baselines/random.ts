/**
 * Random scores: the metrics of pure chance under each protocol (sampled HR@10 = 10/101). The same numbers
 * for the same seed and user.
 */
import type { Dataset } from '../../data';
import type { Scorer } from '../scorer';
import { scoreRows } from './scoreRows';

/** Scores uniform in [0, 1) by user and `seed`, for the metrics of pure chance. */
export function randomScores(dataset: Dataset, seed = 1): Scorer {
  return scoreRows(dataset, 'random', (row, _, user) => {
    let state = Math.imul(seed, 0x9e3779b1) ^ Math.imul(user + 1, 0x85ebca6b);
    for (let item = 0; item < row.length; item++) {
      state = (state + 0x6d2b79f5) | 0;
      let z = Math.imul(state ^ (state >>> 15), 1 | state);
      z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
      row[item] = ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
    }
  });
}
