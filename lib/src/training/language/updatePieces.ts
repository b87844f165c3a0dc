/** Splits an update of fine-tuning into pieces, if the whole does not fit in memory. Pure. */
import type { Sample } from './updatePlan';

/** Consecutive parts of nearly equal size; some are empty if there are more pieces than members. */
export function parts<T>(list: readonly T[], pieces: number): T[][] {
  const edge = (i: number): number => Math.floor((i * list.length) / pieces);
  return Array.from({ length: pieces }, (_, i) => list.slice(edge(i), edge(i + 1)));
}

/**
 * The samples of each piece. The mean of the pieces' gradients, as accumulateGradients computes it, is the
 * gradient of the update. So weights are multiplied by the number of pieces.
 */
export function piecesOf(samples: readonly Sample[], pieces: number): Sample[][] {
  return parts(samples, pieces).map((part) =>
    // A step needs at least one sequence, even if its weight is 0.
    part.length > 0
      ? part.map((sample) => ({ ...sample, weight: pieces * sample.weight }))
      : [{ ...samples[0], weight: 0 }],
  );
}
