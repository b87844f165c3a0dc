/**
 * Last-item transition: ranks items by how often they followed the user's last item in the training parts,
 * then by popularity. A first-order Markov chain. If times have the granularity of a day, part of its
 * strength comes from the order of ties.
 */
import { trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';
import type { Scorer } from '../scorer';
import { scoreRows, trainingCounts } from './scoreRows';

/**
 * Scores each item by how often it followed the history's last item in the training parts; among equals the
 * more popular item is first.
 */
export function transition(dataset: Dataset): Scorer {
  const counts = trainingCounts(dataset);
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  // Below 1/2, so it only decides among items that followed equally often.
  const prior = Float32Array.from(counts, (count) => (0.5 * count) / (most + 1));
  const followers = new Map<number, number[]>();
  for (let user = 0; user < dataset.users; user++) {
    const part = trainPart(dataset, user);
    for (let i = 1; i < part.length; i++) {
      let list = followers.get(part[i - 1]);
      if (list === undefined) followers.set(part[i - 1], (list = []));
      list.push(part[i]);
    }
  }
  return scoreRows(dataset, 'transition', (row, items) => {
    row.set(prior);
    for (const next of followers.get(items[items.length - 1]) ?? []) row[next] += 1;
  });
}
