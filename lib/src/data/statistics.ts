/**
 * Counts that describe a dataset: the columns of Table 2 (paper, section 4.2) and others that the notebooks
 * show. Pure; the report uses it, and the comparison of the simulation with real files.
 */
import { trainedItems } from './splits';
import type { Dataset } from './types';

/** Counts, and means over users or items. */
export interface DatasetStatistics {
  name: string;
  kind: Dataset['kind'];
  users: number;
  items: number;
  interactions: number;
  /** Interactions per user. */
  averageLength: number;
  shortest: number;
  longest: number;
  interactionsPerItem: number;
  /** interactions / (users * items). */
  density: number;
  evaluationUsers: number;
  /** evaluationUsers / users. */
  evaluationShare: number;
  /** Items that occur in no training part; they stay candidates (D32). */
  untrainedItems: number;
  /** Interactions with an item that the same user had before. */
  repeats: number;
  itemsWithTitle: number;
  itemsWithBrand: number;
  itemsWithCategory: number;
  distinctTitles: number;
  /** Mean number of white-space separated words of the titles that are not empty. */
  titleWords: number;
}

/**
 * Counts that describe a dataset: the columns of the paper's Table 2, and more.
 * @example
 * ```ts
 * import { datasetStatistics, readOwn } from 'elephant';
 * const { users, items, averageLength, density } = datasetStatistics(await readOwn('examples/shop'));
 * console.log(users, items, averageLength.toFixed(1), density.toFixed(3));
 * ```
 */
export function datasetStatistics(dataset: Dataset): DatasetStatistics {
  const { users, items, interactions, offsets, itemTexts } = dataset;
  let [shortest, longest] = [users > 0 ? Infinity : 0, 0];
  for (let row = 0; row < users; row++) {
    const length = offsets[row + 1] - offsets[row];
    shortest = Math.min(shortest, length);
    longest = Math.max(longest, length);
  }
  const titles = itemTexts.map((text) => text.title).filter((title) => title !== '');
  const words = titles.reduce((sum, title) => sum + title.split(/\s+/).filter(Boolean).length, 0);
  return {
    name: dataset.name,
    kind: dataset.kind,
    users,
    items,
    interactions,
    averageLength: ratio(interactions, users),
    shortest,
    longest,
    interactionsPerItem: ratio(interactions, items),
    density: ratio(interactions, users * items),
    evaluationUsers: dataset.evaluationUsers.length,
    evaluationShare: ratio(dataset.evaluationUsers.length, users),
    untrainedItems: trainedItems(dataset)
      .subarray(1)
      .reduce((count, flag) => count + 1 - flag, 0),
    repeats: countRepeats(dataset),
    itemsWithTitle: titles.length,
    itemsWithBrand: itemTexts.filter((text) => text.brand !== '').length,
    itemsWithCategory: itemTexts.filter((text) => text.category !== '').length,
    distinctTitles: new Set(titles).size,
    titleWords: ratio(words, titles.length),
  };
}

function countRepeats({ users, items, offsets, sequence }: Dataset): number {
  const lastUser = new Int32Array(items + 1).fill(-1);
  let repeats = 0;
  for (let row = 0; row < users; row++) {
    for (let k = offsets[row]; k < offsets[row + 1]; k++) {
      if (lastUser[sequence[k]] === row) repeats++;
      lastUser[sequence[k]] = row;
    }
  }
  return repeats;
}

function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
