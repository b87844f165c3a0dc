/**
 * Rounds many sizes up to a few. Each size is a graph to compile, with its own working memory; a size larger
 * than needed is padding. Knows nothing of what the sizes mean: recommenders and language stages bring the
 * sizes they have seen.
 */

/** Returns the size to use for a needed size. */
export type Rounding = (needed: number) => number;

/**
 * Rounds up to at most `most` sizes, those with the least padding for what was `seen`. Anything larger than
 * all that was seen is left to `otherwise`.
 */
export function fewSizes(seen: readonly number[], most: number, otherwise: Rounding): Rounding {
  const values = [...new Set(seen)].sort((a, b) => a - b);
  const counts = values.map((value) => seen.reduce((sum, other) => sum + Number(other === value), 0));
  // There are a few dozen values at most, and few sizes. So all ways to cut the values into `most` groups are
  // tried, except those that are already worse.
  let sizes: number[] = [];
  let least = Infinity;
  const choose = (chosen: number[], start: number, total: number): void => {
    if (total >= least) return;
    if (start === values.length) {
      [least, sizes] = [total, chosen];
      return;
    }
    if (chosen.length === most) return;
    let below = 0;
    for (let j = start; j < values.length; j++) {
      below += counts[j];
      // The last size allowed must hold the largest value.
      if (chosen.length < most - 1 || j === values.length - 1)
        choose([...chosen, values[j]], j + 1, total + below * values[j]);
    }
  };
  choose([], 0, 0);
  return (needed) => sizes.find((size) => size >= needed) ?? otherwise(needed);
}
