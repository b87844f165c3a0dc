/** The benchmarks of recommenders measure our side without a Python; each figure has its own arithmetic. */
import { describe, expect, it } from 'vitest';
import { BENCH_CASES, benchSequential } from '../../bench/recommender/benchSequential';
import { productFlop } from '../../bench/recommender/bareProducts';
import { benchRanking } from '../../bench/recommender/ranking';
import { benchSideBySide } from '../../bench/recommender/sideBySide';
import { usefulThreads } from '../../lib/src/training/recommender/usefulThreads';
import { smallDataset } from '../evaluation/smallDataset';
import './typescriptWorkers';

const options = { dim: 8, heads: 1, maxLength: 10, batch: 20 } as const;
const dataset = smallDataset({ users: 200 });

describe('bench sequential', () => {
  it('gives seconds, memory, metrics and the share of bare products of a case', async () => {
    const lines: string[] = [];
    const [row] = await benchSequential(dataset, {
      options,
      epochs: 2,
      threads: 1,
      cases: [BENCH_CASES[1]],
      onProgress: (line) => lines.push(line),
    });
    expect(row).toMatchObject({
      name: BENCH_CASES[1].name,
      dataset: 'small',
      epochs: { ours: 2 },
      peer: undefined,
      ratio: undefined,
    });
    expect(row.ours.secondsPerEpoch).toBeGreaterThan(0);
    expect(row.ours.peakMemoryMiB).toBeGreaterThan(20);
    expect(row.ours.test!.full['HR@50']).toBeGreaterThan(0);
    expect(row.products.seconds).toBeGreaterThan(0);
    expect(lines.some((line) => line.includes('epoch 2'))).toBe(true);
  });

  it('quick: every case from a few steps of an epoch, no metrics', async () => {
    const rows = await benchSequential(dataset, { options, quick: 4, threads: 2 });
    expect(rows.map(({ name }) => name)).toEqual(BENCH_CASES.map(({ name }) => name));
    expect(rows.map(({ threads }) => threads.ours)).toEqual([1, 2, 2, 1, 2]);
    for (const { ours, epochs, products, shapes } of rows) {
      expect(ours.secondsPerEpoch).toBeGreaterThan(0);
      expect(ours.test).toBeUndefined();
      const batches = Object.values(shapes).reduce((a, b) => a + b, 0);
      expect(batches).toBe(10);
      expect(epochs.ours).toBeCloseTo(4 / batches, 10);
      expect(products.share).toBeCloseTo(products.seconds / ours.secondsPerEpoch, 10);
      expect(products.seconds).toBeGreaterThan(0);
      expect(products.gflops).toBeGreaterThan(0);
    }
  });

  it('takes one thread if products are small', () => {
    expect(
      [
        { loss: 'bce', dim: 64 },
        { loss: 'sampled', dim: 256 },
        { loss: 'bce', dim: 768 },
        { loss: 'ce', dim: 8 },
      ].map((options) => usefulThreads(options as { loss: 'bce'; dim: number }, 4)),
    ).toEqual([1, 1, 4, 4]);
  });

  it('counts the operations of the products', () => {
    // 2 packed rows of 10 positions, width 8, one block: six products with 8 x 8 weights (SASRec), scores and
    // mixture within the row.
    const shape = { dim: 8, blocks: 1, heads: 1, maxLength: 10, negatives: 1 };
    expect(productFlop({ ...shape, model: 'sasrec', loss: 'bce' }, 50, 2)).toBe(
      3 * (6 * 2 * 20 * 8 * 8 + 2 * 2 * 20 * 10 * 8),
    );
    // The softmax: 51 classes at each position, or at the labelled ones. BERT4Rec's inner width is four times
    // its own.
    expect(productFlop({ ...shape, model: 'sasrec', loss: 'ce' }, 50, 2)).toBe(
      3 * (6 * 2 * 20 * 8 * 8 + 2 * 2 * 20 * 10 * 8 + 2 * 20 * 8 * 51),
    );
    expect(productFlop({ ...shape, model: 'bert4rec', loss: 'ce' }, 50, 2, 4)).toBe(
      3 * (3 * 2 * 20 * 8 * 8 + 9 * 2 * 4 * 8 * 8 + 2 * 2 * 20 * 10 * 8 + 2 * 4 * 8 * 51),
    );
  });
});

describe('bench ranking', () => {
  it('times ranking and product in turn', async () => {
    const [row] = await benchRanking(dataset, { dims: [8], threads: 1, rounds: 2 });
    expect(row).toMatchObject({ dim: 8, users: dataset.evaluationUsers.length, items: dataset.items });
    expect(row.ratio).toBeCloseTo(row.ranking / row.product, 10);
    expect(row.product).toBeGreaterThan(0);
  });
});

describe('bench side-by-side', () => {
  it('times two trainings at once and one after another', async () => {
    const result = await benchSideBySide(dataset, { options, epochs: 1, rounds: 1 });
    expect(result.oneAfterAnother).toBeGreaterThan(0);
    expect(result.gain).toBeCloseTo(result.oneAfterAnother / result.sideBySide, 10);
  });
});
