/** The benchmark measures our side without a Python (compiled library, as users run it). */
import { describe, expect, it } from 'vitest';
import { BENCH_CASES, benchSequential } from '../../lib/dist/training';
import { smallDataset } from '../evaluation/smallDataset';

describe('bench sequential', () => {
  it('gives seconds, memory and metrics of a case', async () => {
    const lines: string[] = [];
    const [row] = await benchSequential(smallDataset(), {
      options: { dim: 8, maxLength: 10 }, epochs: 2, threads: 1, cases: [BENCH_CASES[1]], onProgress: (line) => lines.push(line),
    });
    expect(row).toMatchObject({ name: BENCH_CASES[1].name, dataset: 'small', epochs: { ours: 2 }, peer: undefined, ratio: undefined });
    expect(row.ours.secondsPerEpoch).toBeGreaterThan(0);
    expect(row.ours.peakMemoryMiB).toBeGreaterThan(20);
    expect(row.ours.test.full['HR@50']).toBeGreaterThan(0);
    expect(lines.some((line) => line.includes('epoch 2'))).toBe(true);
  });
});
