/**
 * Tokens of all items of a dataset, and a hash of everything they depend on. Stored tokens and tables are
 * found by this hash, so a changed byte in text, tokenizer or limits never finds old ones (the authors' cache
 * knew only the domain: D45).
 */
import { createHash } from 'node:crypto';
import type { ItemText } from '../data/types';
import { INPUT_LIMITS, type InputLimits, type ItemTokens, itemInput } from './recformerInput';
import type { Tokenizer } from './tokenizer';

/** Tokens of item id i at index i - 1. */
export function tokenizeItems(
  texts: readonly ItemText[],
  tokenizer: Tokenizer,
  limits: InputLimits = INPUT_LIMITS,
): ItemTokens[] {
  // Names and brands repeat: each distinct string is tokenised once.
  const known = new Map<string, number[]>();
  const encode = (text: string): number[] => {
    let tokens = known.get(text);
    if (tokens === undefined) known.set(text, (tokens = tokenizer.encode(text)));
    return tokens;
  };
  return texts.map((text) => itemInput(text, { encode }, limits));
}

/** Hash of everything that the tokens depend on. */
export function itemTokensKey(
  texts: readonly ItemText[],
  tokenizer: Tokenizer,
  limits: InputLimits = INPUT_LIMITS,
): string {
  const hash = createHash('sha256');
  const { maxAttributes, maxAttributeLength } = limits;
  hash.update(JSON.stringify(['item tokens 1', tokenizer.fingerprint, maxAttributes, maxAttributeLength]));
  for (const { title, brand, category } of texts) hash.update(JSON.stringify([title, brand, category]));
  return hash.digest('hex');
}
