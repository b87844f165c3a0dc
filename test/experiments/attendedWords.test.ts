/** Tokens of `<s>`'s attention put together to words, made by hand. */
import { expect, test } from 'vitest';
import { attendedWords } from '../../lib/src/experiments/views/attendedWords';

/** `<s>`, then "title" as a name and "red soap" as a value of item 1, then "title" and "so" of item 2. */
const types = Int32Array.of(0, 1, 2, 2, 2, 1, 2);
const itemPositions = Int32Array.of(0, 1, 1, 1, 1, 2, 2);
/** Two layers of two heads; the second layer's heads differ. */
const heads = [
  [1, 0, 0, 0, 0, 0, 0],
  [1, 0, 0, 0, 0, 0, 0],
  [0.1, 0.2, 0.1, 0.2, 0.1, 0.1, 0.2],
  [0.3, 0, 0.1, 0.4, 0.1, 0, 0.1],
];
const attention = { layers: 2, heads: 2, tokens: 7, data: Float32Array.from(heads.flat()) };
const words = (kind: 'spaces' | 'pieces', vocabulary: string[], head: number | 'mean' = 0) => {
  const tokens = Int32Array.from(vocabulary, (_, i) => i);
  return attendedWords(
    { tokens, types, itemPositions },
    attention,
    { layer: 1, head },
    { tokens: vocabulary, kind },
  );
};

test.each([
  ['spaces', ['<s>', 'Ġtitle', 'Ġred', 'Ġso', 'ap', 'Ġtitle', 'Ġso']],
  ['spaces', ['<s>', '▁title', '▁red', '▁so', 'ap', '▁title', '▁so']],
  ['pieces', ['<s>', 'title', 'red', 'so', '##ap', 'title', 'so']],
] as const)('%s: tokens of a word are one, with their shares added up (%j)', (kind, vocabulary) => {
  expect(words(kind, [...vocabulary])).toEqual([
    { word: '<s>', item: 0, named: false, share: 0.1 },
    { word: 'title', item: 1, named: true, share: 0.2 },
    { word: 'red', item: 1, named: false, share: 0.1 },
    { word: 'soap', item: 1, named: false, share: 0.3 },
    { word: 'title', item: 2, named: true, share: 0.1 },
    { word: 'so', item: 2, named: false, share: 0.2 },
  ]);
});

test('a word never continues from one attribute or item into the next', () => {
  const texts = words('spaces', ['<s>', 'title', 'red', 'so', 'ap', 'title', 'so']).map(({ word }) => word);
  expect(texts).toEqual(['<s>', 'title', 'redsoap', 'title', 'so']);
});

test('the mean of all heads', () => {
  const shares = words('spaces', ['<s>', 'Ġtitle', 'Ġred', 'Ġso', 'ap', 'Ġtitle', 'Ġso'], 'mean');
  expect(shares.map(({ share }) => share)).toEqual([0.2, 0.1, 0.1, 0.4, 0.05, 0.15]);
});
