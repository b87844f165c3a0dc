/** The benchmark's own arithmetic and its run without a peer (with PyTorch where ELEPHANT_PYTHON names one). */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { benchEngine } from '../../lib/src/engine';
import { encoderShape, rowsOf } from '../../lib/src/engine/bench/encoder';
import { encoderJob, transformerJob } from '../../lib/src/engine/bench/jobs';
import { productFlop } from '../../lib/src/engine/bench/transformer';

const tiny = { batch: 4, length: 5, dim: 8, items: 20 };

it('counts the products of a step', () => {
  // One block on 2 positions of width 1 with 3 items: 6 dense products of 4, 2 of attention of 8, logits of 12; three times.
  expect(productFlop({ batch: 1, length: 2, dim: 1, items: 3, blocks: 1 })).toBe(3 * (6 * 4 + 2 * 8 + 12));
});

it('measures ours alone where no Python is given, and writes what it found', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'elephant-bench-'));
  const [row, ...rest] = await benchEngine({ jobs: [transformerJob(tiny)], threads: 1, rounds: 7, python: undefined, peers: [], resultsFolder: folder });
  expect(rest).toEqual([]);
  expect(row).toMatchObject({ shape: '4x5 d8 V20', peer: null, peerMs: null, ratio: null });
  expect(row.oursMs).toBeGreaterThan(0);
  const [file] = await readdir(folder);
  expect(file).toBe('engine-cpu-1-threads.json');
  expect(JSON.parse(await readFile(join(folder, file), 'utf8'))).toMatchObject({ provider: 'cpu', threads: 1, results: [row] });
  await rm(folder, { recursive: true });
});

const small = { ...encoderShape(5, 3, 7, 10), dim: 8, heads: 2, layers: 2, vocabulary: 30 };

it('packs the sentences of an encoder into rows, each token once', () => {
  const rows = rowsOf(small);
  expect(rows.every((members) => members.reduce((a, b) => a + b, 0) <= 10)).toBe(true);
  expect(rows.flat().sort()).toEqual([...small.lengths].sort());
  const { feeds, tokens } = encoderJob(small);
  expect((feeds().segments as Int32Array).filter((s) => s > 0).length).toBe(tokens);
});

it('measures an encoder, in a file of its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'elephant-bench-'));
  const [row] = await benchEngine({ jobs: [encoderJob(small)], label: 'encoder', threads: 1, rounds: 7, python: undefined, peers: [], resultsFolder: folder });
  expect(row.tokensPerSecond * row.oursMs).toBeCloseTo(1000 * encoderJob(small).tokens, 3);
  expect(await readdir(folder)).toEqual(['engine-encoder-cpu-1-threads.json']);
  await rm(folder, { recursive: true });
});

it('refuses fewer than seven rounds', async () => {
  await expect(benchEngine({ rounds: 3 })).rejects.toThrow(/rounds: expected a whole number from 7 on, got 3/);
});

it.skipIf(process.env.ELEPHANT_PYTHON === undefined)('measures beside PyTorch (needs ELEPHANT_PYTHON)', async () => {
  const [row] = await benchEngine({ jobs: [transformerJob(tiny)], threads: 1, rounds: 7, peers: ['eager'], resultsFolder: false });
  expect(row.peer).toMatch(/^PyTorch 2\..* eager$/);
  expect(row.ratio).toBeCloseTo(row.oursMs / row.peerMs!, 10);
  const [encoder] = await benchEngine({ jobs: [encoderJob(small)], threads: 1, rounds: 7, peers: ['eager'], resultsFolder: false });
  expect(encoder.ratio).toBeGreaterThan(0);
}, 120_000);
