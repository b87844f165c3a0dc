/**
 * Percentile interval and p-value of a contrast from its bootstrap replicates. Both are read off the same
 * order statistics, so that p <= 0.05 exactly if the interval lies on one side of the claim's threshold.
 *
 * The p-value is two-sided about the threshold, since a claim can be refuted as well as confirmed: it is
 * twice the smaller of the shares of replicates on the claimed and on the other side, with the original
 * sample counted among the resamples (so never 0). Contrasts that take the best or the weakest of several
 * columns choose again in every replicate, as the claim does.
 */
import { claimsAbove, thresholdOf, type Claim } from './claim';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Of every interval; a verdict's ALPHA is the rest. */
export const CONFIDENCE = 0.95;

export interface Significance {
  readonly interval: Interval;
  readonly p: number;
}

/** @throws RangeError with fewer than 39 replicates, whose tails would be empty. */
export function significance(
  replicates: Float64Array,
  claim: Pick<Claim, 'direction' | 'margin'>,
): Significance {
  const count = replicates.length;
  const tail = Math.floor(((1 - CONFIDENCE) / 2) * (count + 1) + 1e-9);
  if (tail < 1)
    throw new RangeError(
      `significance: expected at least 39 resamples, so that both tails hold one, got ${count}`,
    );
  const sorted = replicates.slice().sort();
  const interval = { low: sorted[tail - 1], high: sorted[count - tail] };

  const threshold = thresholdOf(claim);
  const above = claimsAbove(claim.direction);
  let supporting = 0;
  for (const value of sorted) if (above ? value > threshold : value < threshold) supporting++;
  const p = Math.min(1, (2 * (1 + Math.min(supporting, count - supporting))) / (count + 1));
  return { interval, p };
}
