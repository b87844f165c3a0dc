/** How often a pair's own item ranks first in its group of pairs. This selects the epoch of stage-PT. */
import { chunks, ofEachDomain } from './pretrainingBatches';
import type { PretrainingSequence } from './pretrainingSequences';

/**
 * The metric that selects: the share of held-out pairs whose own item is first among the items of its group,
 * all domains mixed.
 */
export const CONTRASTIVE_ACCURACY = 'contrastive accuracy';
/** The same in groups of one domain, where telling domains apart does not help. */
export const ACCURACY_WITHIN_DOMAIN = 'contrastive accuracy within a domain';
/** Held-out pairs are ranked in groups of this many. */
export const VALIDATION_GROUP = 16;

/** Both metrics of held-out pairs. `vectors` as in groupAccuracy; `held`: the sequence of each pair. */
export function contrastiveAccuracies(
  vectors: Float32Array,
  d: number,
  held: readonly PretrainingSequence[],
): Record<string, number> {
  // Comparisons with NaN are false, so every pair would count as first.
  if (!vectors.every(Number.isFinite))
    throw new Error(
      'pre-training: expected finite vectors of the held-out sequences, got NaN or infinity. Try a ' +
        'lower learning rate',
    );
  const pairs = [...held.keys()];
  const accuracy = (groups: readonly (readonly number[])[]): number =>
    groupAccuracy(vectors, held.length, d, groups);
  return {
    [CONTRASTIVE_ACCURACY]: accuracy(chunks(pairs, VALIDATION_GROUP)),
    [ACCURACY_WITHIN_DOMAIN]: accuracy(
      ofEachDomain(held, pairs).flatMap((own) => chunks(own, VALIDATION_GROUP)),
    ),
  };
}

/**
 * Share of rows of a [pairs, d] whose own row of b [pairs, d] has the highest cosine among the rows of its
 * group. `vectors`: a, then b; `groups`: indices of pairs.
 */
export function groupAccuracy(
  vectors: Float32Array,
  pairs: number,
  d: number,
  groups: readonly (readonly number[])[],
): number {
  const lengths = Float64Array.from({ length: 2 * pairs }, (_, i) =>
    Math.sqrt(dot(vectors, i * d, i * d, d)),
  );
  let [correct, ranked] = [0, 0];
  for (const group of groups) {
    for (const i of group) {
      const cosine = (j: number): number => dot(vectors, i * d, (pairs + j) * d, d) / lengths[pairs + j];
      const own = cosine(i);
      if (group.every((j) => j === i || !(cosine(j) > own))) correct++;
      ranked++;
    }
  }
  return correct / ranked;
}

function dot(x: Float32Array, i: number, j: number, d: number): number {
  let sum = 0;
  for (let k = 0; k < d; k++) sum += x[i + k] * x[j + k];
  return sum;
}
