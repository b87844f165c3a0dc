/** Fine-tuning whose updates are computed in pieces learns what it learns from whole updates. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../../lib/src/engine';
import type { NamedHostTensors } from '../../../lib/src/engine/types';
import type { TrainingCheckpoint } from '../../../lib/src/training';
import { finetune } from '../../../lib/src/training/language';
import { parts, piecesOf } from '../../../lib/src/training/language/updatePieces';
import { limits, toyModel, users, words } from './toy';

const dataset = users(
  Array.from({ length: 22 }, (_, u) =>
    Array.from({ length: 4 + (u % 3) }, (__, k) => 1 + ((5 * u + k) % words.length)),
  ),
);
let engine: Engine;
let toy: Awaited<ReturnType<typeof toyModel>>;

beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
  toy = await toyModel(); // Without dropout, whose masks depend on the pieces.
});
afterAll(() => engine.dispose());

/** Losses of all updates, and all that is trained at the end of each stage. */
async function tuned(pieces: number) {
  const losses: number[] = [];
  const ends: Record<string, NamedHostTensors> = {};
  const keep = (stage: string): TrainingCheckpoint => ({
    load: async () => undefined,
    save: async (_, tensors) => void (ends[stage] = tensors),
  });
  const { model, itemTokens, tokenizer } = toy;
  const { test } = await finetune(
    {
      ...{ engine, dataset, model, itemTokens, cls: tokenizer.special.cls },
      onProgress: (_, { loss, metric }) => metric === undefined && losses.push(loss),
      checkpoints: { FT1: keep('FT1'), FT2: keep('FT2'), trainable: keep('trainable') },
    },
    {
      epochs: 2,
      patience: 2,
      batch: 4,
      accumulation: 2,
      learningRate: 1e-3,
      warmup: 1,
      limits,
      pieces,
      trainableTable: 'also',
    },
  );
  return { losses, ends, test };
}

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (x, i) => Math.abs(x - b[i])).reduce((most, x) => Math.max(most, x), 0);

it('losses, gradients, tables and metrics equal those of whole updates, in any pieces', async () => {
  const whole = await tuned(1);
  expect(whole.losses.length).toBeGreaterThan(10);
  for (const pieces of [2, 3, 8]) {
    const { losses, ends, test } = await tuned(pieces);
    expect(losses.length, `${pieces}`).toBe(whole.losses.length);
    losses.forEach((loss, i) => expect(loss, `${pieces}, ${i}`).toBeCloseTo(whole.losses[i], 4));
    for (const stage of ['FT1', 'FT2', 'trainable']) {
      // Adam's first moments: sums of the updates' gradients. A weight without one (a key's bias) drifts with
      // rounding errors, whose size Adam makes that of a step, so weights themselves are not compared.
      const moments = Object.entries(whole.ends[stage]).filter(([name]) => name.endsWith('/m'));
      const largest = Math.max(...moments.flatMap(([, { data }]) => Array.from(data, Math.abs)));
      expect(moments.length).toBeGreaterThan(30);
      for (const [name, { data }] of moments)
        expect(farthest(data, ends[stage][name].data) / largest, `${pieces} ${stage} ${name}`).toBeLessThan(
          1e-3,
        );
      const [table, before] = [ends, whole.ends].map((all) => all[stage].items.data);
      expect(farthest(table, before), `${pieces} ${stage}`).toBeLessThan(1e-3);
    }
    expect(test).toEqual(whole.test);
  }
});

it('a piece too many counts nothing; the mean of the pieces is the update', () => {
  const samples = [1, 2, 3, 4, 5].map((row) => ({ row, t: 1, weight: row / 15 }));
  for (const pieces of [1, 2, 3, 5, 7]) {
    const split = piecesOf(samples, pieces);
    expect(split).toHaveLength(pieces);
    expect(Math.max(...split.map(({ length }) => length))).toBe(Math.ceil(5 / pieces));
    const weights = split.flat().reduce((sum, { weight }) => sum + weight / pieces, 0);
    expect(weights).toBeCloseTo(1, 12);
    const counted = split.flat().filter(({ weight }) => weight > 0);
    expect(counted.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5]);
  }
  expect(piecesOf(samples, 1)).toEqual([samples]);
  expect(parts(['a', 'b', 'c'], 2)).toEqual([['a'], ['b', 'c']]);
});

it('more pieces than an update has sequences are refused', async () => {
  for (const pieces of [0, 1.5, 9])
    await expect(tuned(pieces)).rejects.toThrow(
      `fine-tuning pieces: expected a whole number from 1 to 8, the sequences of an update, got ${pieces}`,
    );
});
