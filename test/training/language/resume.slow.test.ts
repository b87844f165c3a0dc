/**
 * A language stage that was stopped in the middle and resumed ends with the very bytes of one that ran
 * through.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type NamedHostTensors } from '../../../lib/src/engine';
import { modelFingerprint } from '../../../lib/src/models/itemTables';
import { createRandom } from '../../../lib/src/random';
import { checkpointFolder, type TrainingCheckpoint } from '../../../lib/src/training';
import {
  finetune,
  pretrain,
  pretrainingSequences,
  trainMaskedLanguage,
} from '../../../lib/src/training/language';
import { limits, toyModel, users, words } from './toy';
import { freshFolder } from '../../support/folders';

const folder = freshFolder();
let toy: Awaited<ReturnType<typeof toyModel>>;
let engine: Engine;
beforeAll(async () => {
  toy = await toyModel(0.1);
  engine = await createEngine({ threads: 1, seed: 3 });
});
afterAll(() => engine.dispose());

const random = createRandom(8);
const dataset = users(
  Array.from({ length: 30 }, () => Array.from({ length: 5 }, () => 1 + random.integer(words.length))),
);
const bytes = (tensors: NamedHostTensors): string[] =>
  Object.entries(tensors).map(
    ([name, { data }]) =>
      `${name} ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`,
  );
const identity = (options: object) => ({
  configuration: { ...options },
  fingerprint: {
    dataset: dataset.fingerprint,
    model: modelFingerprint(toy.model),
    engine: engine.description,
  },
});

/** Kept after every epoch, or, as often as can be, after every update. */
function kept(name: string, options: object, within: boolean): TrainingCheckpoint {
  const checkpoint = checkpointFolder(join(folder, name), identity(options));
  return within ? { ...checkpoint, due: () => true } : checkpoint;
}

/** Aborts after so many updates of all stages. */
function stopAfter(updates: number | undefined) {
  const controller = new AbortController();
  let done = 0;
  return {
    signal: controller.signal,
    onUpdate: (metric: number | undefined) =>
      void (metric === undefined && ++done === updates && controller.abort()),
  };
}

describe.each([
  { within: false, kept: 'epochs' },
  { within: true, kept: 'updates' },
])('resume from whole $kept', ({ within }) => {
  it('a language model from plain texts', async () => {
    const texts = Array.from(
      { length: 33 },
      (_, i) => `${words[i % 12]} ${words[(5 * i + 1) % 12]} ${words[(7 * i + 2) % 12]}`,
    );
    const options = { epochs: 3, batch: 8, learningRate: 3e-3, maxTokens: 20 };
    const run = (name: string, updates?: number) => {
      const controller = new AbortController();
      const shares: number[] = [];
      const onProgress = ({ share }: { share: number }): void =>
        void (shares.push(share) === updates && controller.abort());
      const result = trainMaskedLanguage(
        {
          engine,
          texts,
          tokenizer: toy.tokenizer,
          config: toy.model.config,
          onProgress,
          signal: controller.signal,
          checkpoint: kept(name, options, within),
        },
        options,
      );
      return { result, shares };
    };
    const whole = await run(`LF ${within} whole`).result;
    expect(whole.losses).toHaveLength(3);
    for (const updates of within ? [2, 12] : [7]) {
      await expect(run(`LF ${within} ${updates}`, updates).result).rejects.toThrow();
      const { result, shares } = run(`LF ${within} ${updates}`);
      const resumed = await result;
      expect(bytes({ ...resumed.model.weights, ...resumed.model.head })).toEqual(
        bytes({ ...whole.model.weights, ...whole.model.head }),
      );
      expect(resumed.losses).toEqual(whole.losses);
      // The abort comes before the save of its own update; 5 updates an epoch.
      const saved = within ? updates - 1 : 5 * Math.floor((updates - 1) / 5);
      expect(shares[0]).toBeCloseTo((saved + 1) / 15, 9);
    }
  }, 60_000);

  it.each([
    { batches: 'whole', more: {} },
    { batches: 'in pieces', more: { tokensAtOnce: 60 } },
  ])('pre-training with accumulated gradients, batches $batches', async ({ batches, more }) => {
    const { train, validation } = pretrainingSequences([dataset], { heldOut: 0.2 });
    // 24 sequences: 5 micro-batches an epoch, so that an update reaches over the end of epochs.
    const options = { epochs: 3, batch: 5, accumulation: 2, learningRate: 3e-3, limits, ...more };
    const run = (name: string, updates?: number) => {
      const { signal, onUpdate } = stopAfter(updates);
      const checkpoint = kept(`${within} ${batches} ${name}`, options, within);
      return pretrain(
        {
          engine,
          model: toy.model,
          tokenizer: toy.tokenizer,
          itemTokens: [toy.itemTokens],
          train,
          validation,
          signal,
          checkpoint,
          onProgress: ({ metric }) => onUpdate(metric),
        },
        options,
      );
    };
    const whole = await run('PT whole');
    for (const updates of within ? [3] : [3, 8]) {
      await expect(run(`PT ${updates}`, updates)).rejects.toThrow();
      const resumed = await run(`PT ${updates}`);
      expect(bytes({ ...resumed.model.weights, ...resumed.model.head })).toEqual(
        bytes({ ...whole.model.weights, ...whole.model.head }),
      );
      expect(resumed.result.log.map(({ loss, metrics }) => [loss, metrics])).toEqual(
        whole.result.log.map(({ loss, metrics }) => [loss, metrics]),
      );
    }
  });

  it('both stages of fine-tuning, selected by two protocols, the table trained in the second', async () => {
    const options = {
      epochs: 3,
      patience: 3,
      batch: 4,
      accumulation: 2,
      learningRate: 3e-3,
      warmup: 2,
      limits,
      protocols: ['sampled', 'full'] as const,
      trainableTable: true,
    };
    const run = (name: string, updates?: number, changed: object = {}) => {
      const { signal, onUpdate } = stopAfter(updates);
      const [FT1, FT2] = ['FT1', 'FT2'].map((stage) =>
        kept(`${within} ${name} ${stage}`, { ...options, ...changed, stage }, within),
      );
      return finetune(
        {
          engine,
          dataset,
          model: toy.model,
          cls: toy.tokenizer.special.cls,
          itemTokens: toy.itemTokens,
          signal,
          checkpoints: { FT1, FT2 },
          onProgress: (_, { metric }) => onUpdate(metric),
        },
        { ...options, ...changed },
      );
    };
    const whole = await run('FT whole');
    // 8 micro-batches, 4 updates an epoch: within FT1, at its end, within FT2.
    for (const updates of within ? [12, 18] : [5, 12, 18]) {
      await expect(run(`FT ${updates}`, updates)).rejects.toThrow();
      const resumed = await run(`FT ${updates}`);
      for (const [got, expected] of [
        [resumed, whole],
        [resumed.also.full!, whole.also.full!],
      ] as const) {
        expect(bytes(got.model.weights)).toEqual(bytes(expected.model.weights));
        expect(got.recTable.data).toEqual(expected.recTable.data);
        expect(got.test.ranks).toEqual(expected.test.ranks);
        expect([got.stage, got.epoch]).toEqual([expected.stage, expected.epoch]);
      }
      expect(resumed.table.data).toEqual(whole.table.data);
    }
    expect(readdirSync(join(folder, `${within} FT 18 FT2`)).length).toBeGreaterThan(0);
    await expect(run('FT 18', undefined, { learningRate: 1e-3 })).rejects.toThrow(/learningRate/);
  });
});
