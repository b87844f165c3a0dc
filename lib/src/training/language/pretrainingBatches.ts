/**
 * The micro-batches of stage-PT: which sequences make one, the pair drawn from each, and what is masked
 * (method 5.2, 5.3). Pure functions of sequences and random numbers.
 */
import type { Random } from '../../random';
import { type SequenceTokens, sequenceInput } from '../../text/recformerInput';
import { type MaskedTokens, type MaskingVocabulary, MASKED_SHARE, maskWords } from './maskWords';
import type { PretrainInput, PretrainOptions } from './pretrainOptions';
import { type PretrainingSequence, targetPosition } from './pretrainingSequences';

/** What a user had, and the next item. */
export type Pair = readonly [SequenceTokens, SequenceTokens];

/** One pair of each sequence, cut at a random place. */
export function drawPairs(
  sequences: readonly PretrainingSequence[],
  { itemTokens, tokenizer }: Pick<PretrainInput, 'itemTokens' | 'tokenizer'>,
  { limits }: Pick<PretrainOptions, 'limits'>,
  random: Random,
): Pair[] {
  const side = (domain: number, items: Int32Array): SequenceTokens =>
    sequenceInput(
      Array.from(items, (id) => itemTokens[domain][id - 1]),
      tokenizer.special.cls,
      limits,
    );
  return sequences.map(({ domain, items }) => {
    const t = targetPosition(items.length, random.uniform());
    return [side(domain, items.subarray(0, t)), side(domain, items.subarray(t, t + 1))];
  });
}

/** First sides of all pairs, then second sides. */
export function bothSides(pairs: readonly Pair[]): SequenceTokens[] {
  return [...pairs.map(([a]) => a), ...pairs.map(([, b]) => b)];
}

/**
 * Masked copies of bothSides. A "padded" budget treats every sequence of a side as if it were as long as the
 * longest one (D25).
 */
export function maskPairs(
  pairs: readonly Pair[],
  vocabulary: MaskingVocabulary,
  maskBudget: PretrainOptions['maskBudget'],
  random: Random,
): MaskedTokens[] {
  return [pairs.map(([a]) => a), pairs.map(([, b]) => b)].flatMap((side) => {
    const padded =
      maskBudget === 'real' ? undefined : side.reduce((most, { tokens }) => Math.max(most, tokens.length), 0);
    return side.map(({ tokens }) => maskWords(tokens, vocabulary, random, MASKED_SHARE, padded));
  });
}

/** Batches of an epoch, as indices of sequences; `order`: the sequences, shuffled. */
export function epochBatches(
  sequences: readonly PretrainingSequence[],
  order: Int32Array,
  batch: number,
  mix: PretrainOptions['batchMix'],
): number[][] {
  if (mix === 'shuffled') return chunks([...order], batch);
  const batches = ofEachDomain(sequences, [...order]).flatMap((own) => chunks(own, batch));
  // By their first sequence, whose place in the order is random, so domains take turns.
  const place = new Map(Array.from(order, (sequence, at) => [sequence, at]));
  return batches.sort((a, b) => (place.get(a[0]) as number) - (place.get(b[0]) as number));
}

/** `indices` of sequences, one list per domain, in their order. */
export function ofEachDomain(
  sequences: readonly PretrainingSequence[],
  indices: readonly number[],
): number[][] {
  const lists = new Map<number, number[]>();
  for (const i of indices) {
    const { domain } = sequences[i];
    const list = lists.get(domain);
    if (list === undefined) lists.set(domain, [i]);
    else list.push(i);
  }
  return [...lists.values()];
}

export function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, k) =>
    list.slice(k * size, (k + 1) * size),
  );
}
