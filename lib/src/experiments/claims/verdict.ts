/**
 * The verdict on a claim, from numbers alone. Nothing else in the library may call a claim reproduced or not.
 */
import { claimsAbove, thresholdOf, type Claim } from './claim';
import { CONFIDENCE, type Interval } from './interval';

export type Verdict = 'reproduced' | 'not reproduced' | 'undecided' | 'not measured';

/** A claim is decided if its p-value, adjusted for all claims, is at most this. */
export const ALPHA = 1 - CONFIDENCE;

/**
 * "reproduced": the whole interval lies where the claim says. "not reproduced": the whole interval lies where
 * the claim says it does not (its end may touch the threshold: two equal columns refute "better"). Everything
 * else, and what Holm's adjustment takes back, is "undecided": absence of evidence is no verdict.
 */
export function verdict(
  claim: Pick<Claim, 'direction' | 'margin'>,
  { low, high }: Interval,
  adjustedP: number,
): Verdict {
  if (adjustedP > ALPHA) return 'undecided';
  const threshold = thresholdOf(claim);
  const above = claimsAbove(claim.direction);
  if (above ? low > threshold : high < threshold) return 'reproduced';
  if (above ? high <= threshold : low >= threshold) return 'not reproduced';
  return 'undecided';
}
