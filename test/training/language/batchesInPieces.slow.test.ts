/**
 * Pre-training in pieces against pre-training in whole batches: the same gradients, losses and weights, with
 * the same dropout masks where there is dropout.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type NamedHostTensors } from '../../../lib/src/engine';
import { sgd } from '../../../lib/src/engine/optimizers';
import { dropoutMask, fillWords, wordCount, type RandomSite } from '../../../lib/src/engine/random';
import type { Feeds, NamedSpecs, ProgramContext } from '../../../lib/src/engine/types';
import { encoder } from '../../../lib/src/models/encoder/encoder';
import { type BatchShape, encoderSpecs, packBatch, fillRows } from '../../../lib/src/models/encoder/packing';
import { languageHead } from '../../../lib/src/models/recformer/languageHead';
import { createRandom } from '../../../lib/src/random';
import { pretrainingSequences } from '../../../lib/src/training/language';
import { labelFeeds } from '../../../lib/src/training/language/labelFeeds';
import { PRETRAIN_DEFAULTS } from '../../../lib/src/training/language/pretrainOptions';
import {
  bothSides,
  chunks,
  drawPairs,
  maskPairs,
} from '../../../lib/src/training/language/pretrainingBatches';
import { openPretrainRun } from '../../../lib/src/training/language/pretrainRun';
import { pretrainTrainee } from '../../../lib/src/training/language/pretrainTrainee';
import { maskedSides } from '../../../lib/src/training/language/pretrainSteps';
import { contrastiveLoss } from '../../../lib/src/training/language/contrastiveLoss';
import { maskedTokenLoss } from '../../../lib/src/training/language/maskedTokenLoss';
import { limits, toyModel, users, words } from './toy';

const SEED = 3;
const random = createRandom(8);
const dataset = users(
  Array.from({ length: 30 }, () => Array.from({ length: 5 }, () => 1 + random.integer(words.length))),
);
const { train, validation } = pretrainingSequences([dataset], { heldOut: 0.2 });

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1, seed: SEED });
});
afterAll(() => engine.dispose());

/** Norm of the difference of two sets of tensors, by the norm of the second. */
function difference(got: NamedHostTensors, expected: NamedHostTensors): number {
  let [apart, norm] = [0, 0];
  for (const [name, { data }] of Object.entries(expected)) {
    data.forEach((value, i) => {
      apart += (value - got[name].data[i]) ** 2;
      norm += value ** 2;
    });
  }
  return Math.sqrt(apart / norm);
}

/** A run whose update takes two batches, so that the gradient of the first is there to be read. */
async function opened(dropout: number, tokensAtOnce?: number, recompute = false) {
  const { model, tokenizer, itemTokens } = await toyModel(dropout);
  const input = { engine, model, tokenizer, itemTokens: [itemTokens], train, validation };
  const options = { batch: 10, accumulation: 2, learningRate: 3e-3, limits, freezeWords: false };
  const run = openPretrainRun(input, { ...PRETRAIN_DEFAULTS, ...options, tokensAtOnce, recompute });
  const draws = createRandom(5);
  // One place for a pair is left over.
  const pairs = drawPairs(train.slice(0, 9), run.input, run.settings, draws);
  const masked = maskPairs(pairs, run.vocabulary, 'real', draws);
  return { run, batch: { pairs, masked } };
}

/** Gradients of a batch: what the first of two steps leaves in the sum of their halves. */
async function gradientsOf(dropout: number, tokensAtOnce?: number, recompute = false) {
  const { run, batch } = await opened(dropout, tokensAtOnce, recompute);
  const loss = await run.steps.run(batch, { learningRate: 1e-3, update: 0 });
  const sums = await run.state.snapshot((name) => name.endsWith('/sum'));
  const { '/step': step } = await run.state.snapshot((name) => name === '/step');
  await run.close();
  return { loss, sums, steps: step.data[0] };
}

describe('without dropout', () => {
  it.each([1, 100, 10_000])('gradients of a batch, %i tokens at once, are those of the whole', async (n) => {
    const whole = await gradientsOf(0);
    const pieces = await gradientsOf(0, n);
    console.log(`${n} tokens at once: ${pieces.steps} steps`);
    expect(whole.steps).toBe(1);
    expect(pieces.steps).toBeGreaterThanOrEqual(n > 1000 ? 2 : 4);
    expect(pieces.loss).toBeCloseTo(whole.loss, 5);
    expect(Object.keys(pieces.sums).sort()).toEqual(Object.keys(whole.sums).sort());
    expect(difference(pieces.sums, whole.sums)).toBeLessThan(1e-5);
  });

  it.each([{ tuned: 'all' as const }, { tuned: [1] }])(
    'losses of all epochs, tuned: $tuned',
    async (more) => {
      const { model, tokenizer, itemTokens } = await toyModel();
      const input = { engine, model, tokenizer, itemTokens: [itemTokens], train, validation };
      // 5 batches an epoch, the last of 4 pairs, so that an update reaches over the end of epochs.
      const options = { epochs: 4, batch: 5, accumulation: 2, learningRate: 3e-3, limits, ...more };
      const curve = async (tokensAtOnce?: number) => {
        const run = openPretrainRun(input, { ...PRETRAIN_DEFAULTS, ...options, tokensAtOnce });
        const trainee = pretrainTrainee(run);
        const losses: number[] = [];
        for (let epoch = 0; epoch < options.epochs; epoch++)
          await trainee.trainEpoch(epoch, async (_, __, loss) => void losses.push(loss), 0);
        const weights = await trainee.weights();
        await run.close();
        return { losses, weights };
      };
      const whole = await curve();
      const pieces = await curve(96);
      expect(whole.losses.at(-1)).toBeLessThan(0.8 * whole.losses[0]);
      whole.losses.forEach((loss, i) => expect(pieces.losses[i] / loss).toBeCloseTo(1, 4));
      // Keys' biases change no attention; Adam moves them by what rounding leaves of their gradient.
      const moved = Object.entries(whole.weights).filter(
        ([name]) => !/(local|globalKeyValue).bias$/.test(name),
      );
      expect(difference(pieces.weights, Object.fromEntries(moved))).toBeLessThan(1e-3);
    },
  );
});

describe('with dropout', () => {
  it('gradients are those of one program in which each piece keeps its masks', async () => {
    const { run, batch } = await opened(0.3, 120);
    const { config, padToken } = run.model;
    const loss = await run.steps.run(batch, { learningRate: 1e-3, update: 0 });
    const sums = await run.state.snapshot((name) => name.endsWith('/sum'));

    const { shape, labels } = run.steps as unknown as { shape: BatchShape; labels: number };
    const plain = bothSides(batch.pairs);
    const copies = plain.map((side, i) => ({ ...side, tokens: batch.masked[i].tokens }));
    const [vectors, masked] = [plain, copies].map((sequences) => {
      const rows = fillRows(
        sequences.map(({ tokens }) => tokens.length),
        shape.rowLength,
        shape.slots,
      );
      return chunks(rows, shape.rows).map((part) => packBatch(config, shape, part, sequences, padToken));
    });
    expect(Math.min(vectors.length, masked.length)).toBeGreaterThan(1);
    const pieces = [...vectors, ...masked];
    const sides = maskedSides(batch.masked, 0, run.settings.maskedWeight);
    const inputs: NamedSpecs = {};
    const feeds: Feeds = {};
    const specs = {
      ...encoderSpecs(config, shape),
      labelAt: { shape: [labels], dtype: 'int32' as const },
      labels: { shape: [labels], dtype: 'int32' as const },
      labelWeights: { shape: [labels], dtype: 'float32' as const },
    };
    pieces.forEach((piece, k) => {
      const own: Feeds = { ...piece.feeds, ...labelFeeds(labels, piece, sides) };
      for (const [name, spec] of Object.entries(specs)) {
        inputs[`${name} ${k}`] = spec;
        feeds[`${name} ${k}`] = own[name];
      }
    });
    const step = await engine.compileTraining(
      {
        name: 'all pieces',
        inputs,
        optimizer: sgd({ learningRate: 1 }),
        loss(params, fed) {
          const of = (k: number) => (name: string) => fed[`${name} ${k}`];
          const encoded = vectors.map(({ places }, k) => {
            const own = Object.fromEntries(Object.keys(specs).map((name) => [name, of(k)(name)]));
            const { pooled } = encoder(params, own, dropoutOf(1 + k), config, shape, { pooledOnly: true });
            return { pooled, places };
          });
          const vector = (i: number): Tensor => {
            const { pooled, places } = encoded.find((each) => each.places[i] >= 0)!;
            return tf.slice(pooled, [places[i], 0], [1, config.hidden]);
          };
          const n = batch.pairs.length;
          const side = (first: number): Tensor =>
            tf.concat(Array.from({ length: n }, (_, i) => vector(first + i)));
          const contrastive = contrastiveLoss(side(0), side(n), tf.ones([n]) as Tensor1D).loss;
          return masked.reduce((sum: Tensor, _, j) => {
            const k = vectors.length + j;
            const own = Object.fromEntries(Object.keys(specs).map((name) => [name, of(k)(name)]));
            const { hidden } = encoder(params, own, dropoutOf(1 + k), config, shape);
            const logits = languageHead(params, tf.gather(hidden!, own.labelAt), config);
            return tf.add(sum, maskedTokenLoss(logits, own.labels as Tensor1D, own.labelWeights));
          }, contrastive) as Scalar;
        },
      },
      engine.createState({ ...run.model.weights, ...run.model.head }),
    );
    const expected = await step.gradients(feeds);
    expect(loss).toBeCloseTo(expected.loss, 5);
    // An update is the mean of two batches.
    const doubled = Object.fromEntries(
      Object.entries(sums).map(([name, tensor]) => [
        name.slice(0, -'/sum'.length),
        { ...tensor, data: (tensor.data as Float32Array).map((x) => 2 * x) },
      ]),
    );
    expect(difference(doubled, expected.gradients)).toBeLessThan(1e-5);
    const { sums: without } = await gradientsOf(0, 120);
    expect(difference(sums, without)).toBeGreaterThan(0.1);
    step.dispose();
    await run.close();
  });
});

describe('with recomputed layers', () => {
  it.each([
    { batches: 'whole', tokensAtOnce: undefined },
    { batches: 'in pieces', tokensAtOnce: 120 },
  ])(
    'gradients are those of layers that are kept, with dropout, batches $batches',
    async ({ tokensAtOnce }) => {
      const kept = await gradientsOf(0.3, tokensAtOnce);
      const anew = await gradientsOf(0.3, tokensAtOnce, true);
      expect(anew.loss).toBeCloseTo(kept.loss, 5);
      expect(Object.keys(anew.sums).sort()).toEqual(Object.keys(kept.sums).sort());
      expect(difference(anew.sums, kept.sums)).toBeLessThan(1e-6);
    },
  );
});

/** Dropout with the masks of a step's number, as constants. */
function dropoutOf(step: number): ProgramContext {
  let sites = 0;
  return {
    training: true,
    dropout(x, rate) {
      const site: RandomSite = { kind: 'dropout', site: sites++, size: x.size };
      const random = new Int32Array(wordCount(site));
      fillWords(random, site, SEED, step);
      const mask = dropoutMask(random, x.size, rate).map((kept) => kept / (1 - rate));
      return tf.mul(x, tf.tensor(mask, x.shape));
    },
    uniform: () => {
      throw new Error('expected no uniform numbers');
    },
    recomputed: () => {
      throw new Error('expected nothing to be recomputed');
    },
  };
}
