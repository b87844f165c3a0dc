/** Columns of Table 3 by how often the target was trained on, all domains together. Pure. */
import { measured } from '../../experiments/measured';
import type { LengthGroup } from '../../experiments/views/historyLengths';
import type { Table } from './table';

/** `groups`: several columns and domains, each column on the same domains. */
export function coldItemsTable(groups: readonly LengthGroup[]): Table {
  const columns = [...new Set(groups.map(({ column }) => column))];
  // A domain may lack a group, so they are ordered by their own numbers.
  const names = [...new Set(groups.map(({ group }) => group))].sort(
    (a, b) => parseInt(a, 10) - parseInt(b, 10),
  );
  const of = (name: string, column: string): LengthGroup[] =>
    groups.filter((group) => group.group === name && group.column === column);
  return {
    caption:
      'Do language models help with rare items? NDCG@10 in % by how often the target was trained on, ' +
      'users of all domains together. REC is RECFORMER, the others SASRec.',
    columns: ['target trained on', 'users', ...columns],
    rows: names.map((name) => [
      name,
      usersOf(of(name, columns[0])),
      ...columns.map((column) => overDomains(of(name, column))),
    ]),
  };
}

const usersOf = (groups: readonly LengthGroup[]): number => groups.reduce((sum, { users }) => sum + users, 0);

/** The mean over all users, and its spread over seeds. A run that all seeds share counts for each seed. */
function overDomains(groups: readonly LengthGroup[]): string {
  const users = usersOf(groups);
  const seeds = Math.max(...groups.map(({ ndcg }) => ndcg.values.length));
  const { mean, spread } = measured(
    Array.from({ length: seeds }, (_, s) =>
      groups.reduce(
        (sum, group) => sum + (group.users * (group.ndcg.values[s] ?? group.ndcg.values[0])) / users,
        0,
      ),
    ),
  );
  return spread === undefined ? mean.toFixed(2) : `${mean.toFixed(2)} ± ${spread.toFixed(2)}`;
}
