/** Tokens of a domain's items as a stage result and back. */
import type { HostTensor } from '../../engine/types';
import type { ItemTokens } from '../../text/recformerInput';
import type { StageResult } from '../../pipeline/stage';

/**
 * Among inputs of several domains: the name of the one with the tokens of a domain's items, beside the domain
 * itself under its own name.
 */
export const tokensOf = (domain: string): string => `${domain} tokens`;

/** What the stage "itemTokens" says. */
export interface ItemTokensFacts {
  /** Token id of `<s>`, which inputs made of them begin with. */
  cls: number;
}

/** `cls`: token id of `<s>`, which inputs made of them begin with. */
export function storeItemTokens(items: readonly ItemTokens[], cls: number): StageResult<ItemTokensFacts> {
  const offsets = new Int32Array(items.length + 1);
  items.forEach(({ tokens }, i) => (offsets[i + 1] = offsets[i] + tokens.length));
  const joined = (part: 'tokens' | 'types'): HostTensor => {
    const all = new Int32Array(offsets[items.length]);
    items.forEach((item, i) => all.set(item[part], offsets[i]));
    return vector(all);
  };
  return {
    json: { cls },
    arrays: { offsets: vector(offsets), tokens: joined('tokens'), types: joined('types') },
  };
}

/** Tokens of item i at index i - 1. */
export function loadItemTokens({ json, arrays }: StageResult<ItemTokensFacts>): {
  cls: number;
  itemTokens: ItemTokens[];
} {
  const [offsets, tokens, types] = [arrays.offsets, arrays.tokens, arrays.types].map(
    ({ data }) => data as Int32Array,
  );
  const itemTokens = Array.from({ length: offsets.length - 1 }, (_, i) => ({
    tokens: tokens.subarray(offsets[i], offsets[i + 1]),
    types: types.subarray(offsets[i], offsets[i + 1]),
  }));
  return { cls: json.cls, itemTokens };
}

function vector(data: Int32Array): HostTensor {
  return { shape: [data.length], dtype: 'int32', data };
}
