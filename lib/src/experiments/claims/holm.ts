/**
 * Holm's step-down adjustment: rejecting where the adjusted p-value is at most alpha keeps the chance of any
 * false rejection among all claims at alpha, whatever the dependence between them (and claims on one table
 * are dependent).
 */

/** Adjusted p-values in the order given. */
export function holm(pValues: readonly number[]): number[] {
  const ascending = pValues.map((_, i) => i).sort((i, j) => pValues[i] - pValues[j]);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  ascending.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[index]));
    adjusted[index] = largest;
  });
  return adjusted;
}
