import { expect, test } from 'vitest';
import type { EncoderConfig } from '../../../lib/src/models/encoder/config';
import { createRandom } from '../../../lib/src/random';
import { initialLanguageModel } from '../../../lib/src/training/language/initialLanguageModel';

const config: EncoderConfig = {
  attention: 'window',
  layers: 2,
  heads: 2,
  hidden: 48,
  intermediate: 192,
  vocabulary: 60,
  positions: 34,
  positionOffset: 2,
  tokenTypes: 1,
  itemPositions: 0,
  window: 8,
  normEps: 1e-5,
  hiddenDropout: 0,
  attentionDropout: 0,
  initializerStd: 0.02,
};
const random = createRandom(2);
const texts = Array.from({ length: 200 }, () =>
  Int32Array.from({ length: 6 }, () => 10 + random.integer(50)),
);
const { weights, head } = initialLanguageModel(config, 1, texts, createRandom(3));
const std = (data: ArrayLike<number>): number =>
  Math.sqrt(Array.from(data).reduce((sum, x) => sum + x * x, 0) / data.length);
const columns = (name: string, from: number, to: number): number[] => {
  const { shape, data } = weights[name];
  return Array.from(data).filter((_, p) => p % shape[1] >= from && p % shape[1] < to);
};

test('a small model starts from counted word vectors, its decoder from the same', () => {
  const words = weights['embeddings/words'].data;
  expect(std(words)).toBeCloseTo(0.5, 1);
  expect(head!['head/decoder/kernel'].data[5 * 60 + 17]).toBeCloseTo(0.2 * words[17 * 48 + 5], 6);
  // Tokens below 10 stand in no text.
  expect(std(words.slice(0, 10 * 48))).toBeCloseTo(0.5, 1);
});

test(
  'values and outputs of attention start four times larger at width 48 than at 768, queries and keys do ' +
    'not',
  () => {
    expect(std(columns('layer1/attention/local/kernel', 0, 96))).toBeCloseTo(0.02, 3);
    expect(std(columns('layer1/attention/local/kernel', 96, 144))).toBeCloseTo(0.08, 2);
    expect(std(columns('layer1/attention/globalKeyValue/kernel', 0, 48))).toBeCloseTo(0.02, 3);
    expect(std(columns('layer1/attention/globalKeyValue/kernel', 48, 96))).toBeCloseTo(0.08, 2);
    expect(std(weights['layer0/attention/output/kernel'].data)).toBeCloseTo(0.08, 2);
    expect(std(weights['layer0/forward/inner/kernel'].data)).toBeCloseTo(0.02, 3);
  },
);
