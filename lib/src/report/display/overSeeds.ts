/**
 * Whether numbers have a spread over seeds, so that tables and figures promise none for a single seed. Pure.
 */
import type { Measured } from '../../experiments/measured';

export function overSeeds(numbers: readonly (Measured | undefined)[]): boolean {
  return numbers.some((number) => number?.spread !== undefined);
}
