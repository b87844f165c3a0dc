/**
 * HR@k and NDCG@k from ranks (method 10.3). Pure functions of stored ranks, so any cut-off, tie rule or user
 * group can be computed without scoring again.
 */
import { InputError, unknownName } from '../errors';

/** The k of HR@k and NDCG@k, unless others are asked for. */
export const CUTOFFS = [1, 5, 10, 20, 50] as const;

/** "NDCG@10". */
export type MetricName = `${'HR' | 'NDCG'}@${number}`;

/** {"HR@1": ..., "NDCG@1": ..., "HR@5": ...}, shares between 0 and 1. */
export type Metrics = Record<MetricName, number>;

/** How each user's target was ranked under one protocol. */
export interface Ranks {
  /** Candidates with a strictly higher score than the target: 0 is the best rank. */
  above: Int32Array;
  /** Other candidates with exactly the target's score. */
  ties: Int32Array;
}

/**
 * "optimistic": ties favour the target, as the authors count (D15). "mean": the target is in the middle of
 * its ties. "pessimistic": behind all of them.
 */
export const TIE_RULES = ['optimistic', 'mean', 'pessimistic'] as const;
/** One of TIE_RULES. */
export type TieRule = (typeof TIE_RULES)[number];

const TIE_SHARE: Record<TieRule, number> = { optimistic: 0, mean: 0.5, pessimistic: 1 };

/** The rank of user k, from 0. @throws InputError for an unknown rule. */
export function rankOf({ above, ties }: Ranks, k: number, rule: TieRule = 'optimistic'): number {
  if (!Object.hasOwn(TIE_SHARE, rule)) throw unknownName('evaluation ties', 'tie rule', rule, TIE_RULES);
  return above[k] + TIE_SHARE[rule] * ties[k];
}

/** NDCG@k of one user: 1 / log2(rank + 2) if `rank`, counted from 0, is below k, else 0. */
export function gain(rank: number, k: number): number {
  return rank < k ? 1 / Math.log2(rank + 2) : 0;
}

/** Which metrics, averaged over whom. */
export interface MetricOptions {
  cutoffs?: readonly number[];
  ties?: TieRule;
  /** Indices of the users to average over; all by default. */
  users?: ArrayLike<number>;
  /**
   * D16: the authors average batches of this many users, then the batches; by default every user weighs the
   * same.
   */
  batchMean?: number;
}

/**
 * HR@k and NDCG@k, means over users, as shares of 1. @throws InputError if there is nobody to average over.
 * @example
 * ```ts
 * import { rankingMetrics } from 'elephant/evaluation';
 * // Three users: their targets are first, second and eleventh; one shares its score with another item.
 * const ranks = { above: Int32Array.of(0, 1, 10), ties: Int32Array.of(0, 1, 0) };
 * console.log(rankingMetrics(ranks, { cutoffs: [10], ties: 'mean' })); // HR@10 0.667, NDCG@10 0.518
 * ```
 */
export function rankingMetrics(
  ranks: Ranks,
  { cutoffs = CUTOFFS, ties = 'optimistic', users, batchMean }: MetricOptions = {},
): Metrics {
  const count = users?.length ?? ranks.above.length;
  if (count === 0)
    throw new InputError(
      'metrics',
      'expected at least one evaluated user, got none',
      'Every user needs a validation and a test item that occur in training',
    );
  const size = batchMean ?? count;
  const metrics: Metrics = {};
  for (const k of cutoffs) {
    let [hitRate, ndcg] = [0, 0];
    for (let start = 0; start < count; start += size) {
      const end = Math.min(start + size, count);
      let [hits, gains] = [0, 0];
      for (let i = start; i < end; i++) {
        const rank = rankOf(ranks, users === undefined ? i : users[i], ties);
        if (rank < k) hits++;
        gains += gain(rank, k);
      }
      hitRate += hits / (end - start);
      ndcg += gains / (end - start);
    }
    metrics[`HR@${k}`] = hitRate / Math.ceil(count / size);
    metrics[`NDCG@${k}`] = ndcg / Math.ceil(count / size);
  }
  return metrics;
}

/**
 * One metric per user, for tests and bootstrap over users.
 * @example
 * ```ts
 * import { perUser } from 'elephant/evaluation';
 * const ranks = { above: Int32Array.of(0, 12), ties: Int32Array.of(0, 0) };
 * console.log(perUser(ranks, 'HR', 10)); // Float64Array [1, 0]
 * ```
 */
export function perUser(
  ranks: Ranks,
  metric: 'HR' | 'NDCG',
  k: number,
  rule: TieRule = 'optimistic',
): Float64Array {
  return Float64Array.from(ranks.above, (_, i) => {
    const rank = rankOf(ranks, i, rule);
    return metric === 'HR' ? Number(rank < k) : gain(rank, k);
  });
}
