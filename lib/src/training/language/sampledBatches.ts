/**
 * Sequence lengths of some batches of each language stage, drawn as the stage draws them, but with a seed of
 * their own. They choose the shapes that a stage compiles. Deterministic; nothing is trained here.
 */
import { shuffledOrder } from '../../data/shuffle';
import { trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';
import { createRandom } from '../../random';
import { type InputLimits, type ItemTokens, sequenceInput } from '../../text/recformerInput';
import { type PretrainingSequence, targetPosition } from './pretrainingSequences';
import type { UpdatePlan } from './updatePlan';

/** Most and fewest batches. If an epoch has fewer than LEAST_BATCHES, batches of several epochs are drawn. */
const MOST_BATCHES = 64;
const LEAST_BATCHES = 16;

/** Vanilla MLM: a batch of texts; `lengths` of all texts. */
export function sampledTexts(lengths: readonly number[], batch: number): number[][] {
  return sample(lengths.length, batch, (i) => [lengths[i]]);
}

/** Stage-PT: both sides of each pair, plain and masked. */
export function sampledPairs(
  sequences: readonly PretrainingSequence[],
  itemTokens: readonly (readonly ItemTokens[])[],
  limits: InputLimits,
  batch: number,
): number[][] {
  const random = createRandom(1);
  return sample(sequences.length, batch, (i) => {
    const sides = pairLengths(sequences[i], itemTokens, limits, random.uniform());
    return [...sides, ...sides];
  });
}

/** Tokens of both sides of a pair, cut at the position that u in [0, 1) gives. */
function pairLengths(
  { domain, items }: PretrainingSequence,
  itemTokens: readonly (readonly ItemTokens[])[],
  limits: InputLimits,
  u: number,
): [number, number] {
  const t = targetPosition(items.length, u);
  const lengthOf = (side: Int32Array): number => inputLength(side, itemTokens[domain], limits);
  return [lengthOf(items.subarray(0, t)), lengthOf(items.subarray(t, t + 1))];
}

/**
 * Fine-tuning: the histories of an update's samples. They include the first update of a later epoch, which
 * may be the largest.
 */
export function sampledUpdates(
  dataset: Dataset,
  itemTokens: readonly ItemTokens[],
  limits: InputLimits,
  updates: UpdatePlan,
): number[][] {
  const epochs = Array.from({ length: Math.ceil(MOST_BATCHES / updates.perEpoch) }, (_, epoch) =>
    updates.ofEpoch(epoch),
  )
    .flat()
    .slice(0, MOST_BATCHES);
  const later = epochs.length < updates.perEpoch + 1 ? [updates.ofEpoch(1)[0]] : [];
  return [...epochs, ...later].map((samples) =>
    samples.map(({ row, t }) => inputLength(trainPart(dataset, row).subarray(0, t), itemTokens, limits)),
  );
}

/** Tokens of RECFORMER's input for these items. */
function inputLength(items: ArrayLike<number>, tokens: readonly ItemTokens[], limits: InputLimits): number {
  return sequenceInput(
    Array.from(items, (id) => tokens[id - 1]),
    0,
    limits,
  ).tokens.length;
}

/**
 * Lengths for the first batches of `batch` samples out of `count`, in the random order of each epoch.
 * `lengths(i)`: those of sample i.
 */
function sample(count: number, batch: number, lengths: (i: number) => number[]): number[][] {
  const batches: number[][] = [];
  for (let epoch = 0; count > 0 && batches.length < LEAST_BATCHES; epoch++) {
    const order = shuffledOrder(count, 1, epoch);
    for (let first = 0; first < count && batches.length < MOST_BATCHES; first += batch) {
      batches.push(Array.from(order.subarray(first, first + batch), lengths).flat());
    }
  }
  return batches;
}
