/**
 * Lengths of the sequences of some batches of each language stage, drawn in the stage's way with a seed of their own: used to choose
 * shapes and to estimate cost. Deterministic; nothing is trained here.
 */
import { type Dataset, shuffledOrder, trainPart } from '../../data';
import { createRandom } from '../../random';
import { type InputLimits, type ItemTokens, sequenceInput } from '../../text/recformerInput';
import { type PretrainingSequence, targetPosition } from './pretrainingSequences';
import type { UpdatePlan } from './updatePlan';

/** Batches at most. */
const MOST_BATCHES = 64;

/** Vanilla MLM: a batch of texts; `lengths` of all texts. */
export function sampledTexts(lengths: readonly number[], batch: number): number[][] {
  const order = shuffledOrder(lengths.length, 1, 0);
  return sample(lengths.length, batch, (k) => [lengths[order[k]]]);
}

/** Stage-PT: both sides of each pair, plain and masked. */
export function sampledPairs(sequences: readonly PretrainingSequence[], itemTokens: readonly (readonly ItemTokens[])[], limits: InputLimits, batch: number): number[][] {
  const order = shuffledOrder(sequences.length, 1, 0);
  const random = createRandom(1);
  return sample(sequences.length, batch, (k) => {
    const sides = pairLengths(sequences[order[k]], itemTokens, limits, random.uniform());
    return [...sides, ...sides];
  });
}

/** Tokens of both sides of a pair, cut at the position that u in [0, 1) gives. */
export function pairLengths({ domain, items }: PretrainingSequence, itemTokens: readonly (readonly ItemTokens[])[], limits: InputLimits, u: number): [number, number] {
  const t = targetPosition(items.length, u);
  const lengthOf = (side: Int32Array): number => inputLength(side, itemTokens[domain], limits);
  return [lengthOf(items.subarray(0, t)), lengthOf(items.subarray(t, t + 1))];
}

/** Fine-tuning: the histories of an update's samples; the first update of a later epoch, which may be the largest, is among them. */
export function sampledUpdates(dataset: Dataset, itemTokens: readonly ItemTokens[], limits: InputLimits, updates: UpdatePlan): number[][] {
  const epochs = Array.from({ length: Math.ceil(MOST_BATCHES / updates.perEpoch) }, (_, epoch) => updates.ofEpoch(epoch)).flat().slice(0, MOST_BATCHES);
  const later = epochs.length < updates.perEpoch + 1 ? [updates.ofEpoch(1)[0]] : [];
  return [...epochs, ...later].map((samples) => samples.map(({ row, t }) => inputLength(trainPart(dataset, row).subarray(0, t), itemTokens, limits)));
}

/** Tokens of RECFORMER's input for these items. */
export function inputLength(items: ArrayLike<number>, tokens: readonly ItemTokens[], limits: InputLimits): number {
  return sequenceInput(Array.from(items, (id) => tokens[id - 1]), 0, limits).tokens.length;
}

/** Lengths of up to MOST_BATCHES batches of `batch` samples out of `count`. */
function sample(count: number, batch: number, lengths: (k: number) => number[]): number[][] {
  const batches = Math.min(MOST_BATCHES, Math.ceil(count / batch));
  return Array.from({ length: batches }, (_, b) => Array.from({ length: Math.min(batch, count - b * batch) }, (_, i) => lengths(b * batch + i)).flat());
}
