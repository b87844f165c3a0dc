/**
 * One text encoder against the class of transformers that opens the same folder: forward pass and, with a
 * head, one training step. Python's side is the task "encoder" of language_model.py.
 */
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Engine, NamedHostTensors } from '../../lib/src/engine';
import { sgd } from '../../lib/src/engine/optimizers';
import { readSafetensors, writeSafetensors } from '../../lib/src/engine/safetensors/safetensors';
import { encoder } from '../../lib/src/models/encoder/encoder';
import {
  type BatchShape,
  encoderSpecs,
  packBatch,
  type EncoderBatch,
  fillRows,
} from '../../lib/src/models/encoder/packing';
import type { LanguageModel } from '../../lib/src/models/languageModel';
import { publishedWeights } from '../../lib/src/models/published/saveModel';
import { languageHead } from '../../lib/src/models/recformer/languageHead';
import { pretrainingProgram } from '../../lib/src/training/language/pretrainingProgram';
import { createRandom } from '../../lib/src/random';

const SLOTS = 3;

export interface EncoderComparison {
  engine: Engine;
  /** Has language_model.py do what the request says in a folder. */
  ask: (folder: string, request: object) => Promise<void>;
  /** Holds the files at `model`; the comparison's own files go beside them. */
  folder: string;
  model: LanguageModel;
  /** Of the sequences, whose tokens are drawn. */
  lengths: readonly number[];
  /** How ours computes attention with a window. */
  form?: 'dense' | 'banded';
  /** First token of each sequence. */
  cls?: number;
}

/** The sequences of a comparison; always the same for the same lengths. */
export function drawSequences(
  { config }: LanguageModel,
  lengths: readonly number[],
  cls = 0,
): { tokens: Int32Array }[] {
  const random = createRandom(1);
  return lengths.map((length) => ({
    tokens: Int32Array.from({ length }, (_, i) =>
      i === 0 ? cls : 5 + random.integer(config.vocabulary - 5),
    ),
  }));
}

/** Largest absolute difference; infinite where the lengths differ. */
export function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]));
  return worst;
}

/**
 * Expects equal hidden states, with a window equal attention of the first token, with a head equal MLM
 * logits, loss and gradients. Returns what transformers computed, padded to the longest sequence.
 */
export async function compareEncoder(comparison: EncoderComparison): Promise<NamedHostTensors> {
  const { engine, ask, folder, model, lengths, form = 'dense', cls } = comparison;
  const { config, padToken, weights, head } = model;
  const sequences = drawSequences(model, lengths, cls);
  const labelled = lengths.map((length) => [
    ...new Set([Math.min(1, length - 1), Math.floor(length / 2), length - 1]),
  ]);
  const n = Math.max(...lengths);
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
  await ask(folder, { task: 'encoder', head: head !== undefined });
  const { tensors: theirs } = await readSafetensors(join(folder, 'output.safetensors'));

  const unit = form === 'banded' ? config.window : 32;
  const rowLength = Math.ceil(n / unit) * unit * (form === 'banded' ? 2 : 1);
  const rows = fillRows(lengths, rowLength, SLOTS);
  const shape = { rows: rows.length, rowLength, slots: SLOTS };
  const batch = packBatch(config, shape, rows, sequences, padToken);
  await compareForward(engine, model, { batch, shape, lengths, form }, theirs);
  if (head !== undefined) {
    const places = labelled.flatMap((positions, i) => positions.map((p) => batch.starts[i] + p));
    const labels = labelled.flatMap((positions, i) => positions.map((p) => sequences[i].tokens[p]));
    await compareStep(engine, { config, weights, head }, { batch, shape, places, labels }, theirs);
  }
  return theirs;
}

interface Packed {
  batch: EncoderBatch;
  shape: BatchShape;
}

async function compareForward(
  engine: Engine,
  { config, weights, head }: LanguageModel,
  { batch, shape, lengths, form }: Packed & { lengths: readonly number[]; form: 'dense' | 'banded' },
  theirs: NamedHostTensors,
): Promise<void> {
  const state = engine.createState({ ...weights, ...head });
  const forward = await engine.compile(
    {
      name: 'hidden states',
      inputs: encoderSpecs(config, shape),
      outputs: (params, inputs, context) => {
        const { hidden, attentions } = encoder(params, inputs, context, config, shape, { form });
        return {
          hidden: hidden!,
          ...(head === undefined ? {} : { logits: languageHead(params, hidden!, config) }),
          ...Object.fromEntries(attentions.map((a, i) => [`attention${i}`, a])),
        };
      },
    },
    state,
  );
  const ours = await forward.run(batch.feeds);
  const n = theirs.hidden.shape[1];
  const { rowLength } = shape;
  const largestLogit =
    head === undefined ? 0 : largest(theirs.logits.data, new Float32Array(theirs.logits.data.length));
  lengths.forEach((length, i) => {
    const difference = (name: string): number => {
      const width = theirs[name].shape[2];
      const mine = ours[name].data.slice(batch.starts[i] * width, (batch.starts[i] + length) * width);
      return largest(mine, theirs[name].data.slice(i * n * width, (i * n + length) * width));
    };
    expect(difference('hidden')).toBeLessThan(1e-4);
    if (head !== undefined) expect(difference('logits') / largestLogit).toBeLessThan(1e-4);
    if (config.attention === 'full') return;
    const [row, slot] = [Math.floor(batch.places[i] / SLOTS), batch.places[i] % SLOTS];
    for (let layer = 0; layer < config.layers; layer++) {
      for (let h = 0; h < config.heads; h++) {
        const at = ((row * config.heads + h) * SLOTS + slot) * rowLength + (batch.starts[i] % rowLength);
        const width = theirs[`attention${layer}`].shape[2];
        const from = (i * config.heads + h) * width;
        expect(
          largest(
            ours[`attention${layer}`].data.slice(at, at + length),
            theirs[`attention${layer}`].data.slice(from, from + length),
          ),
        ).toBeLessThan(1e-5);
      }
    }
  });
  forward.dispose();
  state.dispose();
}

async function compareStep(
  engine: Engine,
  { config, weights, head }: Required<Pick<LanguageModel, 'config' | 'weights' | 'head'>>,
  { batch, shape, places, labels }: Packed & { places: number[]; labels: number[] },
  theirs: NamedHostTensors,
): Promise<void> {
  const state = engine.createState({ ...weights, ...head });
  const program = pretrainingProgram(
    { ...config, hiddenDropout: 0, attentionDropout: 0 },
    { ...shape, labels: places.length, pairs: 0 },
    { optimizer: sgd({ learningRate: 0 }), trainable: () => true },
  );
  const step = await engine.compileTraining(program, state);
  const { loss, gradients } = await step.gradients({
    ...batch.feeds,
    labelAt: Int32Array.from(places),
    labels: Int32Array.from(labels),
    labelWeights: new Float32Array(places.length).fill(1 / places.length),
  });
  expect(Math.abs(loss / theirs.loss.data[0] - 1)).toBeLessThan(1e-4);
  const zero = Object.fromEntries(
    Object.entries({ ...weights, ...head }).map(([name, t]) => [
      name,
      { ...t, data: new Float32Array(t.data.length) },
    ]),
  );
  const all: NamedHostTensors = { ...zero, ...gradients };
  const renamed = publishedWeights({ config, weights: all, head: all });
  const norm = Math.sqrt(
    Object.entries(theirs)
      .filter(([k]) => k.startsWith('gradient/'))
      .reduce((s, [, { data: g }]) => s + Array.from(g).reduce((a, x) => a + x * x, 0), 0),
  );
  let compared = 0;
  for (const [name, { data: g }] of Object.entries(renamed)) {
    const other = theirs[`gradient/${name.replace(/^longformer\./, '')}`];
    // tied in theirs, apart in ours (D26)
    if (other === undefined || /lm_head\.decoder\.weight|word_embeddings/.test(name)) continue;
    expect(largest(g, other.data) / norm, name).toBeLessThan(1e-3);
    compared++;
  }
  expect(compared).toBeGreaterThan((config.attention === 'window' ? 20 : 15) * config.layers);
  step.dispose();
  state.dispose();
}
