/** How far a single training can be trusted, from cells trained with many seeds. Pure. */
import type { ManySeeds } from '../../experiments/controls/manySeeds';
import type { Table } from './table';

export function manySeedsTable(cells: readonly ManySeeds[]): Table {
  return {
    caption: 'The same training with other seeds: NDCG@10 in %.',
    columns: ['domain', 'column', 'seeds', 'mean', 'standard deviation', 'lowest', 'highest'],
    rows: cells.map(({ domain, column, ndcg: { values, mean, spread } }) => [
      domain,
      column,
      values.length,
      mean.toFixed(1),
      spread === undefined ? '' : spread.toFixed(1),
      Math.min(...values).toFixed(1),
      Math.max(...values).toFixed(1),
    ]),
  };
}

/**
 * A sentence per pair of columns: in how many of all pairs of trainings, one of each column, the one with the
 * higher mean comes out above.
 */
export function singleTrainings(cells: readonly ManySeeds[]): string[] {
  return cells.flatMap((one, i) =>
    cells.slice(i + 1).map((other) => {
      const [above, below] = one.ndcg.mean >= other.ndcg.mean ? [one, other] : [other, one];
      const wins = above.ndcg.values.reduce(
        (sum, value) => sum + below.ndcg.values.filter((beside) => value > beside).length,
        0,
      );
      const pairs = above.ndcg.values.length * below.ndcg.values.length;
      return (
        `On the mean of the seeds ${above.column} is above ${below.column}; of ${pairs} pairs of single ` +
        `trainings, ${wins} say so.`
      );
    }),
  );
}
