/** `bench serving` on a small model: percentiles in order, both ways of calling, scores as the library's. */
import { expect, it } from 'vitest';
import { benchServing } from '../../bench/serving/benchServing';
import { trainRecommender } from '../../lib/src/training';
import { ringDataset } from '../evaluation/smallDataset';

it('measures calls in process and over HTTP, and compares every score', async () => {
  const dataset = ringDataset(12, 24, 8);
  const small = { dim: 8, maxLength: 6, batch: 12, epochs: 1, threads: 1, loss: 'ce' } as const;
  const recommender = await trainRecommender({ dataset, model: 'sasrec', ...small });
  const histories = [['i3'], ['i4', 'i5', 'i6'], ['i7', 'i8', 'i9', 'i10', 'i11', 'i12', 'i13']];
  const row = await benchServing({ name: 'ring', recommender, catalogue: dataset, histories }, 40);
  expect(row).toMatchObject({ name: 'ring', items: 24, dim: 8, calls: 40 });
  for (const { p50, p95, p99, longest, perSecond } of [row.inProcess, row.overHttp]) {
    expect([p50, p95, p99, longest]).toEqual([p50, p95, p99, longest].sort((a, b) => a - b));
    expect(p50).toBeGreaterThan(0);
    expect(perSecond).toBeGreaterThan(0);
  }
  expect(row.perCore.single).toBeGreaterThan(0);
  expect(row.perCore.batched).toBeGreaterThan(0);
  expect(row.largestDifference).toBeLessThan(1e-5);
});
