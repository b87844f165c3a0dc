/**
 * SASRec and BERT4Rec against plain padded PyTorch modules (bench/recommender/sequential_pytorch.py) from the
 * same weights: output vectors, the loss, and every gradient of one step, to 1e-4 of the gradient's global
 * norm.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../lib/src/engine';
import { decodeSafetensors, encodeSafetensors } from '../../lib/src/engine/safetensors/safetensors';
import type { Engine, Feeds, NamedHostTensors } from '../../lib/src/engine/types';
import { createRandom } from '../../lib/src/random';
import { packSequences } from '../../lib/src/training/recommender/packedFeeds';
import { userEncoderProgram, trainingProgram } from '../../lib/src/training/recommender/programs';
import { recommenderOptions } from '../../lib/src/training/recommender/options';
import { startingPoint } from '../../lib/src/training/recommender/variants';
import { smallDataset } from '../evaluation/smallDataset';
import { shaken } from '../models/plainTensors';
import { python } from './python';
import { freshFolder } from '../support/folders';

if (python === undefined)
  console.log('parity: SASRec and BERT4Rec are not compared with PyTorch, ELEPHANT_PYTHON is not set');

const dataset = smallDataset({ items: 60 });
const random = createRandom(21);
const length = 10;
const list = (n: number): number[] => Array.from({ length: n }, () => 1 + random.integer(dataset.items));
const histories = [3, 10, 1, 7, 5, 10, 2].map(list);

describe.skipIf(python === undefined)('parity with PyTorch', () => {
  let engine: Engine;
  const folder = freshFolder();
  beforeAll(async () => void (engine = await createEngine({ provider: 'cpu', threads: 1 })));
  afterAll(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    { model: 'sasrec', loss: 'ce', heads: 1 },
    { model: 'sasrec', loss: 'bce', heads: 2 },
    { model: 'bert4rec', loss: 'ce', heads: 2 },
  ] as const)('$model $loss: vectors, loss and gradients', async ({ model, loss, heads }) => {
    const options = recommenderOptions({ model, loss, heads, dim: 8, maxLength: length, dropout: 0 });
    const { tensors, trainable } = startingPoint(dataset, options);
    shaken(tensors, random);
    const bert = model === 'bert4rec';
    const inputs = bert ? histories.map((items) => [...items.slice(1), dataset.items + 1]) : histories;
    // Next items for SASRec; for BERT4Rec the masked last one.
    const labels = histories.map((items) =>
      bert ? items.map((item, i) => (i === items.length - 1 ? item : 0)) : list(items.length),
    );
    const negatives = histories.map((items) => list(items.length));
    writeFileSync(join(folder, 'weights.safetensors'), encodeSafetensors(tensors));
    writeFileSync(
      join(folder, 'step.json'),
      JSON.stringify({
        model,
        loss,
        items: dataset.items,
        dim: 8,
        blocks: 2,
        heads,
        length,
        dropout: 0,
        histories: inputs,
        labels,
        negatives,
      }),
    );
    execFileSync(python as string, [
      resolve(__dirname, '../../bench/recommender/sequential_pytorch.py'),
      'step',
      folder,
    ]);
    const theirs = decodeSafetensors(readFileSync(join(folder, 'out.safetensors'))).tensors;

    const { plan, feeds } = packSequences(inputs, length);
    const state = engine.createState(tensors);
    const encoder = await engine.compile(
      userEncoderProgram(options, { items: dataset.items, rows: plan.rows, places: histories.length }),
      state,
    );
    const ends = Int32Array.from(
      histories,
      (_, k) => plan.row[k] * length + plan.start[k] + plan.length[k] - 1,
    );
    const { hidden } = await encoder.run({ ...feeds, places: ends });
    let worst = 0;
    hidden.data.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - theirs.hidden.data[i]))));
    expect(worst).toBeLessThan(1e-4);

    const at = (k: number, j: number): number => plan.row[k] * length + plan.start[k] + j;
    const size = plan.rows * length;
    const labelFeed = new Int32Array(size).fill(1);
    const weights = new Float32Array(size);
    const drawn = new Int32Array(size).fill(1);
    const labelled: [number, number][] = [];
    labels.forEach((row, k) =>
      row.forEach((label, j) => {
        if (label > 0) labelled.push([at(k, j), label]);
      }),
    );
    for (const [place, label] of labelled) [labelFeed[place], weights[place]] = [label, 1 / labelled.length];
    negatives.forEach((row, k) => row.forEach((item, j) => (drawn[at(k, j)] = item)));
    const own: Feeds = bert
      ? {
          places: Int32Array.from(labelled, ([place]) => place),
          labels: Int32Array.from(labelled, ([, label]) => label),
          weights: new Float32Array(labelled.length).fill(1 / labelled.length),
        }
      : { labels: labelFeed, weights, ...(loss === 'bce' ? { negatives: drawn } : {}) };
    const step = await engine.compileTraining(
      trainingProgram(options, {
        items: dataset.items,
        trainable,
        rows: plan.rows,
        labelled: labelled.length,
      }),
      state,
    );
    const ours = await step.gradients({ ...feeds, ...own });
    expect(Math.abs(ours.loss - theirs.loss.data[0])).toBeLessThan(1e-4);
    const { distance, norm } = difference(ours.gradients, theirs);
    expect(norm).toBeGreaterThan(0.1);
    expect(distance / norm).toBeLessThan(1e-4);
  });
});

/** Global norm of their gradients, and of what ours differ by. */
function difference(ours: NamedHostTensors, theirs: NamedHostTensors): { distance: number; norm: number } {
  let [distance, norm] = [0, 0];
  for (const [name, { data }] of Object.entries(ours)) {
    const expected = theirs[`gradient/${name}`];
    expect(expected, `PyTorch's gradient of ${name}`).toBeDefined();
    data.forEach((value, i) => {
      distance += (value - expected.data[i]) ** 2;
      norm += expected.data[i] ** 2;
    });
  }
  return { distance: Math.sqrt(distance), norm: Math.sqrt(norm) };
}
