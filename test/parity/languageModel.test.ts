/** Parity with Hugging Face: set ELEPHANT_PYTHON (torch, transformers, safetensors), ELEPHANT_MINILM (model folder), ELEPHANT_DATA. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../lib/src/engine';
import { readSafetensors } from '../../lib/src/engine/safetensors';
import { SequenceEncoder } from '../../lib/src/models/encoder/sequenceEncoder';
import { loadModel } from '../../lib/src/models/longformer/loadModel';
import { saveModel } from '../../lib/src/models/longformer/saveModel';
import { toRecformer } from '../../lib/src/models/longformer/toRecformer';
import { createRandom } from '../../lib/src/random';
import { loadTokenizer, tokenizerFromJson } from '../../lib/src/text/tokenizer';
import { trainBpe } from '../../lib/src/text/trainBpe';
import { compareEncoder, largest } from './compareEncoder';
import { python, startPython, type PythonServer } from './python';

const minilm = process.env.ELEPHANT_MINILM;
const data = process.env.ELEPHANT_DATA;
if (!python) console.log('skipped: parity with Hugging Face needs ELEPHANT_PYTHON (a python with torch, transformers, safetensors)');
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
  const folder = await mkdtemp(join(tmpdir(), 'parity-'));
  folders.push(folder);
  return folder;
}

/** Real titles where the data is there, else invented ones with everything that hurts. */
function titles(count: number): string[] {
  const path = data && join(data, 'meta_Beauty.json.gz');
  const hard = ['', ' two  spaces ', 'naïve café 🧴', 'שלום עולם', '洗发水 500ml', '<b>A&amp;B</b>', 'a\u0001b', "don't", 'x'.repeat(300), 'L\u2019Or\u00e9al'];
  if (!path || !existsSync(path)) {
    console.log('ELEPHANT_DATA without meta_Beauty.json.gz: invented titles');
    return hard;
  }
  const lines = gunzipSync(readFileSync(path)).toString().trim().split('\n').slice(0, count);
  return [...hard, ...lines.map((line) => (JSON.parse(line) as { title?: string }).title ?? '')];
}

describe.skipIf(!python)('parity with Hugging Face', () => {
  it('random Longformer: hidden states, attention of <s>, loss and gradients, dense and banded', async () => {
    const folder = await newFolder();
    await ask(folder, { task: 'random_longformer' });
    const { model, report } = await loadModel(join(folder, 'model'));
    expect(report.unused.filter((name) => !/position_ids|decoder\.bias/.test(name))).toEqual([]);
    for (const form of ['dense', 'banded'] as const) await compareEncoder({ engine, ask, folder, model, lengths: [40, 7, 1, 97, 64], form });
  });

  it('our BPE tokenizer.json is read by tokenizers and gives the same tokens', async () => {
    const folder = await newFolder();
    const texts = titles(500);
    const json = trainBpe(texts, 700);
    await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(json));
    await ask(folder, { task: 'tokenizer', texts });
    const tokenizer = await tokenizerFromJson(json);
    expect(texts.map((text) => tokenizer.encode(text))).toEqual(JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8')));
  });

  it.skipIf(!minilm)('MiniLM: tokens of 2,000 titles, sentence vectors', async () => {
    const folder = await newFolder();
    const texts = titles(2000);
    await ask(folder, { task: 'minilm', model: minilm, texts, encode: 60 });
    const tokenizer = await loadTokenizer(minilm as string);
    expect(texts.map((text) => tokenizer.encode(text))).toEqual(JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8')));
    const { model } = await loadModel(minilm as string);
    const state = engine.createState(model.weights);
    const sequenceEncoder = new SequenceEncoder(engine, state, model.config, model);
    const { cls, sep } = tokenizer.special;
    const vectors = await sequenceEncoder.encode(texts.slice(0, 60).map((text) => ({ tokens: Int32Array.from([cls, ...tokenizer.encode(text).slice(0, 126), sep]) })));
    const { tensors } = await readSafetensors(join(folder, 'output.safetensors'));
    expect(largest(vectors, tensors.vectors.data)).toBeLessThan(1e-4);
  }, 180_000);

  it.skipIf(!minilm)('MiniLM turned Longformer: LongformerForMaskedLM opens our folder and computes the same', async () => {
    const folder = await newFolder();
    const { model } = await loadModel(minilm as string);
    const random = createRandom(4);
    const small = toRecformer({ ...model, config: { ...model.config, layers: 2 }, weights: Object.fromEntries(Object.entries(model.weights).filter(([name]) => !/^layer[2-9]/.test(name))) }, { maxTokens: 200 });
    const { initialLanguageHead } = await import('../../lib/src/models/encoder/parameters');
    const whole = { ...small, head: initialLanguageHead(small.config, random), config: { ...small.config, itemPositions: 0 } };
    await saveModel(join(folder, 'model'), whole);
    const { model: again } = await loadModel(join(folder, 'model'));
    for (const [name, { data: values }] of Object.entries(again.weights)) expect([name, Buffer.compare(Buffer.from(values.buffer), Buffer.from(whole.weights[name].data.buffer))]).toEqual([name, 0]);
    await compareEncoder({ engine, ask, folder, model: again, lengths: [70, 20], cls: 101 });
  }, 180_000);
});
