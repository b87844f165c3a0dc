/** Metrics from ranks: definitions, the bounds between cut-offs (method 16.8), chance level, averaging. */
import { describe, expect, it } from 'vitest';
import { evaluate, perUser, randomScores, rankingMetrics } from '../../lib/src/evaluation';
import { flatMetrics, selectionMetric } from '../../lib/src/evaluation/validationMetrics';
import { createRandom } from '../../lib/src/random';
import { smallDataset } from './smallDataset';

const random = createRandom(2);
const ranks = {
  above: Int32Array.from({ length: 500 }, () => random.integer(60)),
  ties: new Int32Array(500),
};

describe('metrics', () => {
  it('follow their definitions', () => {
    const metrics = rankingMetrics({ above: Int32Array.of(0, 4, 5, 99), ties: new Int32Array(4) });
    expect(metrics['HR@1']).toBeCloseTo(0.25);
    expect(metrics['HR@5']).toBeCloseTo(0.5);
    expect(metrics['HR@10']).toBeCloseTo(0.75);
    expect(metrics['NDCG@10']).toBeCloseTo((1 + 1 / Math.log2(6) + 1 / Math.log2(7)) / 4);
    expect(Object.keys(metrics)).toEqual([
      'HR@1',
      'NDCG@1',
      'HR@5',
      'NDCG@5',
      'HR@10',
      'NDCG@10',
      'HR@20',
      'NDCG@20',
      'HR@50',
      'NDCG@50',
    ]);
  });

  it('refuse a tie rule that there is none of, by name', () => {
    const unknown = /evaluation ties: unknown tie rule "optimistc". Did you mean "optimistic"/;
    const ties = 'optimistc' as 'optimistic';
    expect(() => rankingMetrics(ranks, { ties })).toThrow(unknown);
    expect(() => perUser(ranks, 'HR', 10, ties)).toThrow(unknown);
  });

  it('keep the bounds between HR and NDCG that any average keeps', () => {
    const metrics = rankingMetrics(ranks);
    const hits = metrics['HR@10'] - metrics['HR@5'];
    const gains = metrics['NDCG@10'] - metrics['NDCG@5'];
    expect(gains).toBeGreaterThanOrEqual(hits / Math.log2(11) - 1e-12);
    expect(gains).toBeLessThanOrEqual(hits / Math.log2(7) + 1e-12);
  });

  it('average per user, or per batch as the authors do (D16)', () => {
    const gains = perUser(ranks, 'NDCG', 10);
    const mean = (from: number, to: number): number =>
      gains.slice(from, to).reduce((a, b) => a + b, 0) / (to - from);
    expect(rankingMetrics(ranks)['NDCG@10']).toBeCloseTo(mean(0, 500), 12);
    const batches = [mean(0, 128), mean(128, 256), mean(256, 384), mean(384, 500)];
    expect(rankingMetrics(ranks, { batchMean: 128 })['NDCG@10']).toBeCloseTo(
      batches.reduce((a, b) => a + b, 0) / 4,
      12,
    );
  });

  it('can be had for a group of users', () => {
    expect(rankingMetrics(ranks, { users: [3] })['HR@50']).toBe(Number(ranks.above[3] < 50));
  });

  it('are one list for a trainer, which selects by NDCG@10 of a protocol', () => {
    const [sampled, full, fullMasked] = [0, 1, 2].map((above) =>
      rankingMetrics({ above: Int32Array.of(above), ties: Int32Array.of(0) }, { cutoffs: [1, 10] }),
    );
    const flat = flatMetrics({ sampled, full, fullMasked });
    expect(Object.keys(flat)).toHaveLength(12);
    expect(flat['full HR@1']).toBe(0);
    expect(flat[selectionMetric('full')]).toBe(full['NDCG@10']);
    expect(flat[selectionMetric('fullMasked')]).toBe(fullMasked['NDCG@10']);
  });

  it('give a random scorer HR@10 = 10/101 in the sampled protocol', async () => {
    const dataset = smallDataset({ users: 6000, items: 400 });
    const { metrics, users } = await evaluate(dataset, randomScores(dataset));
    const spread = 3 * Math.sqrt((0.099 * 0.901) / users.length);
    expect(Math.abs(metrics.sampled['HR@10'] - 10 / 101)).toBeLessThan(spread);
    expect(Math.abs(metrics.sampled['HR@5'] - 5 / 101)).toBeLessThan(spread);
  });
});
