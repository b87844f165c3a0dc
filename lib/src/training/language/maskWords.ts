/**
 * Whole-word masking for MLM (method 5.2). A pure function of tokens and a seeded generator; the budget
 * counts real tokens unless a padded length is given (D25).
 */
import type { Random } from '../../random';

export interface MaskingVocabulary {
  /** 1 for ids that begin a word (wordStarts). */
  starts: Uint8Array;
  /** Ids that are never masked or labelled. */
  specials: ReadonlySet<number>;
  mask: number;
  /** Random replacements are drawn from 0..size-1. */
  size: number;
}

export interface MaskedTokens {
  /** The input with masks and replacements. */
  tokens: Int32Array;
  /** Indices of chosen tokens. */
  positions: number[];
  /** Their original ids. */
  labels: number[];
}

/** Share of tokens chosen in pre-training on behaviour (method 5.2). */
export const MASKED_SHARE = 0.15;
const MOST_MASKED = 512;

/** Most tokens that are chosen of a text of this length. */
export function maskingBudget(length: number, share = MASKED_SHARE): number {
  return Math.min(MOST_MASKED, Math.max(1, Math.round(share * length)));
}

/**
 * Takes words in random order while they fit the budget, which is `share` of the tokens. Of the chosen tokens
 * 80 % are masked, 10 % replaced, 10 % kept. `padded`: length up to which padding counts. Each padding token
 * is then a word that uses up budget and is left alone, so a short text may get no label (D25, as coded).
 */
export function maskWords(
  tokens: Int32Array,
  vocabulary: MaskingVocabulary,
  random: Random,
  share = MASKED_SHARE,
  padded = tokens.length,
): MaskedTokens {
  const { starts, specials, mask, size } = vocabulary;
  const words: number[][] = [];
  tokens.forEach((token, i) => {
    if (specials.has(token)) return;
    if (words.length === 0 || starts[token] === 1) words.push([i]);
    else words[words.length - 1].push(i);
  });
  for (let i = tokens.length; i < padded; i++) words.push([i]);
  const budget = maskingBudget(padded, share);
  const chosen: number[] = [];
  for (const word of random.shuffle(words)) {
    if (chosen.length >= budget) break;
    if (chosen.length + word.length <= budget) chosen.push(...word);
  }
  const positions = chosen.filter((i) => i < tokens.length);
  positions.sort((a, b) => a - b);
  const masked = tokens.slice();
  const labels = positions.map((i) => tokens[i]);
  for (const i of positions) {
    const u = random.uniform();
    if (u < 0.8) masked[i] = mask;
    else if (u < 0.9) masked[i] = random.integer(size);
  }
  return { tokens: masked, positions, labels };
}
