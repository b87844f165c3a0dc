/**
 * What a language stage is said to cost: FLOP from the shapes that really run, a time that grows with the
 * work.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDataset } from '../../../lib/src/data';
import { createEngine, type Engine } from '../../../lib/src/engine';
import { stageCost } from '../../../lib/src/models/encoder/cost';
import { estimateEncoding, extrapolate, probeTimes } from '../../../lib/src/models/encoder/estimate';
import { INPUT_LIMITS } from '../../../lib/src/text/recformerInput';
import { estimateLanguageCost, pretrainingSequences } from '../../../lib/src/training/language';

const config = {
  attention: 'window' as const,
  layers: 4,
  heads: 2,
  hidden: 16,
  intermediate: 32,
  vocabulary: 100,
  positions: 132,
  positionOffset: 2,
  tokenTypes: 4,
  itemPositions: 51,
  window: 16,
  normEps: 1e-5,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
  initializerStd: 0.02,
};
const items = 40;
const users = 64;
const itemTokens = Array.from({ length: items }, (_, i) => ({
  tokens: new Int32Array(6 + (i % 5)).fill(7),
  types: new Int32Array(6 + (i % 5)).fill(2),
}));
const dataset = makeDataset({
  name: 'Walks',
  kind: 'own',
  userKeys: Array.from({ length: users }, (_, u) => `u${u}`),
  itemKeys: Array.from({ length: items }, (_, i) => `i${i}`),
  itemTexts: Array.from({ length: items }, (_, i) => ({ title: `t${i}`, brand: '', category: '' })),
  offsets: Int32Array.from({ length: users + 1 }, (_, u) => 6 * u),
  sequence: Int32Array.from({ length: 6 * users }, (_, k) => 1 + ((k * 7) % items)),
});
const limits = { ...INPUT_LIMITS, maxTokens: 100 };
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.dispose());

it('encoding: FLOP of the packed rows, padding included', async () => {
  // 32 rows of 64 tokens, two texts of 30 in each: two batches of 16 rows.
  const cost = await estimateEncoding(
    engine,
    { config, padToken: 1 },
    Array.from({ length: 64 }, () => ({ tokens: new Int32Array(30) })),
  );
  expect(cost.flop).toBe(
    stageCost(config, {
      tokens: 2048,
      labels: 0,
      training: false,
      rowLength: 64,
      batchTokens: 1024,
      pooledOnly: true,
    }).flop,
  );
  expect(cost.seconds).toBeGreaterThan(0);
  expect(cost.stateBytes).toBeGreaterThan(4 * config.positions * config.hidden);
});

it('encoding: a row longer than the model takes holds several sequences', async () => {
  // Rows of 64, but 40 positions.
  const short = { ...config, positions: 42 };
  const cost = await estimateEncoding(
    engine,
    { config: short, padToken: 1 },
    Array.from({ length: 8 }, () => ({ tokens: new Int32Array(40) })),
  );
  expect(cost.seconds).toBeGreaterThan(cost.compileSeconds);
});

it('the time of a model from those of its probes, the shortest call of each', async () => {
  const calls: number[] = [];
  const probe = (i: number, ms: number) => async () => ({
    run: async () => {
      calls.push(i);
      const until = performance.now() + ms;
      while (performance.now() < until);
    },
    close: () => void calls.push(-1 - i),
  });
  const { compile, run } = await probeTimes(5, [probe(0, 10), probe(1, 30)]);
  expect(run).toBeGreaterThan(0.03);
  expect(run).toBeLessThan(0.3);
  expect(compile).toBeGreaterThanOrEqual(0);
  expect(calls.slice(0, 6)).toEqual([0, 1, 0, 1, 0, 1]);
  expect(calls.slice(-2)).toEqual([-1, -2]);
});

it('a line through two small models gives the whole one', () => {
  expect(extrapolate([2, 4], 12)).toBe(13);
  expect(extrapolate([2, 4], 1)).toBe(2);
  expect(extrapolate([2, 4], 2)).toBe(4); // the second probe has as many layers as the model
});

it('masked language: exact if all texts are alike, and in proportion to epochs', async () => {
  // 16 texts of 30 tokens a batch: four to a row would need 120, so 3 slots are used of rows of 32: one text
  // a row.
  const stage = { stage: 'LF' as const, config, lengths: new Array<number>(48).fill(30), batch: 16 };
  const [one, four] = [
    await estimateLanguageCost(engine, { ...stage, epochs: 1 }),
    await estimateLanguageCost(engine, { ...stage, epochs: 4 }),
  ];
  const labels = Math.ceil(0.4 * 16 * 32 + 0.6 * 16);
  expect(one.flop).toBeCloseTo(
    stageCost(config, {
      tokens: 3 * 16 * 32,
      labels: 3 * labels,
      training: true,
      rowLength: 32,
      batchTokens: 512,
    }).flop,
    0,
  );
  expect(four.flop).toBeCloseTo(4 * one.flop, 0);
  const fewer = await estimateLanguageCost(engine, { ...stage, epochs: 1, maskedShare: 0.15 });
  expect(one.flop - fewer.flop).toBeCloseTo(
    3 * 3 * (labels - Math.ceil(0.15 * 16 * 32 + 0.85 * 16)) * 2 * (16 * 16 + 16 * 100),
    0,
  );
  for (const { seconds, compileSeconds } of [one, four, fewer]) {
    expect(compileSeconds).toBeGreaterThan(0);
    expect(seconds).toBeGreaterThan(compileSeconds);
  }
});

it('pre-training and fine-tuning: epochs, larger batches of equal work, fewer tuned layers', async () => {
  const { train } = pretrainingSequences([dataset]);
  const pretraining = { stage: 'PT' as const, config, train, itemTokens: [itemTokens], limits, batch: 16 };
  const [one, two] = [
    await estimateLanguageCost(engine, { ...pretraining, epochs: 1 }),
    await estimateLanguageCost(engine, { ...pretraining, epochs: 2 }),
  ];
  expect(two.flop).toBeCloseTo(2 * one.flop, 0);
  expect(one.seconds).toBeGreaterThan(0);
  // The last of four layers: forward through all, backward through one.
  const last = await estimateLanguageCost(engine, { ...pretraining, epochs: 1, tuned: [3] });
  expect(last.flop / one.flop).toBeGreaterThan((1 + 2 / 4) / 3);
  expect(last.flop / one.flop).toBeLessThan(0.75); // the head for masked tokens is trained in any case
  const validated = await estimateLanguageCost(engine, { ...pretraining, epochs: 1, validation: train });
  expect(validated.flop).toBeGreaterThan(1.1 * one.flop);
  const finetuning = { stage: 'FT' as const, config, dataset, itemTokens, limits, batch: 8, accumulation: 2 };
  const [ft1, ft5] = [
    await estimateLanguageCost(engine, { ...finetuning, epochs: 1 }),
    await estimateLanguageCost(engine, { ...finetuning, epochs: 5 }),
  ];
  expect(ft5.flop / ft1.flop).toBeGreaterThan(3.5);
  expect(ft5.flop / ft1.flop).toBeLessThan(5);
});
