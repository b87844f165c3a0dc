/**
 * Where words begin in vocabularies of each kind, and that whole-word masking finds words in a Unigram one.
 * Byte-level BPE: trainBpe.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../lib/src/random';
import { type JsonObject, type Tokenizer, tokenizerFromJson, wordStarts } from '../../lib/src/text/tokenizer';
import { byteAlphabet } from '../../lib/src/text/trainBpe';
import { maskWords } from '../../lib/src/training/language/maskWords';

const SPECIALS = ['<s>', '<pad>', '</s>', '<unk>', '<mask>'];
const added = (names: string[]): JsonObject[] =>
  names.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));

function unigram(): JsonObject {
  const pieces = ['▁', '▁so', '▁comb', 'ap', 'ing', ',', ...'▁,abcgimnops'].filter(
    (piece, i, all) => all.indexOf(piece) === i,
  );
  return {
    version: '1.0',
    added_tokens: added(SPECIALS),
    normalizer: null,
    decoder: null,
    post_processor: null,
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    model: {
      type: 'Unigram',
      unk_id: 3,
      vocab: [...SPECIALS.map((name) => [name, 0]), ...pieces.map((piece) => [piece, -10 + piece.length])],
    },
  };
}

function wordPiece(): JsonObject {
  const names = ['[CLS]', '[PAD]', '[SEP]', '[UNK]', '[MASK]'];
  return {
    version: '1.0',
    added_tokens: added(names),
    normalizer: null,
    decoder: null,
    post_processor: null,
    pre_tokenizer: { type: 'BertPreTokenizer' },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(
        [...names, 'so', '##ap', 'comb', '▁', ',', '##▁'].map((name, id) => [name, id]),
      ),
    },
  };
}

function marked(tokenizer: Tokenizer, text: string): [string | undefined, number][] {
  const starts = wordStarts(tokenizer);
  return tokenizer.encode(text).map((id) => [tokenizer.tokens[id], starts[id]]);
}

describe('word starts', () => {
  it('Unigram with ▁: after a space and at punctuation', async () => {
    const tokenizer = await tokenizerFromJson(unigram());
    expect(marked(tokenizer, 'soap, combing mmap')).toEqual([
      ['▁so', 1],
      ['ap', 0],
      [',', 1],
      ['▁comb', 1],
      ['ing', 0],
      ['▁', 1],
      ['m', 0],
      ['m', 0],
      ['ap', 0],
    ]);
    expect(SPECIALS.map((_, id) => wordStarts(tokenizer)[id])).toEqual([0, 0, 0, 0, 0]);
  });

  it('Unigram with ▁: masking labels words, not the whole text or nothing', async () => {
    const tokenizer = await tokenizerFromJson(unigram());
    const vocabulary = {
      starts: wordStarts(tokenizer),
      specials: new Set<number>(Object.values(tokenizer.special)),
      mask: tokenizer.special.mask,
      size: tokenizer.vocabularySize,
    };
    const tokens = Int32Array.from(tokenizer.encode('soap combing '.repeat(20).trim()));
    const { labels } = maskWords(tokens, vocabulary, createRandom(1));
    expect(labels).toHaveLength(0.15 * tokens.length);
  });

  it('WordPiece: at every token without ##, whatever character it is', async () => {
    const tokenizer = await tokenizerFromJson(wordPiece());
    expect(marked(tokenizer, 'soap, comb')).toEqual([
      ['so', 1],
      ['##ap', 0],
      [',', 1],
      ['comb', 1],
    ]);
    expect([...wordStarts(tokenizer)].slice(5)).toEqual([1, 0, 1, 1, 1, 0]);
  });

  it('byte-level BPE: no byte is written as ▁', () => {
    expect(byteAlphabet()).not.toContain('▁');
  });
});
