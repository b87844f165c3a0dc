import { describe, expect, it, test } from 'vitest';
import { byteAlphabet, trainBpe } from '../../lib/src/text/trainBpe';
import { MAX_CHARACTERS, tokenizerFromJson, wordStarts } from '../../lib/src/text/tokenizer';

const texts = [
  'low lower lowest',
  'new newer newest',
  'wide wider widest low low',
  'the lowest of the newest, widest!',
];

/**
 * Byte-pair encoding as its definition says, without any bookkeeping: recount all pairs before each merge.
 */
function bruteForceMerges(corpus: string[], count: number): string[] {
  const split = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
  const alphabet = byteAlphabet();
  const order = new Map(alphabet.map((name, byte) => [name, byte]));
  const words = corpus
    .flatMap((text) => text.match(split) ?? [])
    .map((w) => [...new TextEncoder().encode(w)].map((b) => alphabet[b]));
  const merges: string[] = [];
  while (merges.length < count) {
    const pairs = new Map<string, number>();
    for (const word of words)
      for (let i = 0; i + 1 < word.length; i++)
        pairs.set(`${word[i]} ${word[i + 1]}`, (pairs.get(`${word[i]} ${word[i + 1]}`) ?? 0) + 1);
    const rank = (pair: string) => pair.split(' ').map((name) => order.get(name) as number);
    const [best] = [...pairs]
      .filter(([, n]) => n >= 2)
      .sort(([p, n], [q, m]) => m - n || rank(p)[0] - rank(q)[0] || rank(p)[1] - rank(q)[1]);
    if (best === undefined) break;
    merges.push(best[0]);
    const [left, right] = best[0].split(' ');
    order.set(left + right, 256 + merges.length);
    for (const word of words)
      for (let i = 0; i + 1 < word.length; i++)
        if (word[i] === left && word[i + 1] === right) word.splice(i, 2, left + right);
  }
  return merges;
}

describe('BPE training', () => {
  it('merges the pairs that a recount before each merge finds', () => {
    const json = trainBpe(texts, 280) as { model: { merges: string[] } };
    expect(json.model.merges).toEqual(bruteForceMerges(texts, 280 - 261));
  });

  it("stops if no pair occurs twice, and keeps RoBERTa's ids", async () => {
    const tokenizer = await tokenizerFromJson(trainBpe(['ab', 'cd'], 400));
    expect(tokenizer.vocabularySize).toBe(261);
    expect(tokenizer.special).toEqual({ cls: 0, pad: 1, sep: 2, unk: 3, mask: 260 });
  });

  it('encodes any text, without special tokens and without loss', async () => {
    const tokenizer = await tokenizerFromJson(trainBpe(texts, 300));
    const alphabet = byteAlphabet();
    const bytes = (ids: number[]) =>
      Uint8Array.from([...ids.map((id) => tokenizer.tokens[id]).join('')].map((c) => alphabet.indexOf(c)));
    for (const text of [
      'lowest',
      ' newer  wide',
      'naïve 🧴 שלום مرحبا',
      '<b>&amp;</b>',
      'a\u0000b\n\tc',
      'é'.normalize('NFD'),
    ]) {
      expect(new TextDecoder().decode(bytes(tokenizer.encode(text)))).toBe(text);
    }
    expect(tokenizer.encode('')).toEqual([]);
    expect(new TextDecoder().decode(bytes(tokenizer.encode('x\ud83dy')))).toBe('x\ufffdy');
  });

  it('cuts a text of 10^5 characters instead of hanging', async () => {
    const tokenizer = await tokenizerFromJson(trainBpe(texts, 300));
    expect(tokenizer.encode('ab'.repeat(50_000))).toEqual(tokenizer.encode('ab'.repeat(MAX_CHARACTERS / 2)));
  });

  it('marks where words start: after a space and at punctuation', async () => {
    const tokenizer = await tokenizerFromJson(trainBpe(texts, 300));
    const starts = wordStarts(tokenizer);
    const marks = (text: string) => tokenizer.encode(text).map((id) => starts[id]);
    expect(marks('low')[0]).toBe(0);
    expect(marks(' low')[0]).toBe(1);
    expect(marks('!')).toEqual([1]);
    expect([...Object.values(tokenizer.special)].map((id) => starts[id])).toEqual([0, 0, 0, 0, 0]);
  });

  it('refuses a file that is not a tokenizer', async () => {
    expect(() => trainBpe(texts, 100)).toThrow(/at least 261 tokens/);
    await expect(tokenizerFromJson({ model: {} })).rejects.toThrow(/tokenizer: expected/);
    const json = trainBpe(texts, 300) as { model: { vocab: Record<string, number> } };
    const { '<mask>': _, ...vocab } = json.model.vocab;
    await expect(
      tokenizerFromJson({ ...json, added_tokens: [], model: { ...json.model, vocab } }),
    ).rejects.toThrow(/mask token/);
  });
});

test('a small vocabulary may lower-case texts and read a first word like those within a text', async () => {
  const texts = ['Green tea', 'green tea and GREEN TEA', 'tea'];
  const plain = await tokenizerFromJson(trainBpe(texts, 290));
  const small = await tokenizerFromJson(trainBpe(texts, 290, { lowerCase: true, prefixSpace: true }));
  const shown = (ids: number[]): (string | undefined)[] => ids.map((id) => small.tokens[id]);
  expect(shown(small.encode('Tea GREEN'))).toEqual(['Ġtea', 'Ġgreen']);
  expect(small.encode('TEA')).toEqual(small.encode('tea'));
  expect(plain.encode('TEA')).not.toEqual(plain.encode('tea'));
  expect(small.encode('')).toEqual([]);
});
