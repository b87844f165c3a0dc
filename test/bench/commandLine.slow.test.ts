/** The benchmarks as a user starts them: their options, their worker processes, and how wrong input ends. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import type { BenchRow } from '../../bench/recommender/benchSequential';
import type { PublishedBench } from '../../bench/recommender/published/benchPublished';
import { freshFolder } from '../support/folders';

const root = resolve(__dirname, '../..');
const data = join(freshFolder(), 'amazon');

/** Without peers: these shops are too small for them. */
const { ELEPHANT_PYTHON: _, ...env } = process.env;

const bench = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)('npm', ['run', '--silent', 'bench', '--', ...args], { cwd: root, env });
const failing = (...args: string[]): Promise<{ code: number; stderr: string }> =>
  bench(...args).then(
    () => expect.unreachable(),
    (error) => error as never,
  );

/** 600 users with 8 of 20 items each. */
beforeAll(() => {
  mkdirSync(data);
  const reviews = Array.from({ length: 600 * 8 }, (_, i) => ({
    reviewerID: `user${Math.floor(i / 8)}`,
    asin: `item${(Math.floor(i / 8) * 3 + (i % 8) * 7) % 20}`,
    unixReviewTime: 1_300_000_000 + 86_400 * (i % 8),
    overall: 5,
  }));
  const items = Array.from({ length: 20 }, (_, i) => ({ asin: `item${i}`, title: `Number ${i}` }));
  const lines = (rows: readonly object[]): Buffer =>
    gzipSync(rows.map((row) => JSON.stringify(row)).join('\n'));
  writeFileSync(join(data, 'Tiny_5.json.gz'), lines(reviews));
  writeFileSync(join(data, 'meta_Tiny.json.gz'), lines(items));
});

it('times steps in a process of its own', async () => {
  const of = ['--data', data, '--domain', 'Tiny', '--dim', '8', '--only', 'SASRec, BCE', '--threads', '1'];
  const { stdout, stderr } = await bench('sequential', ...of, '--quick', '2', '--json');
  const [row, ...others] = JSON.parse(stdout) as BenchRow[];
  expect(others).toEqual([]);
  expect(row).toMatchObject({ name: 'SASRec, BCE', dataset: 'Tiny', threads: { ours: 1, peer: 1 } });
  expect(row.ours.secondsPerEpoch).toBeGreaterThan(0);
  expect(stderr).toMatch(/^SASRec, BCE: ours, 1 thread, \d steps/m);
});

it('trains in worker processes of the library', async () => {
  const file = join(data, 'published.json');
  const small = ['dim=8', 'epochs=1', 'batch=20'].flatMap((value) => ['--set', value]);
  const of = ['--data', data, '--domain', 'Tiny', '--rows', 'sasrec-bce', '--seeds', '1', '--output', file];
  const { stdout } = await bench('published', ...of, ...small, '--json');
  const { rows, failed } = JSON.parse(stdout) as PublishedBench;
  expect(failed).toEqual([]);
  expect(rows).toMatchObject([{ row: 'sasrec-bce', seeds: [1], changed: { dim: 8, epochs: 1, batch: 20 } }]);
  expect((JSON.parse(readFileSync(file, 'utf8')) as { runs: unknown[] }).runs).toHaveLength(1);
});

it('refuses wrong input with one message and code 2', async () => {
  const few = await failing('engine', '--rounds', '3');
  expect(few).toMatchObject({ code: 2 });
  expect(few.stderr).toBe('bench: --rounds: expected a whole number of at least 7, got "3"\n');
  const unknown = await failing('sequential', '--data', data, '--only', 'GRU');
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toMatch(
    /^bench: --only: expected part of the name of a case, got "GRU"\. Known: SAS/,
  );
  const both = await failing('engine', '--adam', '--passes');
  expect(both.code).toBe(2);
  expect(both.stderr).toMatch(/cannot be used with/);
});
