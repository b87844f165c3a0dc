/** A claim's effect in words. Pure. */
import type { Claim } from '../experiments/claims';

/**
 * "+12.3 %", or "+12.3 points" for a claim that compares two gains: the effect is their difference. Above ten
 * times the base the size means nothing.
 */
export function effectText(claim: Pick<Claim, 'contrast'>, share: number): string {
  const unit = unitOf(claim);
  if (Math.abs(share) > 10) return share > 0 ? `over +1000 ${unit}` : `under −1000 ${unit}`;
  return `${signed(share)} ${unit}`;
}

/** "+1.2 % to +3.4 %", "+1.2 to +3.4 points". */
export function intervalText(
  claim: Pick<Claim, 'contrast'>,
  { low, high }: { readonly low: number; readonly high: number },
): string {
  return unitOf(claim) === '%'
    ? `${effectText(claim, low)} to ${effectText(claim, high)}`
    : `${signed(low)} to ${signed(high)} points`;
}

const unitOf = ({ contrast }: Pick<Claim, 'contrast'>): '%' | 'points' =>
  contrast.kind === 'moreThan' ? 'points' : '%';

const signed = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)}`;
