/** A metric per user, as the mean over the runs of a cell, for intervals over users. */
import { type MetricName, perUser } from '../evaluation/metrics';
import type { Protocol } from '../evaluation/options';
import type { StageNode } from '../pipeline/stage';
import { storedRanks } from './stages/storedEvaluation';
import type { Reader } from './views/view';

/** How many users a run ranked. */
export function userCount(run: StageNode, read: Reader): number {
  return storedRanks(read(run), 'sampled').above.length;
}

/** @param metric As evaluation names it: "NDCG@10". Shares of 1, in the order of the evaluated users. */
export function userValues(
  runs: readonly StageNode[],
  read: Reader,
  protocol: Protocol,
  metric: MetricName,
): Float64Array {
  const [family, k] = metric.split('@') as ['HR' | 'NDCG', string];
  const [first, ...others] = runs.map((run) => perUser(storedRanks(read(run), protocol), family, Number(k)));
  for (const other of others) other.forEach((value, i) => (first[i] += value));
  return first.map((value) => value / runs.length);
}
