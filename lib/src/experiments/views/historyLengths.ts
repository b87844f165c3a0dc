/**
 * Test results of a model by the length of the users' histories, from stored ranks; nothing is scored again.
 */
import { history, type Dataset } from '../../data';
import { rankingMetrics, type Ranks } from '../../evaluation';
import { perUser } from '../../evaluation/metrics';
import { measured, type Measured } from '../measured';
import { meanInterval, type UserInterval } from '../pairedInterval';
import { loadDataset } from '../stages/storedDataset';
import { storedRanks } from '../stages/storedEvaluation';
import { sasrecCells, table3Runs } from '../tables/table3Runs';
import { view } from './view';

export interface LengthGroup {
  readonly column: string;
  readonly domain: string;
  /** "4-5 items". */
  readonly group: string;
  readonly users: number;
  /** NDCG@10 in percent, over seeds. */
  readonly ndcg: Measured;
  /** 95 % interval over users of NDCG@10 in percent; absent for one user, and in earlier results. */
  readonly interval?: UserInterval;
}

/** Groups of about equal size at most; users of one length stay together. */
const GROUPS = 4;

/** `columns` of Table 3 (SASRec). */
export const historyLengths = view('historyLengths', {
  args: (_, domain: string, columns: readonly string[]) => [domain, columns] as const,
  kept: (profile, ask) => sasrecCells(profile).map(({ domain, column }) => ask(domain, [column])),
  byColumn: true,
  of: (experiment, domain, columns) => {
    const dataset = experiment.dataset(domain);
    const runs = columns.map((column) => table3Runs('historyLengths', experiment, domain, column));
    return {
      nodes: [dataset, ...runs.flat()],
      make: (read) => {
        const loaded = loadDataset(read(dataset));
        return columns.flatMap((column, i) =>
          groupByLength(
            loaded,
            column,
            runs[i].map((run) => storedRanks(read(run), 'sampled')),
          ),
        );
      },
    };
  },
});

/** `ranks`: one entry per seed, users in the order of `dataset.evaluationUsers`. */
export function groupByLength(dataset: Dataset, column: string, ranks: readonly Ranks[]): LengthGroup[] {
  const lengths = Array.from(dataset.evaluationUsers, (row) => history(dataset, row, 'test').length);
  return lengthGroups(lengths).map(([from, to]) => {
    const users = lengths.flatMap((length, k) => (length >= from && length <= to ? [k] : []));
    const own = ranks.map((run) => perUser(run, 'NDCG', 10));
    const means = users.map((k) => (100 * own.reduce((sum, values) => sum + values[k], 0)) / own.length);
    return {
      column,
      domain: dataset.name,
      group: from === to ? `${from} items` : `${from}-${to} items`,
      users: users.length,
      ndcg: measured(ranks.map((run) => 100 * rankingMetrics(run, { users })['NDCG@10'])),
      ...(users.length > 1 && { interval: meanInterval(means) }),
    };
  });
}

/** Bounds of the groups, both ends included, ascending. */
function lengthGroups(lengths: readonly number[]): [from: number, to: number][] {
  const sorted = [...lengths].sort((a, b) => a - b);
  const starts = Array.from({ length: GROUPS }, (_, g) => sorted[Math.floor((g * sorted.length) / GROUPS)]);
  const distinct = [...new Set(starts)];
  return distinct.map((from, g) => [
    from,
    g + 1 < distinct.length ? distinct[g + 1] - 1 : sorted[sorted.length - 1],
  ]);
}
