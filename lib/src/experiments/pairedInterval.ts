/**
 * How certain the difference between two columns is, over users: 95 % intervals of paired values. Both
 * columns rank the same users, so what makes a user easy or hard for both cancels. An interval says how far
 * other users would move the number; it does not cover other seeds or other language models.
 */

export interface UserInterval {
  readonly low: number;
  readonly high: number;
  /** Over how many users. */
  readonly users: number;
}

/** 97.5 % quantile of the normal distribution. */
const Z = 1.959964;

/**
 * Of mean(a) - mean(b), by Student's t of the users' differences.
 * @throws RangeError for fewer than two users, or lists of unequal length.
 */
export function differenceInterval(a: ArrayLike<number>, b: ArrayLike<number>): UserInterval {
  return around(a, b, 1, 1);
}

/** Of mean(a), by Student's t. @throws RangeError for fewer than two users. */
export function meanInterval(a: ArrayLike<number>): UserInterval {
  return differenceInterval(a, new Float64Array(a.length));
}

/**
 * Of mean(a) / mean(b) - 1, in percent, by Student's t of the users' linearised ratios (the delta method).
 * Undefined if the mean of `b` is 0.
 * @throws RangeError for fewer than two users, or lists of unequal length.
 */
export function gainInterval(a: ArrayLike<number>, b: ArrayLike<number>): UserInterval | undefined {
  const base = mean(b);
  if (base === 0) return undefined;
  const ratio = mean(a) / base;
  const { low, high, users } = around(a, b, ratio, base);
  return { low: 100 * (ratio - 1 + low), high: 100 * (ratio - 1 + high), users };
}

/** Of the mean of (a - ratio * b) / unit. */
function around(a: ArrayLike<number>, b: ArrayLike<number>, ratio: number, unit: number): UserInterval {
  const users = a.length;
  if (users < 2 || users !== b.length)
    throw new RangeError(
      `paired interval: expected two lists of at least 2 users, got ${users} and ${b.length}`,
    );
  const values = Float64Array.from(a, (value, i) => (value - ratio * b[i]) / unit);
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const reach = tQuantile(users - 1) * Math.sqrt(squares / (users - 1) / users);
  return { low: centre - reach, high: centre + reach, users };
}

/** 97.5 % quantile of Student's t, to 1 % from 3 degrees of freedom on (Abramowitz and Stegun 26.7.5). */
function tQuantile(freedom: number): number {
  const first = (Z ** 3 + Z) / 4;
  const second = (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96;
  const third = (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384;
  return Z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
