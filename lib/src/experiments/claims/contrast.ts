/**
 * A contrast's value from the values of its columns. The same arithmetic serves one cell of the paper, our
 * point estimate, the seeds and ten thousand resamples: it works element by element on arrays of any length.
 */
import type { Column, Contrast, Gain, MetricFamily } from './claim';

/** A column's values; without a family, under the metric that the caller is looking at. */
export type ColumnValues = (column: Column, family?: MetricFamily) => Float64Array;

/** One column under one metric family (undefined: the caller's). */
export interface ColumnUse {
  readonly column: Column;
  readonly family: MetricFamily | undefined;
}

/** Everything that a contrast reads. */
export function columnsOf(contrast: Contrast): ColumnUse[] {
  return gainsOf(contrast).flatMap(({ a, b, family }) => [...a, ...b].map((column) => ({ column, family })));
}

export function gainsOf(contrast: Contrast): readonly Gain[] {
  switch (contrast.kind) {
    case 'gain':
      return [contrast];
    case 'weakest':
      return contrast.gains;
    case 'moreThan':
      return [contrast.more, contrast.less];
  }
}

/** Relative units: 0.1 is ten per cent; of "moreThan", the difference of two such numbers. */
export function contrastValues(contrast: Contrast, values: ColumnValues): Float64Array {
  const gains = gainsOf(contrast).map((gain) => relativeGain(gain, values));
  if (contrast.kind === 'moreThan') return gains[0].map((more, i) => more - gains[1][i]);
  return gains.reduce((weakest, gain) => weakest.map((value, i) => Math.min(value, gain[i])));
}

function relativeGain({ a, b, family }: Gain, values: ColumnValues): Float64Array {
  const best = (side: readonly Column[]): Float64Array =>
    side
      .map((column) => values(column, family))
      .reduce((top, column) => top.map((value, i) => Math.max(value, column[i])));
  const base = best(b);
  return best(a).map((value, i) => relative(value, base[i]));
}

/**
 * a / b - 1. Over a base of 0, which only a resample of very few users has: 0 if both are 0, else the largest
 * number.
 */
function relative(a: number, b: number): number {
  return b > 0 ? a / b - 1 : a > 0 ? Number.MAX_VALUE : 0;
}
