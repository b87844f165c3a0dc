/**
 * RECFORMER's input (method 3.2, 3.3): an item is its attribute names and values, a user is `<s>` and the
 * items, newest first, each token with a token type and an item position. Pure functions of token ids;
 * batches are made elsewhere.
 */
import type { ItemText } from '../data/types';
import { InputError } from '../errors';
import type { Tokenizer } from './tokenizer';

/** How much of a text and a history a model is given. */
export interface InputLimits {
  /** Attributes used, in stored order. */
  maxAttributes: number;
  /** Tokens of one attribute, its name included. */
  maxAttributeLength: number;
  /** Items of a sequence, the newest ones. */
  maxItems: number;
  /** Tokens of a sequence, `<s>` included. */
  maxTokens: number;
}

/** The limits that the authors' scripts set. */
export const INPUT_LIMITS: InputLimits = {
  maxAttributes: 3,
  maxAttributeLength: 32,
  maxItems: 50,
  maxTokens: 1024,
};

export const TOKEN_TYPES = { cls: 0, name: 1, value: 2, padding: 3 } as const;

/** Parallel arrays, one entry per token. */
export interface ItemTokens {
  readonly tokens: Int32Array;
  /** TOKEN_TYPES.name or .value. */
  readonly types: Int32Array;
}

export interface SequenceTokens extends ItemTokens {
  /** 0 for `<s>`, 1 for tokens of the newest item, 2 for the one before it, ... */
  readonly itemPositions: Int32Array;
}

/**
 * Names and values in the stored order: title, brand, category. An empty value still contributes its name.
 */
export function itemAttributes(text: ItemText): [name: string, value: string][] {
  return [
    ['title', text.title],
    ['brand', text.brand],
    ['category', text.category],
  ];
}

/**
 * Tokens of one item: each attribute's name and value tokenised on their own, cut together to
 * maxAttributeLength.
 */
export function itemInput(
  text: ItemText,
  tokenizer: Pick<Tokenizer, 'encode'>,
  limits: InputLimits = INPUT_LIMITS,
): ItemTokens {
  const tokens: number[] = [];
  const types: number[] = [];
  for (const [name, value] of itemAttributes(text).slice(0, limits.maxAttributes)) {
    const nameTokens = tokenizer.encode(name);
    const attribute = [...nameTokens, ...tokenizer.encode(value)].slice(0, limits.maxAttributeLength);
    attribute.forEach((token, i) => {
      tokens.push(token);
      types.push(i < nameTokens.length ? TOKEN_TYPES.name : TOKEN_TYPES.value);
    });
  }
  return { tokens: Int32Array.from(tokens), types: Int32Array.from(types) };
}

/**
 * RECFORMER's input for a history (method 3): `<s>`, then the items, newest first, cut to the limits. No
 * items: `<s>` alone (D23). The result has the same number of tokens, token types and item positions.
 * @param items of the history, oldest first, as itemInput gives them
 * @param cls id of the token `<s>`
 * @throws InputError for `limits.maxTokens` below 1.
 */
export function sequenceInput(
  items: readonly ItemTokens[],
  cls: number,
  limits: InputLimits = INPUT_LIMITS,
): SequenceTokens {
  if (limits.maxTokens < 1)
    throw new InputError('sequenceInput', `expected maxTokens of at least 1, got ${limits.maxTokens}`);
  const kept = items.slice(Math.max(0, items.length - limits.maxItems)).reverse();
  const length = Math.min(
    limits.maxTokens,
    kept.reduce((sum, item) => sum + item.tokens.length, 1),
  );
  const tokens = new Int32Array(length);
  const types = new Int32Array(length);
  const itemPositions = new Int32Array(length);
  tokens[0] = cls;
  types[0] = TOKEN_TYPES.cls;
  let at = 1;
  kept.forEach((item, index) => {
    const part = Math.min(item.tokens.length, length - at);
    if (part <= 0) return;
    tokens.set(item.tokens.subarray(0, part), at);
    types.set(item.types.subarray(0, part), at);
    itemPositions.fill(index + 1, at, at + part);
    at += part;
  });
  return { tokens, types, itemPositions };
}

/** An item on its own, as the item table encodes it: a sequence of one item. */
export function singleItemInput(
  item: ItemTokens,
  cls: number,
  limits: InputLimits = INPUT_LIMITS,
): SequenceTokens {
  return sequenceInput([item], cls, limits);
}
