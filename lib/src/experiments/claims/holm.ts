/**
 * Holm's step-down adjustment. If claims are rejected when their adjusted p-value is at most alpha, the
 * chance of any false rejection stays at most alpha, whatever the dependence between claims. Claims about one
 * table are dependent.
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
