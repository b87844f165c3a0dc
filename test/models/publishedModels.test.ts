/**
 * Published files: names, conversions, what is refused, tables on disk and their keys. Weights are made here.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../lib/src/engine';
import { readSafetensors, writeSafetensors } from '../../lib/src/engine/safetensors/safetensors';
import type { NamedHostTensors } from '../../lib/src/engine/types';
import type { EncoderConfig } from '../../lib/src/models/encoder/config';
import { initialEncoder, initialLanguageHead } from '../../lib/src/models/encoder/parameters';
import { encodeTable, modelFingerprint, readItemTable } from '../../lib/src/models/itemTables';
import type { LanguageModel } from '../../lib/src/models/languageModel';
import { loadModel, saveModel, toRecformer } from '../../lib/src/models/published';
import { attentionStatistics, firstTokenAttention } from '../../lib/src/models/recformer/firstTokenAttention';
import { createRandom } from '../../lib/src/random';
import { sequenceInput } from '../../lib/src/text/recformerInput';
import { loadTokenizer, type Tokenizer, tokenizerFromJson } from '../../lib/src/text/tokenizer';
import { trainBpe } from '../../lib/src/text/trainBpe';
import { freshFolder } from '../support/folders';

const texts = Array.from({ length: 30 }, (_, i) => ({
  title: `item ${i} ${'soap '.repeat(i % 5)}`,
  brand: i % 2 ? 'Acme' : '',
  category: 'Bath',
}));
let folder: string;
let tokenizer: Tokenizer;
let model: LanguageModel;
let engine: Engine;
beforeAll(async () => {
  folder = freshFolder();
  engine = await createEngine({ threads: 1 });
  tokenizer = await tokenizerFromJson(
    trainBpe(
      texts.map((t) => t.title),
      300,
    ),
  );
  const config: EncoderConfig = {
    attention: 'window',
    layers: 3,
    heads: 2,
    hidden: 8,
    intermediate: 12,
    vocabulary: 300,
    positions: 120,
    positionOffset: 2,
    tokenTypes: 4,
    itemPositions: 9,
    window: 16,
    normEps: 1e-5,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    initializerStd: 0.3,
  };
  const random = createRandom(1);
  model = {
    config,
    weights: initialEncoder(config, random),
    head: initialLanguageHead(config, random),
    padToken: 1,
    pooling: 'first',
    normalise: false,
  };
});
afterAll(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true });
});

/** Items whose keys a table does not have. */
const catalogue = (items: number) => ({ items, itemKeys: Array.from({ length: items }, (_, i) => `${i}`) });

const rowOf = ({ data, dim }: { data: Float32Array; dim: number }, row: number) =>
  data.subarray(row * dim, (row + 1) * dim);

/** A BERT of one layer as published: kernels apart and [out, in]. */
async function bert(
  name: string,
  change: (tensors: NamedHostTensors, config: Record<string, unknown>) => void = () => undefined,
): Promise<string> {
  const random = createRandom(9);
  const tensor = (...shape: number[]) => ({
    shape,
    dtype: 'float32' as const,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
  });
  const tensors: NamedHostTensors = { 'bert.pooler.dense.weight': tensor(4, 4) };
  const at = (key: string, ...shape: number[]) => (tensors[`bert.${key}`] = tensor(...shape));
  at('embeddings.word_embeddings.weight', 300, 4);
  at('embeddings.position_embeddings.weight', 10, 4);
  at('embeddings.token_type_embeddings.weight', 2, 4);
  at('embeddings.LayerNorm.gamma', 4); // as files of 2019 have it
  at('embeddings.LayerNorm.beta', 4);
  for (const part of [
    'attention.self.query',
    'attention.self.key',
    'attention.self.value',
    'attention.output.dense',
  ]) {
    at(`encoder.layer.0.${part}.weight`, 4, 4);
    at(`encoder.layer.0.${part}.bias`, 4);
  }
  at('encoder.layer.0.intermediate.dense.weight', 6, 4);
  at('encoder.layer.0.intermediate.dense.bias', 6);
  at('encoder.layer.0.output.dense.weight', 4, 6);
  at('encoder.layer.0.output.dense.bias', 4);
  for (const part of ['attention.output.LayerNorm', 'output.LayerNorm']) {
    at(`encoder.layer.0.${part}.weight`, 4);
    at(`encoder.layer.0.${part}.bias`, 4);
  }
  const config = {
    model_type: 'bert',
    num_hidden_layers: 1,
    num_attention_heads: 2,
    hidden_size: 4,
    intermediate_size: 6,
    vocab_size: 300,
    max_position_embeddings: 10,
    hidden_act: 'gelu',
  };
  change(tensors, config);
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  await writeSafetensors(join(path, 'model.safetensors'), tensors);
  await writeFile(join(path, 'config.json'), JSON.stringify(config));
  return path;
}

describe('published models', () => {
  it(
    'puts [out, in] kernels of query, key and value side by side as [in, out], and lists what it does ' +
      'not use',
    async () => {
      const path = await bert('bert');
      const { model: loaded, report } = await loadModel(path, { pooling: 'mean' });
      const { tensors } = await readSafetensors(join(path, 'model.safetensors'));
      const local = loaded.weights['layer0/attention/local/kernel'];
      expect(local.shape).toEqual([4, 12]);
      ['query', 'key', 'value'].forEach((part, k) => {
        const file = tensors[`bert.encoder.layer.0.attention.self.${part}.weight`].data;
        for (let i = 0; i < 4; i++)
          for (let o = 0; o < 4; o++) expect(local.data[i * 12 + k * 4 + o]).toBe(file[o * 4 + i]);
      });
      expect(loaded.weights['embeddings/norm/gain'].data).toEqual(
        tensors['bert.embeddings.LayerNorm.gamma'].data,
      );
      expect(report.unused).toEqual(['bert.pooler.dense.weight']);
      expect(report.missing).toEqual(['the head for masked tokens']);
    },
  );

  it(
    'turns a BERT into a Longformer: positions repeated, global projections copied, token types ' +
      'broadcast, item positions seeded',
    async () => {
      const { model: loaded } = await loadModel(await bert('bert'), { pooling: 'none' });
      const turned = toRecformer(loaded, { maxTokens: 25, seed: 3 });
      expect(turned.config).toMatchObject({
        attention: 'window',
        window: 64,
        positionOffset: 1,
        positions: 26,
        tokenTypes: 4,
        itemPositions: 51,
      });
      const old = loaded.weights['embeddings/positions'].data;
      const positions = turned.weights['embeddings/positions'].data;
      for (let row = 1; row < 26; row++)
        expect([...positions.subarray(row * 4, row * 4 + 4)]).toEqual([
          ...old.subarray(((row - 1) % 10) * 4, ((row - 1) % 10) * 4 + 4),
        ]);
      const local = loaded.weights['layer0/attention/local/kernel'].data;
      for (let i = 0; i < 4; i++) {
        expect([
          ...turned.weights['layer0/attention/globalQuery/kernel'].data.subarray(i * 4, i * 4 + 4),
        ]).toEqual([...local.subarray(i * 12, i * 12 + 4)]);
        expect([
          ...turned.weights['layer0/attention/globalKeyValue/kernel'].data.subarray(i * 8, i * 8 + 8),
        ]).toEqual([...local.subarray(i * 12 + 4, i * 12 + 12)]);
      }
      const types = turned.weights['embeddings/types'].data;
      for (let row = 1; row < 4; row++)
        expect([...types.subarray(row * 4, row * 4 + 4)]).toEqual([...types.subarray(0, 4)]);
      expect(toRecformer(loaded, { seed: 3 }).weights['embeddings/itemPositions'].data).toEqual(
        turned.weights['embeddings/itemPositions'].data,
      );
      expect(toRecformer(loaded, { seed: 4 }).weights['embeddings/itemPositions'].data).not.toEqual(
        turned.weights['embeddings/itemPositions'].data,
      );
      expect(
        toRecformer(loaded, { itemPositionStart: 'zero' }).weights['embeddings/itemPositions'].data.every(
          (x) => x === 0,
        ),
      ).toBe(true);
    },
  );

  it('saves under published names and reads the same back, head included', async () => {
    await saveModel(join(folder, 'saved'), model);
    const { model: again, report } = await loadModel(join(folder, 'saved'));
    expect(again.config).toEqual(model.config);
    for (const group of ['weights', 'head'] as const) {
      for (const [name, { data }] of Object.entries(model[group]!))
        expect([name, again[group]![name].data]).toEqual([name, data]);
    }
    expect(report).toEqual({ unused: [], missing: [] });
    expect(modelFingerprint(again)).toBe(modelFingerprint(model));
  });

  it.each<[string, RegExp, (tensors: NamedHostTensors, config: Record<string, unknown>) => void]>([
    ['another width', /expected shape \[300, 8\], got \[300, 4\]/, (_, c) => (c.hidden_size = 8)],
    ['another architecture', /unknown model_type "gpt2"/, (_, c) => (c.model_type = 'gpt2')],
    ['more layers than there are', /tensors, 16 are missing/, (_, c) => (c.num_hidden_layers = 2)],
    [
      'a NaN',
      /query.weight": expected finite values, got NaN at element 5/,
      (t) => (t['bert.encoder.layer.0.attention.self.query.weight'].data[5] = NaN),
    ],
    ['heads that do not divide the width', /multiple of heads/, (_, c) => (c.num_attention_heads = 3)],
    [
      'relative positions',
      /absolute position embeddings/,
      (_, c) => (c.position_embedding_type = 'relative_key'),
    ],
    ['another activation', /hidden_act "gelu", got "relu"/, (_, c) => (c.hidden_act = 'relu')],
    [
      'no word table',
      /embeddings.word_embeddings.weight/,
      (t) => delete t['bert.embeddings.word_embeddings.weight'],
    ],
  ])('refuses %s', async (name, message, change) => {
    const path = await bert(`bad-${name.replace(/ /g, '-')}`, change);
    await expect(loadModel(path, { pooling: 'mean' })).rejects.toThrow(message);
  });

  it('refuses pickles with the way to convert, empty folders, folders that are not there', async () => {
    const path = await bert('pickle');
    await writeFile(join(path, 'pytorch_model.bin'), 'x');
    await rm(join(path, 'model.safetensors'));
    await expect(loadModel(path, { pooling: 'mean' })).rejects.toThrow(/pickle.*safe_serialization=True/);
    await rm(join(path, 'pytorch_model.bin'));
    await expect(loadModel(path, { pooling: 'mean' })).rejects.toThrow(
      /expected model.safetensors, found none/,
    );
    await expect(loadModel(join(folder, 'nowhere'))).rejects.toThrow(
      /nowhere: expected a language model's folder, got none/,
    );
    await writeFile(join(path, 'config.json'), '{"model_type": "be');
    await expect(loadModel(path)).rejects.toThrow(/incomplete/);
  });
});

describe('item tables on disk', () => {
  it(
    'encodes once, finds the table again, and never after one byte of weights, tokenizer, its settings ' +
      'or a text has changed',
    async () => {
      const path = join(folder, 'table.safetensors');
      const source = join(folder, 'encoded');
      await saveModel(
        source,
        model,
        trainBpe(
          texts.map((t) => t.title),
          300,
        ),
      );
      await writeFile(join(source, 'tokenizer_config.json'), '{"do_lowercase_and_remove_accent":0}');
      let items = texts;
      const encode = async () =>
        encodeTable(engine, (await loadModel(source)).model, items, await loadTokenizer(source), path);
      const replaced = async (name: string, from: string, to: string) =>
        writeFile(join(source, name), (await readFile(join(source, name), 'utf8')).replace(from, to));
      expect(await encode()).toMatchObject({ reused: false, encoded: 30 });
      const table = await readItemTable(path, catalogue(30));
      expect(new Set(Array.from({ length: 31 }, (_, i) => table.data[i * 8])).size).toBeGreaterThan(20);
      expect((await encode()).reused).toBe(true);
      await expect(readItemTable(path, catalogue(29))).rejects.toThrow(/expected 30 rows/);

      const changes: Record<string, () => unknown> = {
        'tokenizer.json': () => replaced('tokenizer.json', '"version":"1.0"', '"version":"1.1"'),
        'tokenizer_config.json': () => replaced('tokenizer_config.json', '0', '1'),
        'an item text': () => (items = items.map((t, i) => (i === 7 ? { ...t, brand: 'Acmf' } : t))),
        'a weight': async () => {
          const bytes = await readFile(join(source, 'model.safetensors'));
          bytes[bytes.length - 4] ^= 1;
          await writeFile(join(source, 'model.safetensors'), bytes);
        },
      };
      for (const [name, change] of Object.entries(changes)) {
        await change();
        expect((await encode()).reused, name).toBe(false);
        expect((await encode()).reused, name).toBe(true);
      }
      expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
      expect((await readFile(path)).length).toBeGreaterThan(31 * 8 * 4);
    },
  );

  it('aborts between chunks without a finished file', async () => {
    const path = join(folder, 'aborted.safetensors');
    await expect(
      encodeTable(engine, model, texts, tokenizer, path, { signal: AbortSignal.abort() }),
    ).rejects.toThrow();
    expect((await readdir(folder)).includes('aborted.safetensors')).toBe(false);
    expect((await encodeTable(engine, model, texts, tokenizer, path)).encoded).toBe(30);
  });

  it(
    'refuses vectors that are not finite, items without texts, a published Longformer without token ' +
      'types, keys of another catalogue',
    async () => {
      const path = join(folder, 'refused.safetensors');
      const bias = model.weights['layer2/forward/norm/bias'];
      const damaged = {
        ...model,
        weights: {
          ...model.weights,
          'layer2/forward/norm/bias': { ...bias, data: bias.data.slice().fill(NaN, 0, 1) },
        },
      };
      await expect(encodeTable(engine, damaged, texts, tokenizer, path)).rejects.toThrow(
        /expected finite vectors, got NaN for item 1/,
      );
      await expect(encodeTable(engine, model, [], tokenizer, path)).rejects.toThrow(/at least one item/);
      await expect(
        encodeTable(engine, { ...model, config: { ...model.config, tokenTypes: 1 } }, texts, tokenizer, path),
      ).rejects.toThrow(/1 token types.*toRecformer/);
      const keys = texts.map((_, i) => `B${i}`);
      await encodeTable(engine, model, texts, tokenizer, path, { itemKeys: keys });
      const table = await readItemTable(path, { items: 30, itemKeys: keys });
      expect(table.rows).toBe(31);
      const notices: string[] = [];
      const some = { items: 2, itemKeys: ['B7', 'B3'] };
      const aligned = await readItemTable(path, some, { onNotice: (line) => notices.push(line) });
      expect(aligned.rows).toBe(3);
      expect(aligned.data).toEqual(
        Float32Array.from([...Array(8).fill(0), ...rowOf(table, 8), ...rowOf(table, 4)] as number[]),
      );
      expect(notices).toEqual([expect.stringMatching(/2 of its 30 items are used, found by their keys$/)]);
      await expect(readItemTable(path, { items: 2, itemKeys: ['B7', 'C1'] })).rejects.toThrow(
        /got a table of others: 1 are not in it, such as "C1"/,
      );
      await expect(readItemTable(path, some, { width: 9 })).rejects.toThrow(/width 9, got 8/);
      await rm(join(folder, 'refused.items.json'));
      await expect(readItemTable(path, some)).rejects.toThrow(/refused\.items\.json: .*found none/);
      await expect(
        encodeTable(engine, model, texts, tokenizer, path, { itemKeys: keys.slice(1) }),
      ).rejects.toThrow(/keys of 30 items, got 29/);
    },
  );

  it('refuses a tokenizer with more tokens than the word table has rows', async () => {
    const narrow = { ...model, config: { ...model.config, vocabulary: tokenizer.vocabularySize - 1 } };
    await expect(
      encodeTable(engine, narrow, texts, tokenizer, join(folder, 'x.safetensors')),
    ).rejects.toThrow(/expected at most \d+ tokens/);
  });
});

describe('attention of <s> (Figure 1)', () => {
  it('is a distribution per layer and head; its statistics are shares and cosines', async () => {
    const item = (token: number) => ({
      tokens: Int32Array.of(token, token + 1, token + 2),
      types: Int32Array.of(1, 2, 2),
    });
    const sequence = sequenceInput([item(10), item(20), item(30)], 0);
    const state = engine.createState(model.weights);
    const attention = await firstTokenAttention(engine, state, model.config, sequence, 1);
    expect([attention.layers, attention.heads, attention.tokens]).toEqual([3, 2, 10]);
    for (let r = 0; r < 6; r++)
      expect(attention.data.subarray(r * 10, (r + 1) * 10).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    const statistics = attentionStatistics(attention, sequence);
    expect(statistics.strata).toEqual([[0], [1], [2]]);
    const firstShare =
      [0, 1].reduce(
        (s, h) => s + [1, 4, 7].reduce((t, i) => t + attention.data[(1 * 2 + h) * 10 + i], 0),
        0,
      ) / 2;
    expect(statistics.firstTokenShare[1]).toBeCloseTo(firstShare, 6);
    const onStart = (attention.data[40] + attention.data[50]) / 2;
    expect(statistics.recencyShare.reduce((a, b) => a + b)).toBeCloseTo(1 - onStart, 5);
    expect(statistics.similarityBetween.every(({ similarity }) => similarity > 0 && similarity <= 1)).toBe(
      true,
    );
    state.dispose();
  });
});
