/**
 * The FT table is an encoding of the weights that the best epoch of FT1 began with (D20, method 6.4, 16.10).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../../lib/src/engine';
import type { NamedHostTensors } from '../../../lib/src/engine/types';
import { SequenceEncoder } from '../../../lib/src/models/encoder/sequenceEncoder';
import { withPaddingRow } from '../../../lib/src/text/itemTable';
import { singleItemInput } from '../../../lib/src/text/recformerInput';
import type { TrainingCheckpoint } from '../../../lib/src/training';
import { finetune } from '../../../lib/src/training/language';
import { limits, toyModel, users, words } from './toy';

// Users walk through the items in order, from different places.
const dataset = users(
  Array.from({ length: 24 }, (_, u) =>
    Array.from({ length: 4 + (u % 3) }, (__, k) => 1 + ((5 * u + k) % words.length)),
  ),
);
let engine: Engine;
let toy: Awaited<ReturnType<typeof toyModel>>;

beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
  toy = await toyModel();
});
afterAll(() => engine.dispose());

/** All items, each alone, encoded by these weights. */
async function encoded(weights: NamedHostTensors): Promise<Float32Array> {
  const { config, padToken } = toy.model;
  const state = engine.createState(
    Object.fromEntries(Object.keys(toy.model.weights).map((name) => [name, weights[name]])),
  );
  const encoder = new SequenceEncoder(engine, state, config, { padToken });
  const vectors = await encoder.encode(
    toy.itemTokens.map((item) => singleItemInput(item, toy.tokenizer.special.cls, limits)),
  );
  await encoder.dispose();
  state.dispose();
  return withPaddingRow(vectors, words.length, config.hidden).data;
}

/**
 * Fine-tunes; `tables[k]`: an encoding of the weights after epoch k of FT1, tables[0] that of the starting
 * ones.
 */
async function tuned(epochs: number) {
  const kept: NamedHostTensors[] = [toy.model.weights];
  const keep: TrainingCheckpoint = {
    load: async () => undefined,
    save: async ({ epoch }, tensors) => void (kept[epoch] = tensors),
  };
  const {
    tokenizer: {
      special: { cls },
    },
    model,
    itemTokens,
  } = toy;
  const result = await finetune(
    { engine, dataset, model, cls, itemTokens, checkpoints: { FT1: keep } },
    {
      epochs,
      patience: epochs,
      batch: 4,
      accumulation: 1,
      learningRate: 3e-3,
      warmup: 4,
      limits,
      protocols: ['full'],
    },
  );
  const tables: Float32Array[] = [];
  for (const weights of kept) tables.push(await encoded(weights));
  return { result, tables, bestEpoch: result.stages.FT1.bestEpoch };
}

const same = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

describe('the FT table', () => {
  it('is that of the weights which the best epoch began with, and of no others', async () => {
    const { result, tables, bestEpoch } = await tuned(5);
    expect(bestEpoch).toBeGreaterThan(1);
    expect(tables.length).toBe(6);
    expect(tables.map((table) => same(table, result.table.data))).toEqual(
      tables.map((_, epoch) => epoch === bestEpoch - 1),
    );
    expect(result.tableIsUntuned).toBe(false);
    // FT2 keeps this table, whichever stage the weights come from.
    expect(same(result.recTable.data, result.table.data)).toBe(true);
  });

  it('is that of the starting weights if the first epoch is the best', async () => {
    const { result, tables, bestEpoch } = await tuned(1);
    expect(bestEpoch).toBe(1);
    expect(tables.map((table) => same(table, result.table.data))).toEqual([true, false]);
    expect(result.tableIsUntuned).toBe(true);
  });
});
