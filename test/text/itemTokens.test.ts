import { beforeAll, describe, expect, it } from 'vitest';
import { itemTokensKey } from '../../lib/src/text/itemTokens';
import { INPUT_LIMITS } from '../../lib/src/text/recformerInput';
import { type Tokenizer, tokenizerFromJson } from '../../lib/src/text/tokenizer';
import { trainBpe } from '../../lib/src/text/trainBpe';

const texts = [
  { title: 'Green soap', brand: 'Acme', category: 'Bath Soap' },
  { title: '', brand: '', category: '' },
  { title: 'Blue soap 🧼', brand: 'Acme', category: '' },
];
let tokenizer: Tokenizer;
let other: Tokenizer;
beforeAll(async () => {
  tokenizer = await tokenizerFromJson(
    trainBpe(
      texts.map((t) => t.title),
      262,
    ),
  );
  other = await tokenizerFromJson(
    trainBpe(
      texts.map((t) => t.title),
      263,
    ),
  );
});

describe('key of item tokens', () => {
  it('has another key for one byte of text, another tokenizer, other limits', () => {
    const keys = [
      itemTokensKey(texts, tokenizer),
      itemTokensKey([{ ...texts[0], title: 'Green soaq' }, ...texts.slice(1)], tokenizer),
      itemTokensKey([{ ...texts[0], title: 'Green soapAcme', brand: '' }, ...texts.slice(1)], tokenizer),
      itemTokensKey([texts[1], texts[0], texts[2]], tokenizer),
      itemTokensKey(texts, other),
      itemTokensKey(texts, tokenizer, { ...INPUT_LIMITS, maxAttributeLength: 31 }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
