/**
 * Ranks by counting: how many candidates score strictly higher than the target, and how many the same. No sort. Called by
 * evaluate, on one user's scores at a time.
 */

/** Counts of one protocol for one user; `above` is the rank. */
export interface Counts {
  above: number;
  ties: number;
}

/**
 * Over scores[from..to-1] but the target's own place `skip`. NaN where a score is not finite, in `above`: a difference of such a
 * score to itself is not 0, which costs less to add up than a test per score.
 */
export function countAll(scores: Float32Array, from: number, to: number, skip: number, into: Counts): void {
  const target = scores[skip];
  let [above, notBelow, poison] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    const score = scores[i];
    above += score > target ? 1 : 0;
    notBelow += score >= target ? 1 : 0;
    poison += score - score;
  }
  // The target itself is not below itself.
  into.above = above + poison;
  into.ties = notBelow - above - 1;
}

/** Over scores[base + candidate] for the given candidates; the target's own id does not count, repeated ones count each time. */
export function countSome(scores: Float32Array, base: number, candidates: ArrayLike<number>, from: number, to: number, target: number, into: Counts): void {
  const reference = scores[base + target];
  into.above = 0;
  into.ties = 0;
  for (let i = from; i < to; i++) {
    const candidate = candidates[i];
    if (candidate === target) continue;
    const score = scores[base + candidate];
    if (score > reference) into.above++;
    else if (score === reference) into.ties++;
  }
}
