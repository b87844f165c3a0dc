/** Parity with Hugging Face: set ELEPHANT_PYTHON (torch, transformers, safetensors), ELEPHANT_MINILM (model folder), ELEPHANT_DATA. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type NamedHostTensors } from '../../lib/src/engine';
import { sgd } from '../../lib/src/engine/optimizers';
import { readSafetensors, writeSafetensors } from '../../lib/src/engine/safetensors';
import { encoder } from '../../lib/src/models/encoder/encoder';
import { encoderSpecs, packBatch, packRows } from '../../lib/src/models/encoder/packing';
import { SequenceEncoder } from '../../lib/src/models/encoder/sequenceEncoder';
import { type LanguageModel, loadModel } from '../../lib/src/models/longformer/loadModel';
import { publishedWeights, saveModel } from '../../lib/src/models/longformer/saveModel';
import { toRecformer } from '../../lib/src/models/longformer/toRecformer';
import { pretrainingProgram } from '../../lib/src/models/recformer/pretrainingProgram';
import { createRandom } from '../../lib/src/random';
import { loadTokenizer, tokenizerFromJson } from '../../lib/src/text/tokenizer';
import { trainBpe } from '../../lib/src/text/trainBpe';
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

function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]));
  return worst;
}

/** Hidden states, attention of the first token, MLM loss and gradients: ours against LongformerForMaskedLM on the same file. */
async function compareLongformer(folder: string, model: LanguageModel, lengths: number[], form: 'dense' | 'banded', cls = 0): Promise<void> {
  const random = createRandom(1);
  const { config, head, padToken } = model;
  const d = config.hidden;
  const sequences = lengths.map((length) => ({ tokens: Int32Array.from({ length }, (_, i) => (i === 0 ? cls : 5 + random.integer(config.vocabulary - 5))) }));
  const n = Math.max(...lengths);
  const labelled = sequences.map(({ tokens }) => [1, Math.floor(tokens.length / 2), tokens.length - 1].filter((p, i, all) => p < tokens.length && all.indexOf(p) === i));
  const table = (fill: number, put: (row: Int32Array, i: number) => void) => {
    const all = new Int32Array(lengths.length * n).fill(fill);
    sequences.forEach((_, i) => put(all.subarray(i * n, (i + 1) * n), i));
    return { shape: [lengths.length, n], dtype: 'int32' as const, data: all };
  };
  await writeSafetensors(join(folder, 'input.safetensors'), {
    tokens: table(padToken, (row, i) => row.set(sequences[i].tokens)),
    mask: table(0, (row, i) => row.fill(1, 0, lengths[i])),
    labels: table(-100, (row, i) => labelled[i].forEach((p) => (row[p] = sequences[i].tokens[p]))),
  });
  await ask(folder, { task: 'longformer' });
  const { tensors: theirs } = await readSafetensors(join(folder, 'output.safetensors'));

  const rowLength = Math.ceil(n / 32) * 32 * (form === 'banded' ? 2 : 1);
  const rows = packRows(lengths, rowLength, 3);
  const shape = { rows: rows.length, rowLength, slots: 3 };
  const batch = packBatch(config, shape, rows, sequences, padToken);
  const state = engine.createState({ ...model.weights, ...head });
  const forward = await engine.compile({
    name: 'hidden states', inputs: encoderSpecs(config, shape),
    outputs: (params, inputs, context) => {
      const { hidden, attentions } = encoder(params, inputs, context, config, shape, { form });
      return { hidden: hidden!, ...Object.fromEntries(attentions.map((a, i) => [`attention${i}`, a])) };
    },
  }, state);
  const ours = await forward.run(batch.feeds);
  sequences.forEach((_, i) => {
    const mine = ours.hidden.data.slice(batch.starts[i] * d, (batch.starts[i] + lengths[i]) * d);
    expect(largest(mine, theirs.hidden.data.slice(i * n * d, (i * n + lengths[i]) * d))).toBeLessThan(1e-4);
    const [row, slot] = [Math.floor(batch.places[i] / 3), batch.places[i] % 3];
    for (let layer = 0; layer < config.layers; layer++) {
      for (let h = 0; h < config.heads; h++) {
        const at = ((row * config.heads + h) * 3 + slot) * rowLength + (batch.starts[i] % rowLength);
        const width = theirs[`attention${layer}`].shape[2];
        const from = (i * config.heads + h) * width;
        expect(largest(ours[`attention${layer}`].data.slice(at, at + lengths[i]), theirs[`attention${layer}`].data.slice(from, from + lengths[i]))).toBeLessThan(1e-5);
      }
    }
  });

  const places = labelled.flatMap((positions, i) => positions.map((p) => batch.starts[i] + p));
  const program = pretrainingProgram({ ...config, hiddenDropout: 0, attentionDropout: 0 }, { ...shape, labels: places.length, pairs: 0 }, { optimizer: sgd({ learningRate: 0 }), trainable: () => true });
  const step = await engine.compileTraining(program, state);
  const { loss, gradients } = await step.gradients({
    ...batch.feeds, labelAt: Int32Array.from(places), labels: Int32Array.from(labelled.flatMap((positions, i) => positions.map((p) => sequences[i].tokens[p]))),
    labelWeights: new Float32Array(places.length).fill(1 / places.length),
  });
  expect(Math.abs(loss / theirs.loss.data[0] - 1)).toBeLessThan(1e-4);
  const zero = Object.fromEntries(Object.entries({ ...model.weights, ...head }).map(([name, t]) => [name, { ...t, data: new Float32Array(t.data.length) }]));
  const all: NamedHostTensors = { ...zero, ...gradients };
  const renamed = publishedWeights({ config, weights: all, head: all });
  const norm = Math.sqrt(Object.entries(theirs).filter(([k]) => k.startsWith('gradient/')).reduce((s, [, { data: g }]) => s + Array.from(g).reduce((a, x) => a + x * x, 0), 0));
  let compared = 0;
  for (const [name, { data: g }] of Object.entries(renamed)) {
    const other = theirs[`gradient/${name}`];
    if (other === undefined || /lm_head\.decoder\.weight|word_embeddings/.test(name)) continue; // tied in theirs, apart in ours (D26)
    expect(largest(g, other.data) / norm, name).toBeLessThan(1e-3);
    compared++;
  }
  expect(compared).toBeGreaterThan(20 * config.layers);
  forward.dispose();
  step.dispose();
  state.dispose();
}

describe.skipIf(!python)('parity with Hugging Face', () => {
  it('random Longformer: hidden states, attention of <s>, loss and gradients, dense and banded', async () => {
    const folder = await newFolder();
    await ask(folder, { task: 'random_longformer' });
    const { model, report } = await loadModel(join(folder, 'model'));
    expect(report.unused.filter((name) => !/position_ids|decoder\.bias/.test(name))).toEqual([]);
    await compareLongformer(folder, model, [40, 7, 1, 97, 64], 'dense');
    await compareLongformer(folder, model, [40, 7, 1, 97, 64], 'banded');
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
    await compareLongformer(folder, again, [70, 20], 'dense', 101);
  }, 180_000);
});
