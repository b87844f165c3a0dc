/**
 * Parity with Hugging Face: set ELEPHANT_PYTHON (torch, transformers, safetensors), ELEPHANT_MINILM (model
 * folder), ELEPHANT_DATA.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type NamedHostTensors } from '../../lib/src/engine';
import { readSafetensors } from '../../lib/src/engine/safetensors/safetensors';
import { SequenceEncoder } from '../../lib/src/models/encoder/sequenceEncoder';
import { itemInputs } from '../../lib/src/models/itemTables';
import type { LanguageModel } from '../../lib/src/models/languageModel';
import { loadModel } from '../../lib/src/models/published/loadModel';
import { saveModel } from '../../lib/src/models/published/saveModel';
import { toRecformer } from '../../lib/src/models/published/toRecformer';
import { createRandom } from '../../lib/src/random';
import { loadTokenizer, tokenizerFromJson } from '../../lib/src/text/tokenizer';
import { trainBpe } from '../../lib/src/text/trainBpe';
import { compareEncoder, drawSequences, largest } from './compareEncoder';
import { python, startPython, type PythonServer } from './python';
import { freshFolder } from '../support/folders';

const minilm = process.env.ELEPHANT_MINILM;
const data = process.env.ELEPHANT_DATA;
if (!python)
  console.log(
    'skipped: parity with Hugging Face needs ELEPHANT_PYTHON (a python with torch, transformers, ' +
      'safetensors)',
  );
if (python && !minilm) console.log('skipped: parity of MiniLM needs ELEPHANT_MINILM (a model folder)');

const folders: string[] = [];
let engine: Engine;
let huggingFace: PythonServer | undefined;
beforeAll(async () => {
  engine = await createEngine({ threads: 2 });
});
afterAll(async () => {
  huggingFace?.stop();
  await engine.dispose();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

async function ask(folder: string, request: object): Promise<void> {
  await writeFile(join(folder, 'request.json'), JSON.stringify(request));
  huggingFace ??= startPython('language_model.py');
  await huggingFace.ask(folder);
}

async function newFolder(): Promise<string> {
  const folder = freshFolder();
  folders.push(folder);
  return folder;
}

/** The same model with the files that sentence-transformers writes from version 5.4 on. */
async function newerForm(model: string): Promise<string> {
  const folder = await newFolder();
  for (const name of ['config.json', 'model.safetensors', 'tokenizer.json'])
    await symlink(join(model, name), join(folder, name));
  const modules = [
    ['', 'sentence_transformers.base.modules.transformer.Transformer'],
    ['pooling', 'sentence_transformers.sentence_transformer.modules.pooling.Pooling'],
    ['2_Normalize', 'sentence_transformers.base.modules.normalize.Normalize'],
  ].map(([path, type]) => ({ path, type }));
  await writeFile(join(folder, 'modules.json'), JSON.stringify(modules));
  await mkdir(join(folder, 'pooling'));
  await writeFile(
    join(folder, 'pooling', 'config.json'),
    '{"embedding_dimension":384,"pooling_mode":"mean"}',
  );
  return folder;
}

/** Real titles where the data is there, else invented ones with everything that hurts. */
function titles(count: number): string[] {
  const path = data && join(data, 'meta_Beauty.json.gz');
  const hard = [
    '',
    ' two  spaces ',
    'naïve café 🧴',
    'שלום עולם',
    '洗发水 500ml',
    '<b>A&amp;B</b>',
    'a\u0001b',
    "don't",
    'x'.repeat(300),
    'L\u2019Or\u00e9al',
  ];
  if (!path || !existsSync(path)) {
    console.log('ELEPHANT_DATA without meta_Beauty.json.gz: invented titles');
    return hard;
  }
  const lines = gunzipSync(readFileSync(path)).toString().trim().split('\n').slice(0, count);
  return [...hard, ...lines.map((line) => (JSON.parse(line) as { title?: string }).title ?? '')];
}

/** config.json of a small encoder; the first positions, up to the padding id, are no text's. */
const SMALL = {
  num_hidden_layers: 3,
  num_attention_heads: 4,
  hidden_size: 32,
  intermediate_size: 48,
  vocab_size: 90,
  max_position_embeddings: 66,
  type_vocab_size: 1,
  layer_norm_eps: 1e-5,
  pad_token_id: 1,
  bos_token_id: 0,
  eos_token_id: 2,
  initializer_range: 0.2,
};

/** Older files hold besides a pooler, position ids and the tied decoder: they are read as the same model. */
async function expectOlderFile(folder: string, model: LanguageModel, prefix: string): Promise<void> {
  await ask(folder, { task: 'older_file', prefix });
  const { model: older, report } = await loadModel(join(folder, 'older'), { pooling: 'none' });
  expect([...report.unused].sort()).toEqual([
    'lm_head.bias',
    ...['embeddings.position_ids', 'pooler.dense.bias', 'pooler.dense.weight'].map(
      (name) => `${prefix}.${name}`,
    ),
  ]);
  expect(report.missing).toEqual([]);
  expect(older.config).toEqual(model.config);
  expectSameWeights(older.weights, model.weights);
  expectSameWeights(older.head!, model.head!);
}

function expectSameWeights(got: NamedHostTensors, expected: NamedHostTensors): void {
  expect(Object.keys(got).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, { data: values }] of Object.entries(got)) {
    const other = expected[name].data;
    expect([
      name,
      Buffer.compare(
        Buffer.from(values.buffer, values.byteOffset, values.byteLength),
        Buffer.from(other.buffer, other.byteOffset, other.byteLength),
      ),
    ]).toEqual([name, 0]);
  }
}

describe.skipIf(!python)('parity with Hugging Face', () => {
  it('random Longformer: hidden states, attention of <s>, loss and gradients, dense and banded', async () => {
    const folder = await newFolder();
    await ask(folder, {
      task: 'random_model',
      class: 'LongformerForMaskedLM',
      config: { ...SMALL, max_position_embeddings: 200, attention_window: [16, 16, 16] },
    });
    const { model, report } = await loadModel(join(folder, 'model'));
    expect(report.unused.filter((name) => !/position_ids|decoder\.bias/.test(name))).toEqual([]);
    for (const form of ['dense', 'banded'] as const)
      await compareEncoder({ engine, ask, folder, model, lengths: [40, 7, 1, 97, 64], form });
  });

  it('RobertaModel: names without prefix, no head, positions from the padding id on', async () => {
    const folder = await newFolder();
    await ask(folder, { task: 'random_model', class: 'RobertaModel', config: { ...SMALL, pad_token_id: 3 } });
    const { model, report } = await loadModel(join(folder, 'model'), { pooling: 'none' });
    expect([model.config.attention, model.config.positionOffset, model.padToken, model.head]).toEqual([
      'full',
      4,
      3,
      undefined,
    ]);
    expect(report).toEqual({
      unused: ['pooler.dense.bias', 'pooler.dense.weight'],
      missing: ['the head for masked tokens'],
    });
    await compareEncoder({ engine, ask, folder, model, lengths: [40, 7, 1, 62, 33] });
  });

  it('RobertaForMaskedLM: names with prefix, a head tied to the words', async () => {
    const folder = await newFolder();
    await ask(folder, { task: 'random_model', class: 'RobertaForMaskedLM', config: SMALL });
    const { model, report } = await loadModel(join(folder, 'model'), { pooling: 'none' });
    expect(report).toEqual({ unused: [], missing: ['lm_head.decoder.weight'] });
    await compareEncoder({ engine, ask, folder, model, lengths: [40, 7, 1, 64, 33] });
    await expectOlderFile(folder, model, 'roberta');
  });

  it('a head that is not tied: its decoder has a bias of its own, and lm_head.bias is unused', async () => {
    const folder = await newFolder();
    await ask(folder, {
      task: 'random_model',
      class: 'RobertaForMaskedLM',
      config: { ...SMALL, tie_word_embeddings: false },
    });
    const { model, report } = await loadModel(join(folder, 'model'), { pooling: 'none' });
    expect(report).toEqual({ unused: ['lm_head.bias'], missing: [] });
    await compareEncoder({ engine, ask, folder, model, lengths: [40, 7] });
  });

  it('DistilBERT and MPNet: other names, no token types; relative positions, near and far', async () => {
    for (const [name, config] of [
      ['DistilBertModel', { n_layers: 3, n_heads: 4, dim: 32, hidden_dim: 48 }],
      ['MPNetModel', SMALL],
    ] as const) {
      const folder = await newFolder();
      const sizes = { vocab_size: 90, max_position_embeddings: 302, initializer_range: 0.2 };
      await ask(folder, { task: 'random_model', class: name, config: { ...config, ...sizes } });
      const { model } = await loadModel(join(folder, 'model'), { pooling: 'none' });
      await compareEncoder({ engine, ask, folder, model, lengths: [40, 7, 1, 300, 150] });
    }
  });

  it('Longformer as published (window 512, 4,096 tokens): short texts and window edges', async () => {
    const folder = await newFolder();
    await ask(folder, {
      task: 'random_model',
      class: 'LongformerForMaskedLM',
      config: {
        ...SMALL,
        num_hidden_layers: 2,
        max_position_embeddings: 4098,
        attention_window: [512, 512],
        sep_token_id: 2,
      },
    });
    const { model, report } = await loadModel(join(folder, 'model'));
    expect([model.config.window, model.config.positions, model.config.positionOffset]).toEqual([
      512, 4098, 2,
    ]);
    expect(report).toEqual({ unused: [], missing: ['lm_head.decoder.weight'] });
    await expectOlderFile(folder, model, 'longformer');

    // transformers pads these to 512.
    for (const form of ['dense', 'banded'] as const)
      await compareEncoder({ engine, ask, folder, model, lengths: [40, 7, 1], form });
    const lengths = [1100, 513, 258];
    await compareEncoder({ engine, ask, folder, model, lengths });
    const { hidden } = await compareEncoder({ engine, ask, folder, model, lengths, form: 'banded' });

    // The encoder of item tables, which takes <s> alone in the last layer; and as a check of the check, a
    // window one token shorter on each side.
    const [n, d] = hidden.shape.slice(1);
    const difference = async (window: number): Promise<number> => {
      const state = engine.createState(model.weights);
      const sequenceEncoder = new SequenceEncoder(engine, state, { ...model.config, window }, model);
      const vectors = await sequenceEncoder.encode(drawSequences(model, lengths));
      await sequenceEncoder.dispose();
      state.dispose();
      return Math.max(
        ...lengths.map((_, i) =>
          largest(vectors.subarray(i * d, (i + 1) * d), hidden.data.slice(i * n * d, i * n * d + d)),
        ),
      );
    };
    expect(await difference(512)).toBeLessThan(1e-4);
    expect(await difference(510)).toBeGreaterThan(5e-4);
  });

  it(
    'RoBERTa turned Longformer: the weights that the conversion of its authors makes, to the bit, and ' +
      'the same results',
    async () => {
      const [from, folder] = [await newFolder(), await newFolder()];
      await ask(from, { task: 'random_model', class: 'RobertaForMaskedLM', config: SMALL });
      const { model: roberta } = await loadModel(join(from, 'model'), { pooling: 'none' });
      const ours = toRecformer(roberta, { window: 16, maxTokens: 3 * 64, tokenTypes: 1, itemPositions: 0 });
      await ask(folder, { task: 'roberta_to_longformer', from: join(from, 'model'), window: 16, repeats: 3 });
      const { model: theirs } = await loadModel(join(folder, 'model'));
      expect(ours.config).toEqual(theirs.config);
      expectSameWeights(ours.weights, theirs.weights);
      expectSameWeights(ours.head!, theirs.head!);
      await compareEncoder({ engine, ask, folder, model: ours, lengths: [150, 7, 65] });
    },
  );

  it('our BPE tokenizer.json is read by tokenizers and gives the same tokens', async () => {
    const folder = await newFolder();
    const texts = titles(500);
    const json = trainBpe(texts, 700);
    await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(json));
    await ask(folder, { task: 'tokenizer', texts });
    const tokenizer = await tokenizerFromJson(json);
    expect(texts.map((text) => tokenizer.encode(text))).toEqual(
      JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8')),
    );
  });

  it.skipIf(!minilm)(
    'MiniLM: tokens of 2,000 titles, sentence vectors',
    async () => {
      const folder = await newFolder();
      const texts = titles(2000);
      await ask(folder, { task: 'minilm', model: minilm, texts, encode: 60 });
      const tokenizer = await loadTokenizer(minilm as string);
      expect(texts.map((text) => tokenizer.encode(text))).toEqual(
        JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8')),
      );
      const { model } = await loadModel(await newerForm(minilm as string));
      const state = engine.createState(model.weights);
      const sequenceEncoder = new SequenceEncoder(engine, state, model.config, model);
      const items = texts.slice(0, 60).map((title) => ({ title, brand: '', category: '' }));
      const { sequences } = itemInputs(items, tokenizer, model, 128);
      const vectors = await sequenceEncoder.encode(sequences);
      const { tensors } = await readSafetensors(join(folder, 'output.safetensors'));
      expect(largest(vectors, tensors.vectors.data)).toBeLessThan(1e-4);
    },
    180_000,
  );

  it.skipIf(!minilm)(
    'MiniLM turned Longformer: LongformerForMaskedLM opens our folder and computes the same',
    async () => {
      const folder = await newFolder();
      const { model } = await loadModel(minilm as string);
      const random = createRandom(4);
      const small = toRecformer(
        {
          ...model,
          config: { ...model.config, layers: 2 },
          weights: Object.fromEntries(
            Object.entries(model.weights).filter(([name]) => !/^layer[2-9]/.test(name)),
          ),
        },
        { maxTokens: 200, itemPositions: 0 },
      );
      const { initialLanguageHead } = await import('../../lib/src/models/encoder/parameters');
      const whole = { ...small, head: initialLanguageHead(small.config, random) };
      await saveModel(join(folder, 'model'), whole);
      const { model: again } = await loadModel(join(folder, 'model'));
      expectSameWeights(again.weights, whole.weights);
      await compareEncoder({ engine, ask, folder, model: again, lengths: [70, 20], cls: 101 });
    },
    180_000,
  );
});
