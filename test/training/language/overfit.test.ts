/** reference.md 16.12 for RECFORMER: with the full softmax over the items, a dozen users' next items are learnt by heart. */
import { expect, it } from 'vitest';
import { createEngine } from '../../../lib/src/engine';
import { finetune, rankWithoutTuning } from '../../../lib/src/training/language';
import { limits, toyModel, users, words } from './toy';

it('ranks the training target of every one of a dozen users first', async () => {
  // After item i comes next(i), in no order that the words tell.
  const after = [7, 4, 9, 12, 2, 10, 5, 1, 11, 3, 8, 6];
  const next = (item: number): number => after[item - 1];
  const chains = words.map((_, i) => [i + 1, next(i + 1), next(next(i + 1)), next(next(next(i + 1)))]);
  const engine = await createEngine({ threads: 1 });
  try {
    const { model, tokenizer, itemTokens } = await toyModel();
    const input = { engine, cls: tokenizer.special.cls, itemTokens };
    const rec = await finetune({ ...input, dataset: users(chains), model }, {
      // One label a user: the item after the first.
      epochs: 60, patience: 60, scheduleEpochs: 200, batch: 12, accumulation: 1, learningRate: 5e-3, warmup: 5, limits, protocols: ['full'], emptyHistory: 'left out',
    });
    expect(rec.stages.FT2.log.at(-1)!.loss as number).toBeLessThan(0.05);
    // The same users, the item that was trained on being the one that is asked for.
    const trained = users(chains.map((chain) => [chain[0], chain[1], chain[0]]));
    const ranking = { ...input, dataset: trained };
    const before = await rankWithoutTuning({ ...ranking, model }, { limits, split: 'validation' });
    const learnt = await rankWithoutTuning({ ...ranking, model: rec.model }, { limits, split: 'validation', table: rec.recTable });
    expect(learnt.users.length).toBe(12);
    expect([...learnt.ranks.full.above]).toEqual(new Array(12).fill(0));
    expect(before.metrics.full['HR@1']).toBeLessThan(0.5);
  } finally {
    await engine.dispose();
  }
}, 60_000);
