import { expect, test } from 'vitest';
import { createRandom } from '../../lib/src/random';
import { wordVectors } from '../../lib/src/text/wordVectors';

/** Texts of four tokens, all from 0..9 or all from 10..19; token 20 never occurs. */
const random = createRandom(5);
const texts = Array.from({ length: 400 }, (_, k) =>
  Int32Array.from({ length: 4 }, () => 10 * (k % 2) + random.integer(10)),
);

test('tokens with the same neighbours have like vectors, others do not; a lone token has none', () => {
  const vectors = wordVectors(texts, 21, 4, 1);
  const row = (v: number): Float32Array => vectors.subarray(4 * v, 4 * v + 4);
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const cosine = (v: number, w: number): number =>
    dot(row(v), row(w)) / Math.sqrt(dot(row(v), row(v)) * dot(row(w), row(w)));
  let [within, across] = [0, 0];
  for (let v = 0; v < 10; v++) {
    for (let w = 0; w < 10; w++) {
      if (v !== w) within += (cosine(v, w) + cosine(10 + v, 10 + w)) / 180;
      across += cosine(v, 10 + w) / 100;
    }
  }
  expect(within).toBeGreaterThan(across + 0.3);
  expect(row(20).every((x) => x === 0)).toBe(true);
  const meanSquare = (k: number): number =>
    Array.from({ length: 21 }, (_, v) => row(v)[k] ** 2).reduce((a, b) => a + b) / 21;
  expect(meanSquare(0)).toBeCloseTo(1, 5);
});

test('equal texts and seed, equal vectors; a token beyond the vocabulary is refused', () => {
  expect(wordVectors(texts, 21, 4, 1)).toEqual(wordVectors(texts, 21, 4, 1));
  expect(() => wordVectors([Int32Array.of(1, 21)], 21, 4, 1)).toThrow('expected tokens from 0 to 20, got 21');
});
