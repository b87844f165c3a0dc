/**
 * Language stages refuse, before anything runs, what does not belong together; odd texts and histories are no
 * reason to refuse.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, NonFiniteError } from '../../../lib/src/engine';
import { SequenceEncoder } from '../../../lib/src/models/encoder/sequenceEncoder';
import { itemInputs } from '../../../lib/src/models/itemTables';
import type { LanguageModel } from '../../../lib/src/models/languageModel';
import { sequenceInput } from '../../../lib/src/text/recformerInput';
import { tokenizerFromJson } from '../../../lib/src/text/tokenizer';
import { trainBpe } from '../../../lib/src/text/trainBpe';
import {
  finetune,
  pretrain,
  pretrainingSequences,
  trainMaskedLanguage,
} from '../../../lib/src/training/language';
import { limits, toyModel, users } from './toy';

let toy: Awaited<ReturnType<typeof toyModel>>;
let engine: Engine;
beforeAll(async () => {
  toy = await toyModel();
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.dispose());

const dataset = users([
  [1, 2, 3, 4],
  [2, 3, 4, 1],
  [3, 4, 1, 2],
]);
const { train, validation } = pretrainingSequences([dataset], { heldOut: 0.3 });
const finetuneWith = (model: LanguageModel, options: object = {}, itemTokens = toy.itemTokens) =>
  finetune(
    { engine, dataset, model, cls: 0, itemTokens },
    { epochs: 1, batch: 2, accumulation: 1, limits, ...options },
  );
const pretrainWith = (model: LanguageModel, options: object = {}, tokenizer = toy.tokenizer) =>
  pretrain(
    { engine, model, tokenizer, itemTokens: [toy.itemTokens], train, validation },
    { epochs: 1, batch: 2, accumulation: 1, limits, ...options },
  );

describe('model and input that do not belong together', () => {
  it.each<[string, RegExp, (model: LanguageModel) => LanguageModel, object]>([
    [
      'more items than the model has positions for',
      /at most 50 items in a sequence.*maxItems 51/,
      (m) => m,
      { limits: { ...limits, maxItems: 51 } },
    ],
    [
      'longer sequences than it has positions for',
      /at most 58 tokens in a sequence.*maxTokens 59/,
      (m) => m,
      { limits: { ...limits, maxTokens: 59 } },
    ],
    [
      'a sentence encoder that was not turned into a Longformer',
      /expected a windowed encoder.*toRecformer/,
      (m) => ({ ...m, config: { ...m.config, attention: 'full' } }),
      {},
    ],
    [
      'a Longformer as published, with one token type',
      /got window attention and 1 token types/,
      (m) => ({ ...m, config: { ...m.config, tokenTypes: 1 } }),
      {},
    ],
    ['layers that are not there', /layers 0 to 1, got 2/, (m) => m, { tuned: [2] }],
    ['a layer that is no number', /layers 0 to 1, got 0.5/, (m) => m, { tuned: [0.5] }],
  ])('%s', async (_, message, change, options) => {
    await expect(finetuneWith(change(toy.model), options)).rejects.toThrow(message);
    await expect(pretrainWith(change(toy.model), options)).rejects.toThrow(message);
  });

  it('tokens beyond the word table', async () => {
    const wrong = toy.itemTokens.map((item, i) =>
      i === 7 ? { ...item, tokens: Int32Array.of(3, toy.model.config.vocabulary) } : item,
    );
    await expect(finetuneWith(toy.model, {}, wrong)).rejects.toThrow(
      /expected tokens from 0 to \d+ as in the model's word table/,
    );
    const larger = await tokenizerFromJson(
      trainBpe(
        Array.from({ length: 30 }, (_, i) => `soap comb shampoo towel ${'bcdfg'[i % 5]}ee`),
        toy.model.config.vocabulary + 1,
      ),
    );
    expect(larger.vocabularySize).toBeGreaterThan(0);
    const narrow = { ...toy.model, config: { ...toy.model.config, vocabulary: larger.vocabularySize - 1 } };
    await expect(pretrainWith(narrow, {}, larger)).rejects.toThrow(
      /Tokenizer and model do not belong together/,
    );
    const soap = { engine, texts: ['soap'], tokenizer: larger, config: narrow.config };
    await expect(trainMaskedLanguage(soap)).rejects.toThrow(/Tokenizer and model do not belong together/);
    const empty = { engine, texts: ['', ''], tokenizer: toy.tokenizer, config: toy.model.config };
    await expect(trainMaskedLanguage(empty)).rejects.toThrow(/texts with at least one token/);
  });

  it('NaN among the weights is named at the first step, not carried on', async () => {
    const bias = toy.model.weights['layer1/forward/outer/bias'];
    const weights = {
      ...toy.model.weights,
      'layer1/forward/outer/bias': { ...bias, data: bias.data.slice().fill(NaN, 3, 4) },
    };
    await expect(pretrainWith({ ...toy.model, weights })).rejects.toThrow(NonFiniteError);
    await expect(finetuneWith({ ...toy.model, weights })).rejects.toThrow(NonFiniteError);
  });
});

describe('odd input that is encoded all the same', () => {
  const vectors = async (sequences: ReturnType<typeof itemInputs>['sequences']): Promise<Float32Array[]> => {
    const state = engine.createState(toy.model.weights);
    const encoder = new SequenceEncoder(engine, state, toy.model.config, toy.model);
    const out = await encoder.encode(sequences);
    await encoder.dispose();
    state.dispose();
    return sequences.map((_, i) => out.subarray(i * 16, (i + 1) * 16));
  };

  it('texts: empty, 10^5 characters, emoji, right to left, control codes, HTML, half a letter', async () => {
    const titles = [
      '',
      'x'.repeat(100_000),
      'soap '.repeat(20_000),
      '🧴🧼💈',
      'שלום مرحبا',
      'a\u0000b\u0007\u200e\r\n',
      '<b>A&amp;B</b><script>',
      'x\ud83d',
      '洗发水',
    ];
    const texts = titles.map((title) => ({ title, brand: '', category: '' }));
    const { sequences, cut } = itemInputs(texts, toy.tokenizer, toy.model);
    expect(cut).toBe(2);
    const encoded = await vectors(sequences);
    for (const vector of encoded) expect(vector.every(Number.isFinite)).toBe(true);
    // Each says something of its own.
    expect(new Set(encoded.map((vector) => vector.join())).size).toBe(titles.length);
  });

  it('histories of 0, 1 and 500 items', async () => {
    const of = (count: number) =>
      sequenceInput(
        Array.from({ length: count }, (_, i) => toy.itemTokens[i % 12]),
        0,
        limits,
      );
    const [none, one, many] = [0, 1, 500].map(of);
    expect([none.tokens.length, many.tokens.length]).toEqual([1, limits.maxTokens]);
    const encoded = await vectors([none, one, many]);
    for (const vector of encoded) expect(vector.every(Number.isFinite)).toBe(true);
    expect(encoded[0]).not.toEqual(encoded[1]);
  });
});
