/**
 * `bench published`: recipes that can be trained, finished runs kept and not repeated, trials told
 * apart, a foreign file refused.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publishedTable } from '../../bench/recommender/published/publishedTable';
import { benchPublished } from '../../bench/recommender/published/benchPublished';
import type { PublishedResults, PublishedRun } from '../../bench/recommender/published/publishedFile';
import { PUBLISHED_ROWS, publishedRows, rowOptions } from '../../bench/recommender/published/recipes';
import { REFERENCES } from '../../bench/recommender/published/references';
import { summarise } from '../../bench/recommender/published/summary';
import { smallDataset } from '../evaluation/smallDataset';
import './typescriptWorkers';
import { freshFolder } from '../support/folders';

const folder = freshFolder();

const dataset = smallDataset({ users: 60 });
const small = { dim: 8, heads: 1, maxLength: 10, batch: 30, epochs: 2, patience: 2 } as const;

describe('bench published', () => {
  it('trains every row, keeps each run, and a later call trains only what is missing', async () => {
    const file = join(folder, 'kept.json');
    const stored = (): PublishedResults => JSON.parse(readFileSync(file, 'utf8')) as PublishedResults;
    const first = await benchPublished(dataset, { file, seeds: 1, workers: 2, changes: small });
    expect(first.failed).toEqual([]);
    expect(first.rows.map(({ row }) => row)).toEqual(PUBLISHED_ROWS.map(({ key }) => key));
    expect(Object.keys(first.baselines)).toEqual(['popularity', 'transition', 'item-kNN', 'TF-IDF']);
    expect(first.rows[0].changed).toMatchObject({ dim: 8, epochs: 2 });
    expect(first.rows[0].test.full['NDCG@10'].sd).toBeUndefined();

    const before = stored().runs;
    const lines: string[] = [];
    const second = await benchPublished(dataset, {
      file,
      rows: ['sasrec-sampled'],
      seeds: 2,
      changes: small,
      onLine: (line) => lines.push(line),
    });
    expect(lines[0]).toMatch(/1 of 2 runs are in .*, 1 to train/);
    expect(stored().runs.slice(0, 4)).toEqual(before);
    expect(stored().runs).toHaveLength(5);
    const [row] = second.rows;
    const values = stored()
      .runs.filter((run) => run.row === 'sasrec-sampled')
      .map(({ test }) => test.fullMasked['NDCG@10']);
    expect(row.seeds).toEqual([1, 2]);
    expect(row.test.fullMasked['NDCG@10'].mean).toBeCloseTo((values[0] + values[1]) / 2, 12);
    expect(row.test.fullMasked['NDCG@10'].sd).toBeCloseTo(Math.abs(values[0] - values[1]) / Math.SQRT2, 12);

    // Another dataset's runs are not these: everything is trained again, and told apart in the summary.
    const other = await benchPublished(smallDataset({ users: 60, seed: 12 }), {
      file,
      rows: ['sasrec-ce'],
      seeds: 1,
      changes: small,
      onLine: (line) => lines.push(line),
    });
    expect(lines.some((line) => /0 of 1 runs are in/.test(line))).toBe(true);
    expect(other.rows[0].seeds).toEqual([1]);
  }, 60_000);

  it('reports a run that fails, keeps nothing of it, and continues', async () => {
    const file = join(folder, 'failed.json');
    const { failed, rows } = await benchPublished(dataset, {
      file,
      rows: ['sasrec-ce'],
      seeds: 1,
      changes: { ...small, learningRate: 1e38 },
    });
    expect(failed).toEqual([{ row: 'sasrec-ce', seed: 1, why: expect.stringMatching(/finite/) }]);
    expect(rows).toEqual([]);
  });

  it('refuses a file that is not its own, and leaves it as it is', async () => {
    for (const content of ['{"runs": [', '{"runs": {}}', '{"runs": [{"row": "sasrec-ce"}]}', 'null']) {
      const file = join(folder, 'foreign.json');
      writeFileSync(file, content);
      await expect(benchPublished(dataset, { file })).rejects.toThrow(
        /bench published .*foreign\.json: expected/,
      );
      expect(readFileSync(file, 'utf8')).toBe(content);
    }
  });
});

describe('rows and references', () => {
  it('every figure of others belongs to a row', () => {
    for (const { row } of REFERENCES) expect(PUBLISHED_ROWS.map(({ key }) => key)).toContain(row);
  });

  it('an unknown row names the nearest; what makes a row what it is cannot be changed', () => {
    expect(() => publishedRows(['sasrec-cee'])).toThrow(/Did you mean "sasrec-ce"/);
    expect(() => rowOptions(PUBLISHED_ROWS[0], 1, { loss: 'ce' })).toThrow(/got loss/);
    expect(() => rowOptions(PUBLISHED_ROWS[0], 1, { dropuot: 0.1 } as object)).toThrow(
      /Did you mean "dropout"/,
    );
  });

  it('a recipe reaches the published figures only if it is at or above all of them', () => {
    const [row] = publishedRows(['bert4rec']);
    const run = (seed: number, ndcg: number): PublishedRun => {
      const metrics = { 'NDCG@10': ndcg, 'HR@10': 2 * ndcg };
      const all = { sampled: metrics, full: metrics, fullMasked: metrics };
      return {
        row: row.key,
        library: '0',
        fingerprint: 'f',
        engine: '',
        options: rowOptions(row, seed),
        epochs: 1,
        bestEpoch: 1,
        stopped: 'epochs',
        secondsPerEpoch: 1,
        peakMemoryMiB: 1,
        validation: all,
        test: all,
      };
    };
    expect(summarise('Beauty', [run(1, 0.02), run(2, 0.02)])[0]).toMatchObject({
      changed: {},
      seeds: [1, 2],
      reached: false,
    });
    const rows = summarise('Beauty', [run(2, 0.0211), run(1, 0.0213)]);
    expect(rows[0]).toMatchObject({ seeds: [1, 2], reached: true });
    expect(summarise('Office_Products', [run(1, 0.5)])[0].reached).toBeUndefined();
    const text = publishedTable({
      dataset: { name: 'Beauty', fingerprint: 'f', users: 4, items: 5, interactions: 20, evaluatedUsers: 3 },
      baselines: {},
      rows,
      failed: [],
    });
    expect(text).toMatch(/BERT4Rec +0\.0212 ± 0\.0001/);
    expect(text).toMatch(/factor 0\.7500/);
  });
});
