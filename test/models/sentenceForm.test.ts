/**
 * What a model's folder says of its sentence vectors, in every form that sentence-transformers has written,
 * and what is refused by name. Weights are made here: an encoder of one layer.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createEngine } from '../../lib/src/engine';
import { writeSafetensors } from '../../lib/src/engine/safetensors/safetensors';
import type { NamedHostTensors } from '../../lib/src/engine/types';
import type { EncoderConfig } from '../../lib/src/models/encoder/config';
import { encoderShapes } from '../../lib/src/models/encoder/parameters';
import { relativeBucket } from '../../lib/src/models/encoder/relativeBias';
import { encodeTable, itemInputs, readItemTable } from '../../lib/src/models/itemTables';
import { loadModel, toRecformer } from '../../lib/src/models/published';
import { encoderPlaces } from '../../lib/src/models/published/weightNames';
import { createRandom } from '../../lib/src/random';
import { loadTokenizer, tokenizerFromJson, trainBpe } from '../../lib/src/text';
import { freshFolder } from '../support/folders';

const folder = freshFolder();

const TOKENIZER = trainBpe(['comb soap shampoo title'], 300);
const CONFIG: EncoderConfig = {
  attention: 'full',
  layers: 1,
  heads: 2,
  hidden: 4,
  intermediate: 6,
  vocabulary: 320,
  positions: 40,
  positionOffset: 0,
  tokenTypes: 2,
  itemPositions: 0,
  window: 0,
  normEps: 1e-12,
  hiddenDropout: 0,
  attentionDropout: 0,
  initializerStd: 1,
};
const BERT = {
  model_type: 'bert',
  num_hidden_layers: 1,
  num_attention_heads: 2,
  hidden_size: 4,
  intermediate_size: 6,
  vocab_size: 320,
  max_position_embeddings: 40,
  pad_token_id: 1,
};
const texts = ['comb', 'soap and a comb', 'soap '.repeat(60)].map((title) => ({
  title,
  brand: '',
  category: '',
}));

/** A folder with a plain encoder, and files by name; `at`: the folder of the encoder within it. */
async function modelFolder(name: string, files: Record<string, unknown> = {}, at = ''): Promise<string> {
  const path = join(folder, name);
  mkdirSync(join(path, at), { recursive: true });
  const random = createRandom(5);
  const shapes = encoderShapes(CONFIG);
  const tensors: NamedHostTensors = {};
  for (const { file, name: ours, transposed, columns } of encoderPlaces(CONFIG)) {
    const [from, to] = columns ?? [0, shapes[ours].at(-1)!];
    const shape = transposed ? [to - from, shapes[ours][0]] : [...shapes[ours].slice(0, -1), to - from];
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal());
    tensors[file] = { shape, dtype: 'float32', data };
  }
  await writeSafetensors(join(path, at, 'model.safetensors'), tensors);
  const all = { [join(at, 'config.json')]: BERT, [join(at, 'tokenizer.json')]: TOKENIZER, ...files };
  for (const [file, content] of Object.entries(all)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), JSON.stringify(content));
  }
  return path;
}

const OLD = 'sentence_transformers.models';
const NEW = 'sentence_transformers.sentence_transformer.modules';
const modules = (...parts: [type: string, path: string][]): Record<string, unknown> => ({
  'modules.json': parts.map(([type, path], idx) => ({ idx, name: `${idx}`, path, type })),
});
const old = (pooling: object, ...more: [type: string, path: string][]): Record<string, unknown> => ({
  ...modules([`${OLD}.Transformer`, ''], [`${OLD}.Pooling`, '1_Pooling'], ...more),
  '1_Pooling/config.json': pooling,
});

let count = 0;
const loaded = async (files: Record<string, unknown>, options = {}, at = '') =>
  (await loadModel(await modelFolder(`m${count++}`, files, at), options)).model;

describe('poolings', () => {
  test.each<[string, Record<string, unknown>, 'mean' | 'first', boolean]>([
    [
      'keys that are true or false',
      old({ pooling_mode_cls_token: false, pooling_mode_mean_tokens: true }, [
        `${OLD}.Normalize`,
        '2_Normalize',
      ]),
      'mean',
      true,
    ],
    [
      'the first token',
      old({ pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }),
      'first',
      false,
    ],
    ['keys without one that is true', old({ word_embedding_dimension: 4 }), 'mean', false],
    [
      'one word, types of version 5.4, a folder of another name',
      {
        ...modules(
          ['sentence_transformers.base.modules.transformer.Transformer', ''],
          [`${NEW}.pooling.Pooling`, 'pool'],
          ['sentence_transformers.base.modules.normalize.Normalize', '2_Normalize'],
        ),
        'pool/config.json': { embedding_dimension: 4, pooling_mode: 'mean', include_prompt: true },
      },
      'mean',
      true,
    ],
    ['one word: cls', old({ pooling_mode: 'cls' }, [`${NEW}.normalize.Normalize`, '2']), 'first', true],
    ['one word in capitals', old({ pooling_mode: 'CLS' }), 'first', false],
    ['a list of one', old({ pooling_mode: ['mean'] }), 'mean', false],
    [
      'no modules.json, but folders of modules',
      { '1_Pooling/config.json': { pooling_mode: 'mean' }, '2_Normalize/x': {} },
      'mean',
      true,
    ],
    ['no modules.json', { '1_Pooling/config.json': { pooling_mode_cls_token: true } }, 'first', false],
  ])('%s', async (_, files, pooling, normalise) => {
    expect(await loaded(files)).toMatchObject({ pooling, normalise });
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      'max',
      old({ pooling_mode_mean_tokens: false, pooling_mode_max_tokens: true }),
      /mean and cls.*got max\. .*--pooling/,
    ],
    ['weighted mean', old({ pooling_mode_weightedmean_tokens: true }), /got weightedmean/],
    ['last token', old({ pooling_mode: 'lasttoken' }), /got lasttoken/],
    ['two at once', old({ pooling_mode: ['cls', 'mean'] }), /got cls and mean/],
    ['two keys', old({ pooling_mode_cls_token: true, pooling_mode_mean_tokens: true }), /got cls and mean/],
    ['one that nobody knows', old({ pooling_mode_median_tokens: true }), /got pooling_mode_median_tokens/],
    ['none at all', old({ pooling_mode_mean_tokens: false }), /poolings mean and cls .*, got none/],
    ['an empty list', old({ pooling_mode: [] }), /got none/],
    ['a word of JavaScript', old({ pooling_mode: 'constructor' }), /got constructor/],
    [
      'a number for true',
      old({ pooling_mode_cls_token: 1 }),
      /config\.json: expected true or false as pooling_mode_cls_token, got 1/,
    ],
    ['text for true', old({ pooling_mode_cls_token: 'true' }), /got "true"/],
    [
      'a length as text',
      { ...old({ pooling_mode: 'mean' }), 'sentence_bert_config.json': { max_seq_length: '128' } },
      /sentence_bert_config\.json: expected a whole number of at least 3 as max_seq_length, got "128"/,
    ],
    [
      'a length below any text',
      { ...old({ pooling_mode: 'mean' }), 'sentence_bert_config.json': { max_seq_length: 0 } },
      /max_seq_length, got 0/,
    ],
    [
      'lower case as text',
      { ...old({ pooling_mode: 'mean' }), 'sentence_bert_config.json': { do_lower_case: 'yes' } },
      /expected true or false as do_lower_case, got "yes"/,
    ],
    ['a prompt left out', old({ pooling_mode: 'mean', include_prompt: false }), /include_prompt false/],
    [
      'Dense',
      old({ pooling_mode: 'mean' }, [`${OLD}.Dense`, '2_Dense']),
      /modules\.json: .*got .*models\.Dense/,
    ],
    [
      'Normalize before the pooling',
      modules([`${OLD}.Transformer`, ''], [`${OLD}.Normalize`, ''], [`${OLD}.Pooling`, '1']),
      /got Transformer, Normalize, Pooling/,
    ],
    [
      'Dense without modules.json',
      { '1_Pooling/config.json': { pooling_mode: 'mean' }, '2_Dense/config.json': {} },
      /expected the modules .*got Transformer, Pooling, Dense/,
    ],
    ['a decoder', { 'config.json': { ...BERT, is_decoder: true } }, /config\.json: expected an encoder/],
    ['a module of its own code', modules(['custom.Transformer', '']), /got custom\.Transformer/],
    ['a folder outside', modules([`${OLD}.Transformer`, '../..']), /within this one/],
    ['no object', { 'modules.json': {} }, /modules\.json: expected an array/],
    [
      'a pooling that is not there',
      modules([`${OLD}.Transformer`, ''], [`${OLD}.Pooling`, '1_P']),
      /1_P.config\.json/,
    ],
    ['none of these files', {}, /expected modules\.json.*--pooling mean.*--pooling first/],
  ])('refuses %s', async (_, files, message) => {
    await expect(loaded(files)).rejects.toThrow(message);
  });

  test("an explicit form overrides the folder's, and a model that makes no vectors needs none", async () => {
    expect(await loaded({}, { pooling: 'mean' })).toMatchObject({ pooling: 'mean', normalise: false });
    expect(await loaded(old({ pooling_mode: 'max' }), { pooling: 'first' })).toMatchObject({
      pooling: 'first',
    });
    const bare = await loaded(old({ pooling_mode: 'max' }), { pooling: 'none' });
    expect(toRecformer(bare)).toMatchObject({ pooling: 'first', normalise: false });
  });

  test('a byte order mark is no damage; a file in the place of the folder is named', async () => {
    const path = await modelFolder('marked', old({ pooling_mode: 'cls' }));
    const file = join(path, '1_Pooling', 'config.json');
    writeFileSync(file, `\ufeff${readFileSync(file, 'utf8')}`);
    expect((await loadModel(path)).model.pooling).toBe('first');
    await expect(loadModel(file)).rejects.toThrow(/expected a language model's folder, got a file/);
    await expect(loadModel(join(path, 'none'))).rejects.toThrow(/language model's folder, got none/);
  });

  test('an encoder in a folder of its own', async () => {
    const files = modules([`${OLD}.Transformer`, '0_Transformer'], [`${OLD}.Pooling`, '1_Pooling']);
    const pooling = { '1_Pooling/config.json': { pooling_mode_cls_token: true } };
    expect(await loaded({ ...files, ...pooling }, {}, '0_Transformer')).toMatchObject({ pooling: 'first' });
  });
});

describe('length, case and prompt of a text', () => {
  const mean = old({ pooling_mode: 'mean' });

  test.each<[string, Record<string, unknown>, number | undefined, number]>([
    ['max_seq_length', { 'sentence_bert_config.json': { max_seq_length: 12 } }, undefined, 12],
    ['of a RoBERTa', { 'sentence_roberta_config.json': { max_seq_length: 13 } }, undefined, 13],
    ["the tokenizer's", { 'tokenizer_config.json': { model_max_length: 14 } }, undefined, 14],
    [
      'both',
      {
        'sentence_bert_config.json': { max_seq_length: 12 },
        'tokenizer_config.json': { model_max_length: 9 },
      },
      undefined,
      12,
    ],
    ['more than the model reads', { 'sentence_bert_config.json': { max_seq_length: 500 } }, undefined, 40],
    [
      'no length of its own',
      { 'sentence_bert_config.json': { max_seq_length: null, do_lower_case: null } },
      undefined,
      40,
    ],
    ['no limit', { 'tokenizer_config.json': { model_max_length: 1e30 } }, undefined, 40],
    ['as asked', { 'sentence_bert_config.json': { max_seq_length: 12 } }, 20, 20],
  ])('%s', async (_, files, asked, length) => {
    const model = await loaded({ ...mean, ...files });
    const { sequences, cut, limit } = itemInputs(texts, await tokenizerFromJson(TOKENIZER), model, asked);
    expect(sequences.map(({ tokens }) => tokens.length)[2]).toBe(length);
    expect([cut, limit]).toEqual([1 + Number(sequences[1].tokens.length === length), `${length} tokens`]);
  });

  test('more than the model can read is refused', async () => {
    const model = await loaded(mean);
    const tokenizer = await tokenizerFromJson(TOKENIZER);
    expect(() => itemInputs(texts, tokenizer, model, 41)).toThrow(/expected 3 to 40.*got 41/);
  });

  test('lower case and the prompt that is usual', async () => {
    const model = await loaded({
      ...mean,
      'sentence_bert_config.json': { max_seq_length: 40, do_lower_case: true },
      'config_sentence_transformers.json': { prompts: { q: 'A: ' }, default_prompt_name: 'q' },
    });
    const tokenizer = await tokenizerFromJson(TOKENIZER);
    const [{ tokens }] = itemInputs([{ title: 'COMB', brand: '', category: '' }], tokenizer, model).sequences;
    expect([...tokens].slice(1, -1)).toEqual(tokenizer.encode('a: comb'));
  });
});

test('the vectors: mean, first token, normalised; a table of each is of its own', async () => {
  const engine = await createEngine({ threads: 1 });
  try {
    const rows: Record<string, Float32Array> = {};
    for (const [name, files] of Object.entries({
      mean: old({ pooling_mode: 'mean' }),
      unit: old({ pooling_mode: 'mean' }, [`${OLD}.Normalize`, '2_Normalize']),
      first: old({ pooling_mode: 'cls' }),
    })) {
      const path = await modelFolder(`vectors-${name}`, files);
      const out = join(folder, 'table.safetensors');
      const { model } = await loadModel(path);
      expect((await encodeTable(engine, model, texts, await loadTokenizer(path), out)).reused).toBe(false);
      rows[name] = (await readItemTable(out, { items: 3, itemKeys: ['a', 'b', 'c'] })).data.subarray(4, 8);
    }
    const length = Math.hypot(...rows.mean);
    rows.unit.forEach((x, i) => expect(x).toBeCloseTo(rows.mean[i] / length, 6));
    expect(Math.abs(rows.first[0] - rows.mean[0])).toBeGreaterThan(1e-3);
  } finally {
    await engine.dispose();
  }
});

test("MPNet's buckets of relative positions are those of transformers", () => {
  // transformers 5, MPNetEncoder.relative_position_bucket of key minus query.
  const theirs = [
    [-300, 15],
    [-128, 15],
    [-91, 15],
    [-90, 14],
    [-64, 14],
    [-63, 13],
    [-32, 12],
    [-16, 10],
    [-8, 8],
    [-7, 7],
    [0, 0],
    [1, 17],
    [7, 23],
    [8, 24],
    [11, 24],
    [12, 25],
    [16, 26],
    [31, 27],
    [32, 28],
    [64, 30],
    [127, 31],
  ];
  expect(theirs.map(([distance]) => relativeBucket(distance, 32))).toEqual(
    theirs.map(([, bucket]) => bucket),
  );
});
