/**
 * Lengths of simulated histories: `minLength` plus the whole part of a Lomax (Pareto II) variable of shape 2,
 * cut at 50. Real 5-core files follow this shape closely (Beauty: 32 % at the shortest length, 29 % at least
 * 4 longer, 5 % at least 16 longer; the Lomax of the same mean gives 33 %, 28 %, 5 %).
 */

import { InputError } from '../../errors';
import { structure } from './parameters';
import type { Stream } from './random';

/** A function that draws one length; the mean over many draws is `meanLength`. */
export function lengthDistribution(
  meanLength: number,
  minLength: number,
  longest = structure.longest,
): (random: Stream) => number {
  const most = longest - minLength;
  if (!(meanLength >= minLength && meanLength <= minLength + 0.3 * most)) {
    throw new InputError(
      'simulateDomain',
      `meanLength: expected ${minLength} (the shortest) to ${minLength + 0.3 * most}, got ${meanLength}`,
    );
  }
  const scale = solveScale(meanLength - minLength, most);
  const within = 1 - survival(most + 1, scale);
  return (random) =>
    minLength + Math.min(most, Math.floor(scale * (1 / Math.sqrt(1 - random.uniform() * within) - 1)));
}

/** P(excess >= x) before the cut. */
const survival = (x: number, scale: number): number => (scale / (scale + x)) ** 2;

/**
 * The scale whose distribution, cut at `most`, has mean `excess`. The mean grows with the scale: bisection.
 */
function solveScale(excess: number, most: number): number {
  const mean = (scale: number): number => {
    const cut = survival(most + 1, scale);
    let sum = 0;
    for (let x = 1; x <= most; x++) sum += survival(x, scale) - cut;
    return sum / (1 - cut);
  };
  let low = 1e-9;
  let high = 1e4;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (mean(middle) < excess) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
