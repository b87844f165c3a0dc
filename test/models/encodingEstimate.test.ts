/** What encoding a catalogue is said to cost: FLOP from the shapes that really run, time from probes. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../lib/src/engine';
import { stageCost } from '../../lib/src/models/encoder/cost';
import { estimateEncoding, extrapolate, probeTimes } from '../../lib/src/models/encoder/estimate';

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
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.dispose());

it('FLOP of the packed rows, padding included', async () => {
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

it('a row longer than the model takes holds several sequences', async () => {
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
