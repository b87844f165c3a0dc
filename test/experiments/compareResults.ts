/** Compares what a stage has computed on two providers: on the CPU, and on another one. */

/**
 * Relative, of losses; absolute, of metrics, shares and the numbers of a table; of 190 users those with ties:
 * items of nearly equal text tie to the bit on one provider and not on another.
 */
export const TOLERANCE = { loss: 1e-4, metric: 0.02, table: 1e-3, tiedUsers: 10 };

/** Where two results' numbers are further apart than is allowed, and where anything else is not equal. */
export function differences(a: unknown, b: unknown, path: string, tolerance = TOLERANCE): string[] {
  if (typeof a === 'number' && typeof b === 'number') {
    const ties = path.includes('tiedUsers');
    const limit = ties
      ? tolerance.tiedUsers
      : /loss/i.test(path)
        ? tolerance.loss * Math.abs(a)
        : tolerance.metric;
    // Other counts and options are equal; what was computed is not to the bit.
    const exact = !ties && Number.isInteger(a) && Number.isInteger(b) && !/HR@|NDCG@|accuracy/.test(path);
    return (exact ? a === b : Math.abs(a - b) <= limit)
      ? []
      : [`${path}: ${a} on the CPU, ${b} on the other`];
  }
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].flatMap((key) =>
      differences(
        (a as Record<string, unknown>)[key],
        (b as Record<string, unknown>)[key],
        `${path} ${key}`,
        tolerance,
      ),
    );
  }
  return a === b ? [] : [`${path}: ${String(a)} on the CPU, ${String(b)} on the other`];
}
