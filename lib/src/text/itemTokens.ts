/**
 * Tokens of all items of a dataset, made once per (texts, tokenizer, limits) and kept in a file named after the content of all
 * three, so that a change of one byte in any of them never finds the old tokens (the authors' cache knew only the domain: D45).
 */
import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ItemText } from '../data/types';
import { readSafetensors, writeSafetensors } from '../engine/safetensors';
import { INPUT_LIMITS, type InputLimits, type ItemTokens, itemInput } from './recformerInput';
import type { Tokenizer } from './tokenizer';

/** Tokens of item id i at index i - 1. */
export function tokenizeItems(texts: readonly ItemText[], tokenizer: Tokenizer, limits: InputLimits = INPUT_LIMITS): ItemTokens[] {
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
export function itemTokensKey(texts: readonly ItemText[], tokenizer: Tokenizer, limits: InputLimits = INPUT_LIMITS): string {
  const hash = createHash('sha256');
  const { maxAttributes, maxAttributeLength } = limits;
  hash.update(JSON.stringify(['item tokens 1', tokenizer.fingerprint, maxAttributes, maxAttributeLength]));
  for (const { title, brand, category } of texts) hash.update(JSON.stringify([title, brand, category]));
  return hash.digest('hex');
}

/** tokenizeItems, read from `folder` where they are there already and written there where not. */
export async function cachedItemTokens(
  folder: string,
  texts: readonly ItemText[],
  tokenizer: Tokenizer,
  limits: InputLimits = INPUT_LIMITS,
): Promise<ItemTokens[]> {
  const key = itemTokensKey(texts, tokenizer, limits);
  const path = join(folder, `tokens-${key.slice(0, 32)}.safetensors`);
  if (await stat(path).then(() => true, () => false)) {
    const { tensors } = await readSafetensors(path);
    const [offsets, tokens, types] = ['offsets', 'tokens', 'types'].map((name) => tensors[name].data as Int32Array);
    return texts.map((_, i) => ({ tokens: tokens.subarray(offsets[i], offsets[i + 1]), types: types.subarray(offsets[i], offsets[i + 1]) }));
  }
  const items = tokenizeItems(texts, tokenizer, limits);
  const offsets = new Int32Array(items.length + 1);
  items.forEach((item, i) => (offsets[i + 1] = offsets[i] + item.tokens.length));
  const join1 = (part: (item: ItemTokens) => Int32Array): Int32Array => {
    const all = new Int32Array(offsets[items.length]);
    items.forEach((item, i) => all.set(part(item), offsets[i]));
    return all;
  };
  const vector = (data: Int32Array) => ({ shape: [data.length], dtype: 'int32' as const, data });
  await mkdir(folder, { recursive: true });
  await writeSafetensors(path, {
    offsets: vector(offsets),
    tokens: vector(join1((item) => item.tokens)),
    types: vector(join1((item) => item.types)),
  }, { key });
  return items;
}
