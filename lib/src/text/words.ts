/**
 * Words of an item's text for the lexical table: lower case, runs of letters, digits and combining marks of
 * any script. For the tokenizers of language models see tokenizer.ts; here nothing is learnt, and words are
 * not split.
 */
import type { ItemText } from '../data/types';

/** Words of title, brand and category, in this order (method 2.6), repeated words repeated. */
export function itemWords(text: ItemText): string[] {
  return (
    `${text.title} ${text.brand} ${text.category}`
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}
