/**
 * A toy for the language stages: items whose titles are one word each, and a small random Longformer that
 * reads them.
 */
import { type Dataset, makeDataset } from '../../../lib/src/data';
import { initialEncoder } from '../../../lib/src/models/encoder/parameters';
import type { EncoderConfig } from '../../../lib/src/models/encoder/config';
import type { LanguageModel } from '../../../lib/src/models/languageModel';
import { createRandom } from '../../../lib/src/random';
import { INPUT_LIMITS } from '../../../lib/src/text/recformerInput';
import { tokenizeItems } from '../../../lib/src/text/itemTokens';
import { tokenizerFromJson } from '../../../lib/src/text/tokenizer';
import { trainBpe } from '../../../lib/src/text/trainBpe';

export const words = [
  'red',
  'green',
  'blue',
  'black',
  'white',
  'pink',
  'gold',
  'grey',
  'plum',
  'teal',
  'lime',
  'rose',
];
export const limits = { ...INPUT_LIMITS, maxTokens: 48 };

/** Users by their items' ids, oldest first. */
export function users(sequences: readonly (readonly number[])[]): Dataset {
  const offsets = new Int32Array(sequences.length + 1);
  sequences.forEach((s, u) => (offsets[u + 1] = offsets[u] + s.length));
  return makeDataset({
    name: 'Toy',
    kind: 'own',
    userKeys: sequences.map((_, u) => `u${u}`),
    itemKeys: words,
    itemTexts: words.map((word) => ({ title: word, brand: '', category: '' })),
    offsets,
    sequence: Int32Array.from(sequences.flat()),
  });
}

export async function toyModel(dropout = 0) {
  const tokenizer = await tokenizerFromJson(
    trainBpe(
      words.flatMap((word) => Array.from({ length: 20 }, () => `title ${word} brand category`)),
      330,
    ),
  );
  const config: EncoderConfig = {
    attention: 'window',
    layers: 2,
    heads: 2,
    hidden: 16,
    intermediate: 32,
    vocabulary: tokenizer.vocabularySize,
    positions: 60,
    positionOffset: 2,
    tokenTypes: 4,
    itemPositions: 51,
    window: 16,
    normEps: 1e-5,
    hiddenDropout: dropout,
    attentionDropout: dropout,
    initializerStd: 0.3,
  };
  const model: LanguageModel = {
    config,
    weights: initialEncoder(config, createRandom(4)),
    padToken: tokenizer.special.pad,
    pooling: 'first',
    normalise: false,
  };
  return { tokenizer, model, itemTokens: tokenizeItems(users([[1]]).itemTexts, tokenizer, limits) };
}
