/**
 * Test results by how often the target was trained on: do language models help with rare items? From stored
 * ranks; nothing is scored again.
 */
import { target, trainPart, type Dataset } from '../../data';
import { rankingMetrics } from '../../evaluation';
import { measured } from '../measured';
import { loadDataset } from '../stages/storedDataset';
import { storedRanks } from '../stages/storedEvaluation';
import type { LengthGroup } from '../views/historyLengths';
import { sasrecCells, table3Runs } from '../tables/table3Runs';
import { view } from '../views/view';

/** The columns that the report shows. */
export const COLD_COLUMNS: readonly string[] = ['SAS', 'REC', 'freeze.FT', 'trainable.FT'];

/** Bounds of the groups, both included: how often the target occurs in the training parts of all users. */
const GROUPS: readonly (readonly [number, number])[] = [
  [1, 2],
  [3, 5],
  [6, 10],
  [11, Infinity],
];

/** One entry a column and group that has users; groups named "1-2 times". `columns` of Table 3 (SASRec). */
export const coldItems = view('coldItems', {
  args: (_, domain: string, columns: readonly string[]) => [domain, columns] as const,
  kept: (profile, ask) =>
    profile.beyond.length === 0
      ? []
      : sasrecCells(profile)
          .filter(({ column }) => COLD_COLUMNS.includes(column))
          .map(({ domain, column }) => ask(domain, [column])),
  byColumn: true,
  of: (experiment, domain, columns) => {
    const dataset = experiment.dataset(domain);
    const runs = columns.map((column) => ({
      column,
      nodes: table3Runs('coldItems', experiment, domain, column),
    }));
    return {
      nodes: [dataset, ...runs.flatMap(({ nodes }) => nodes)],
      make: (read) => {
        const groups = userGroups(loadDataset(read(dataset)));
        return runs.flatMap(({ column, nodes }) => {
          const ranks = nodes.map((node) => storedRanks(read(node), 'sampled'));
          return groups.map(({ group, users }): LengthGroup => ({
            column,
            domain,
            group,
            users: users.length,
            ndcg: measured(ranks.map((run) => 100 * rankingMetrics(run, { users })['NDCG@10'])),
          }));
        });
      },
    };
  },
});

/** Indices into `dataset.evaluationUsers`, by group; groups without users are left out. */
function userGroups(dataset: Dataset): { group: string; users: number[] }[] {
  const trainings = new Int32Array(dataset.items + 1);
  for (let row = 0; row < dataset.users; row++) for (const item of trainPart(dataset, row)) trainings[item]++;
  const counts = Array.from(dataset.evaluationUsers, (row) => trainings[target(dataset, row, 'test')]);
  return GROUPS.map(([from, to]) => ({
    group: to === Infinity ? `${from} times and more` : `${from}-${to} times`,
    users: counts.flatMap((count, k) => (count >= from && count <= to ? [k] : [])),
  })).filter(({ users }) => users.length > 0);
}
