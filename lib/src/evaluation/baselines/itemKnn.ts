/**
 * Item-kNN: ranks items by their similarity to the last ones of the history, newer ones weighing more.
 * Similarity is the cosine between the sets of users who trained on the items (Sarwar et al., 2001). No other
 * order is used.
 */
import { trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';
import type { Scorer } from '../scorer';
import { scoreRows } from './scoreRows';

/** How much of a history votes, and with what weight. */
export interface ItemKnnOptions {
  /** Items of the history that vote, the newest. */
  recent?: number;
  /** Weight of an item relative to the next newer one. */
  decay?: number;
  /** Added to the product of set sizes, so that two single buyers are no perfect match. */
  shrinkage?: number;
}

/**
 * Scores each item by the users it shares with the history's last items: cosine of the sets of users who
 * trained on them.
 */
export function itemKnn(
  dataset: Dataset,
  { recent = 10, decay = 0.8, shrinkage = 10 }: ItemKnnOptions = {},
): Scorer {
  const usersOf: number[][] = Array.from({ length: dataset.items + 1 }, () => []);
  const itemsOf: Int32Array[] = [];
  for (let user = 0; user < dataset.users; user++) {
    const items = Int32Array.from(new Set(trainPart(dataset, user)));
    itemsOf.push(items);
    for (const item of items) usersOf[item].push(user);
  }
  return scoreRows(dataset, 'item-kNN', (row, history) => {
    let weight = 1;
    for (let i = history.length - 1; i >= Math.max(0, history.length - recent); i--, weight *= decay) {
      const item = history[i];
      for (const user of usersOf[item]) {
        for (const other of itemsOf[user]) {
          if (other !== item)
            row[other] += weight / Math.sqrt(usersOf[item].length * usersOf[other].length + shrinkage);
        }
      }
    }
  });
}
