/**
 * Few sizes for what comes in many: each size is a graph to compile, with working memory of its own; a size
 * larger than needed is padding. Knows nothing of what the sizes are of: recommenders and language stages
 * bring what they have seen.
 */

/** Gives the size to use for a size that is needed. */
export type Rounding = (needed: number) => number;

/**
 * The `most` sizes with the least padding for what was `seen`, as a rounding up; what is larger than all that
 * was seen is left to `otherwise`.
 */
export function fewSizes(seen: readonly number[], most: number, otherwise: Rounding): Rounding {
  const values = [...new Set(seen)].sort((a, b) => a - b);
  const counts = values.map((value) => seen.reduce((sum, other) => sum + Number(other === value), 0));
  // A few dozen values at most, and few sizes, so all ways to cut them into `most` groups are tried, those
  // already worse left out.
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
