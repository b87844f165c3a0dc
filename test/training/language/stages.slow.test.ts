/** The language stages end to end on a toy, on the compiled CPU provider. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dataset, makeDataset } from '../../../lib/src/data';
import { createEngine, type Engine } from '../../../lib/src/engine';
import type { EncoderConfig } from '../../../lib/src/models/encoder/config';
import type { LanguageModel } from '../../../lib/src/models/languageModel';
import { createRandom } from '../../../lib/src/random';
import { INPUT_LIMITS, type ItemTokens } from '../../../lib/src/text/recformerInput';
import { tokenizeItems } from '../../../lib/src/text/itemTokens';
import { type Tokenizer, tokenizerFromJson } from '../../../lib/src/text/tokenizer';
import { trainBpe } from '../../../lib/src/text/trainBpe';
import {
  CONTRASTIVE_ACCURACY,
  finetune,
  type Rec,
  pretrain,
  type PretrainOptions,
  pretrainingSequences,
  rankWithoutTuning,
  trainMaskedLanguage,
} from '../../../lib/src/training/language';
import { updatePlan } from '../../../lib/src/training/language/updatePlan';

const items = 12;
const names = [
  'red',
  'green',
  'blue',
  'black',
  'white',
  'pink',
  'gold',
  'grey',
  'plum',
  'teal',
  'lime',
  'rose',
];
const limits = { ...INPUT_LIMITS, maxTokens: 48 };
let engine: Engine;
let tokenizer: Tokenizer;
let tokens: ItemTokens[];
let dataset: Dataset;
let model: LanguageModel;
let config: EncoderConfig;
let losses: number[];
let pretrained: LanguageModel;

/** Users walk through the items in order, from different places: the next item is certain. */
function walks(users: number): Dataset {
  const random = createRandom(5);
  const sequences = Array.from({ length: users }, () => {
    const start = random.integer(items);
    return Array.from({ length: 4 + random.integer(3) }, (_, k) => 1 + ((start + k) % items));
  });
  const offsets = new Int32Array(users + 1);
  sequences.forEach((s, u) => (offsets[u + 1] = offsets[u] + s.length));
  return makeDataset({
    name: 'Walks',
    kind: 'own',
    userKeys: sequences.map((_, u) => `u${u}`),
    itemKeys: names,
    itemTexts: names.map((name) => ({ title: `${name} soap`, brand: '', category: '' })),
    offsets,
    sequence: Int32Array.from(sequences.flat()),
  });
}

beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
  const corpus = Array.from(
    { length: 40 },
    (_, i) => `the ${names[i % items]} soap is next to the ${names[(i + 1) % items]} soap`,
  );
  tokenizer = await tokenizerFromJson(
    trainBpe([...corpus, ...corpus.map(() => 'title brand category')], 340),
  );
  config = {
    attention: 'window',
    layers: 2,
    heads: 2,
    hidden: 16,
    intermediate: 32,
    vocabulary: tokenizer.vocabularySize,
    positions: 60,
    positionOffset: 2,
    tokenTypes: 4,
    itemPositions: 51,
    window: 16,
    normEps: 1e-5,
    hiddenDropout: 0,
    attentionDropout: 0,
    initializerStd: 0.03,
  };
  dataset = walks(24);
  tokens = tokenizeItems(dataset.itemTexts, tokenizer, limits);
  ({ model, losses } = await trainMaskedLanguage(
    { engine, texts: corpus, tokenizer, config },
    { epochs: 6, batch: 10, learningRate: 5e-3 },
  ));
});
afterAll(() => engine.dispose());

const finetuneInput = () => ({ engine, dataset, model, cls: tokenizer.special.cls, itemTokens: tokens });

describe('language stages', () => {
  it('MLM: the loss falls from ln(vocabulary)', () => {
    expect(losses[0]).toBeLessThan(Math.log(config.vocabulary) + 0.5);
    expect(losses[5]).toBeLessThan(losses[0] - 1);
  });

  it('pre-training: fits its pairs, leaves the word table and untuned layers bit for bit', async () => {
    const { train } = pretrainingSequences([dataset], { heldOut: 0.1 });
    // How well it fits is asked of the sequences that it learns from.
    const validation = train;
    const before = JSON.stringify([...model.weights['embeddings/words'].data]);
    const all = await pretrain(
      { engine, model, tokenizer, itemTokens: [tokens], train, validation },
      { epochs: 100, batch: 8, accumulation: 1, learningRate: 1e-2, limits },
    );
    pretrained = all.model;
    const log = all.result.log;
    expect(log.at(-1)!.loss as number).toBeLessThan((log[0].loss as number) - 1);
    expect(all.result.bestMetric).toBeGreaterThan(0.6);
    expect(log[0].metrics[CONTRASTIVE_ACCURACY]).toBeLessThan(0.4);
    expect(JSON.stringify([...all.model.weights['embeddings/words'].data])).toBe(before);
    expect(all.model.weights['layer0/forward/inner/kernel'].data).not.toEqual(
      model.weights['layer0/forward/inner/kernel'].data,
    );

    const one = await pretrain(
      { engine, model, tokenizer, itemTokens: [tokens], train, validation },
      { epochs: 1, batch: 8, accumulation: 1, learningRate: 5e-3, limits, tuned: [1] },
    );
    for (const [name, { data }] of Object.entries(one.model.weights)) {
      // The last layer's local attention at <s> is trained through the masked tokens.
      if (name.startsWith('layer1/'))
        expect([
          name,
          Buffer.compare(Buffer.from(data.buffer), Buffer.from(model.weights[name].data.buffer)) !== 0,
        ]).toEqual([name, true]);
      else expect([name, data]).toEqual([name, model.weights[name].data]);
    }
  });

  it(
    'pre-training with a budget that counts padding (D25) masks other tokens, and lets word embeddings ' +
      'move if they are not frozen (D26)',
    async () => {
      const { train } = pretrainingSequences([dataset], { heldOut: 0.1 });
      const run = async (options: Partial<PretrainOptions>): Promise<LanguageModel> =>
        (
          await pretrain(
            { engine, model, tokenizer, itemTokens: [tokens], train, validation: train },
            { epochs: 1, batch: 8, accumulation: 1, learningRate: 1e-3, limits, ...options },
          )
        ).model;
      const [real, padded, free] = [
        await run({}),
        await run({ maskBudget: 'padded' }),
        await run({ freezeWords: false }),
      ];
      const words = (trained: LanguageModel) => trained.weights['embeddings/words'].data;
      expect(words(real)).toEqual(words(model));
      expect(words(free)).not.toEqual(words(model));
      expect(padded.weights['layer0/forward/inner/kernel'].data).not.toEqual(
        real.weights['layer0/forward/inner/kernel'].data,
      );
    },
  );

  it('pre-training that diverges in its last update is refused, not chosen', async () => {
    const { train } = pretrainingSequences([dataset], { heldOut: 0.1 });
    const run = pretrain(
      { engine, model, tokenizer, itemTokens: [tokens], train, validation: train },
      { epochs: 1, batch: 64, accumulation: 1, learningRate: 1e38, limits },
    );
    await expect(run).rejects.toThrow(/pre-training: expected finite vectors of the held-out sequences/);
  });

  it('pre-training accumulates: updates of several micro-batches, leftovers in the next epoch', async () => {
    const train = pretrainingSequences([dataset], { heldOut: 0.1 }).train.slice(0, 18);
    const run = (epochs: number, accumulation: number) =>
      pretrain(
        { engine, model, tokenizer, itemTokens: [tokens], train, validation: train },
        { epochs, batch: 6, accumulation, learningRate: 1e-3, limits },
      );
    // Adam's first update moves no weight by more than the learning rate; three of them, on a falling rate,
    // by up to twice as much.
    const change = ({ model: after }: { model: LanguageModel }) =>
      Object.entries(after.weights).reduce(
        (most, [name, { data }]) =>
          (data as Float32Array).reduce(
            (max, x, i) => Math.max(max, Math.abs(x - model.weights[name].data[i])),
            most,
          ),
        0,
      );
    const [one, three] = [await run(1, 3), await run(1, 1)];
    expect([one.updates, three.updates]).toEqual([1, 3]);
    expect(change(one)).toBeGreaterThan(0.9e-3);
    expect(change(one)).toBeLessThan(1.001e-3);
    expect(change(three)).toBeGreaterThan(1.3e-3);
    expect((await run(2, 2)).updates).toBe(3);
    expect((await run(2, 100)).updates).toBe(2);
    await expect(run(1, 0)).rejects.toThrow(
      /pre-training accumulation: expected a whole number of at least 1, got 0/,
    );
  });

  it('fine-tuning learns a certain next item, and FT2 never lowers the validation metric', async () => {
    const result = await finetune(
      { ...finetuneInput(), model: pretrained },
      {
        epochs: 30,
        patience: 30,
        scheduleEpochs: 120,
        batch: 4,
        accumulation: 1,
        learningRate: 4e-3,
        warmup: 4,
        limits,
        protocols: ['full'],
        emptyHistory: 'left out',
      },
    );
    const { FT1, FT2 } = result.stages;
    expect(FT2.log[0].epoch).toBe(0);
    expect(FT2.log[0].metrics['full NDCG@10']).toBeCloseTo(FT1.bestMetric, 10);
    expect(FT2.bestMetric).toBeGreaterThanOrEqual(FT1.bestMetric);
    expect(FT2.log.at(-1)!.loss as number).toBeLessThan(0.4 * (FT1.log[0].loss as number));
    // Chance is 1 / 12.
    expect(result.test.metrics.full['HR@1']).toBeGreaterThan(0.7);
    expect(result.table.rows).toBe(items + 1);
    expect(result.recTable.data).toEqual(result.table.data);
  });

  it('without a learning rate, fine-tuning ranks as the model does without it', async () => {
    const result = await finetune(finetuneInput(), {
      epochs: 2,
      patience: 2,
      learningRate: 0,
      accumulation: 1,
      limits,
      protocols: ['full'],
    });
    expect(result.stages.FT1.bestEpoch).toBe(1);
    const untuned = await rankWithoutTuning(finetuneInput(), { limits });
    expect([...untuned.ranks.full.above]).toEqual([...result.test.ranks.full.above]);
  });

  it(
    'one trajectory serves two protocols: each keeps its own best epoch, and the first decides what a ' +
      'run by it alone decides',
    async () => {
      const options = {
        epochs: 6,
        patience: 6,
        batch: 4,
        accumulation: 1,
        learningRate: 3e-3,
        warmup: 4,
        limits,
      };
      const input = { ...finetuneInput(), model: pretrained };
      const both = await finetune(input, { ...options, protocols: ['sampled', 'full'] });
      const alone = await finetune(input, { ...options, protocols: ['sampled'] });
      expect(both.table.data).toEqual(alone.table.data);
      expect([both.stage, both.epoch]).toEqual([alone.stage, alone.epoch]);
      expect(both.test.metrics).toEqual(alone.test.metrics);
      const full = both.also.full!;
      const values = (stage: 'FT1' | 'FT2') =>
        both.stages[stage].log.map(({ epoch, metrics }) => ({ epoch, value: metrics['full NDCG@10'] }));
      const best = [...values('FT1'), ...values('FT2')].reduce((max, { value }) => Math.max(max, value), 0);
      expect(values(full.stage).find(({ epoch }) => epoch === full.epoch)!.value).toBe(best);
      // Its weights are those of its epoch: they rank by their table as that epoch did.
      const again = await rankWithoutTuning(
        { ...input, model: full.model },
        { limits, table: full.recTable },
      );
      expect([...again.ranks.full.above]).toEqual([...full.test.ranks.full.above]);
    },
  );

  it('refuses protocols that are not there, none, and the same twice', async () => {
    await expect(finetune(finetuneInput(), { protocols: ['ful' as 'full'] })).rejects.toThrow(
      /unknown protocol "ful"\. Did you mean "full"/,
    );
    await expect(finetune(finetuneInput(), { protocols: [] })).rejects.toThrow(
      /protocols that select, got \[\]/,
    );
    await expect(finetune(finetuneInput(), { protocols: ['full', 'full'] })).rejects.toThrow(
      /different protocols/,
    );
  });

  it('a trainable table changes in FT2, the FT table is kept', async () => {
    const result = await finetune(finetuneInput(), {
      epochs: 3,
      patience: 3,
      batch: 8,
      accumulation: 1,
      learningRate: 5e-3,
      warmup: 1,
      limits,
      protocols: ['full'],
      trainableTable: true,
    });
    if (result.stage === 'FT2') expect(result.recTable.data).not.toEqual(result.table.data);
    else expect(result.recTable.data).toEqual(result.table.data);
    expect([...result.recTable.data.subarray(0, 16)]).toEqual(new Array(16).fill(0));
  });

  it('a second FT2 equals a separate run with a trainable table, and leaves REC as it is', async () => {
    const options = {
      epochs: 2,
      patience: 2,
      batch: 8,
      accumulation: 1,
      learningRate: 5e-3,
      warmup: 1,
      limits,
      protocols: ['sampled', 'full'] as const,
    };
    const [plain, alone, both] = await Promise.all(
      [false, true, 'also' as const].map((trainableTable) =>
        finetune(finetuneInput(), { ...options, trainableTable }),
      ),
    );
    const facts = ({ stage, epoch, test, recTable, model }: Rec) => ({
      stage,
      epoch,
      ranks: test.ranks,
      table: recTable.data,
      weights: model.weights,
    });
    expect(facts(both)).toEqual(facts(plain));
    expect(facts(both.also.full!)).toEqual(facts(plain.also.full!));
    expect(facts(both.trainable!)).toEqual(facts(alone));
    expect(both.trainable!.FT2.log.map(({ loss }) => loss)).toEqual(
      alone.stages.FT2.log.map(({ loss }) => loss),
    );
    expect(plain.trainable).toBeUndefined();
  });

  it('refuses tokens of another catalogue, no tuned layer, layers that are not there', async () => {
    await expect(finetune({ ...finetuneInput(), itemTokens: tokens.slice(1) }, { limits })).rejects.toThrow(
      /tokens of 12 items, got 11/,
    );
    await expect(finetune(finetuneInput(), { tuned: [] })).rejects.toThrow(/at least one tuned layer/);
    await expect(finetune(finetuneInput(), { tuned: [7], limits })).rejects.toThrow(/layers 0 to 1, got 7/);
  });
});

describe('updates of fine-tuning', () => {
  it('use every user once an epoch; leftover micro-batches join the next epoch (D22)', () => {
    // 24 users: 5 micro-batches, 2 updates, 1 left over.
    const plan = updatePlan(dataset, { batch: 5, accumulation: 2, seed: 1, emptyHistory: 'kept' });
    expect(plan.perEpoch).toBe(2);
    const [first, second] = [0, 1].map((epoch) => plan.ofEpoch(epoch));
    expect(first.map((u) => u.length)).toEqual([10, 10]);
    expect(second.map((u) => u.length)).toEqual([14, 10]);
    const seen = [...first.flat(), ...second[0].slice(0, 4)].map((s) => s.row).sort((a, b) => a - b);
    expect(seen).toEqual(Array.from({ length: 24 }, (_, row) => row));
    for (const u of first) expect(u.reduce((sum, s) => sum + s.weight, 0)).toBeCloseTo(1, 10);
    expect(plan.mostSamples).toBeGreaterThanOrEqual(14);
    expect(plan.ofEpoch(1)).toEqual(second);
  });
  it('leave users out who have no history to learn from, if asked (D23)', () => {
    const samples = updatePlan(dataset, { batch: 5, accumulation: 1, seed: 1, emptyHistory: 'left out' })
      .ofEpoch(0)
      .flat();
    expect(samples.every(({ t }) => t > 0)).toBe(true);
    expect(
      updatePlan(dataset, { batch: 5, accumulation: 1, seed: 1, emptyHistory: 'kept' })
        .ofEpoch(0)
        .flat()
        .some(({ t }) => t === 0),
    ).toBe(true);
  });

  it('a dataset smaller than one update still gets one', () => {
    expect(
      updatePlan(dataset, { batch: 16, accumulation: 8, seed: 1, emptyHistory: 'kept' })
        .ofEpoch(0)
        .map((u) => u.length),
    ).toEqual([24]);
  });
});
