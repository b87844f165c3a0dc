/**
 * Expected hit rate and NDCG of a ranking when the distribution of the target is known: no noise from which
 * item the user happened to take, nor, in the sampled setting, from which negatives happened to be drawn.
 *
 * Rank as method 10.3: r = number of candidates with a score strictly higher than the target's; HR@k = [r <
 * k], NDCG@k = [r < k] / log2(r + 2).
 */

/** Both at one cut-off, between 0 and 1. */
export interface ExpectedMetrics {
  readonly hr: number;
  readonly ndcg: number;
}

/** Under which protocol, and at which cut-off. */
interface ExpectedOptions {
  /** Cut-off k. */
  readonly cutoff: number;
  /** Number of sampled negatives (method 10.1), or "all" for full ranking (10.2). */
  readonly negatives: number | 'all';
  /**
   * Item ids the user has taken: never negatives in the sampled setting, ordinary candidates in full ranking.
   */
  readonly history: ArrayLike<number>;
}

/**
 * Expected HR@k and NDCG@k of one user's ranking when the distribution of the target is known.
 * @param target P(target = id) at index id - 1, [items]; sums to 1.
 * @param scores The ranking's scores at index id - 1, [items]; finite.
 * @throws RangeError if a score is not finite, lengths differ, or fewer items are left than negatives asked
 * for.
 */
export function expectedMetrics(
  target: Float64Array,
  scores: ArrayLike<number>,
  options: ExpectedOptions,
): ExpectedMetrics {
  const V = target.length;
  if (scores.length !== V)
    throw new RangeError(`expectedMetrics: expected ${V} scores, got ${scores.length}`);
  for (let i = 0; i < V; i++) {
    if (!Number.isFinite(scores[i]))
      throw new RangeError(`expectedMetrics: expected finite scores, got ${scores[i]} for item ${i + 1}`);
  }
  const order = Array.from({ length: V }, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const taken = new Uint8Array(V);
  const sampled = options.negatives !== 'all';
  if (sampled) for (let t = 0; t < options.history.length; t++) taken[options.history[t] - 1] = 1;
  const free = V - taken.reduce((sum, flag) => sum + flag, 0);

  // Walk from the best score down; `higher` counts candidates strictly above the present group of equal
  // scores.
  let [hr, ndcg, higher] = [0, 0, 0];
  for (let start = 0; start < V;) {
    let end = start;
    let candidates = 0;
    for (; end < V && scores[order[end]] === scores[order[start]]; end++) {
      const item = order[end];
      candidates += 1 - taken[item];
      if (target[item] === 0) continue;
      const others = free - (1 - taken[item]);
      const value = sampled
        ? sampledValue(others, higher, options.negatives as number, options.cutoff)
        : fullValue(higher, options.cutoff);
      hr += target[item] * value.hr;
      ndcg += target[item] * value.ndcg;
    }
    higher += candidates;
    start = end;
  }
  return { hr, ndcg };
}

const gain = (rank: number): number => 1 / Math.log2(rank + 2);

function fullValue(rank: number, cutoff: number): ExpectedMetrics {
  return rank < cutoff ? { hr: 1, ndcg: gain(rank) } : { hr: 0, ndcg: 0 };
}

/**
 * Negatives are `n` of `others` items without repetition, `higher` of which beat the target: the rank is
 * hypergeometric.
 */
function sampledValue(others: number, higher: number, n: number, cutoff: number): ExpectedMetrics {
  if (others < n)
    throw new RangeError(
      `expectedMetrics: expected at least ${n} items the user did not take, got ${others}`,
    );
  let [hr, ndcg] = [0, 0];
  const all = logChoose(others, n);
  const most = Math.min(cutoff - 1, higher, n);
  for (let rank = Math.max(0, n - (others - higher)); rank <= most; rank++) {
    const probability = Math.exp(logChoose(higher, rank) + logChoose(others - higher, n - rank) - all);
    hr += probability;
    ndcg += probability * gain(rank);
  }
  return { hr, ndcg };
}

const logFactorials = [0];

function logChoose(n: number, k: number): number {
  for (let m = logFactorials.length; m <= n; m++) logFactorials.push(logFactorials[m - 1] + Math.log(m));
  return logFactorials[n] - logFactorials[k] - logFactorials[n - k];
}
