/**
 * `bench serving`: an exported recommender, called once per history by ONNX Runtime on one thread, in this
 * process and over HTTP by examples/serve. One call at a time. What one core does is counted in processor
 * time, which other work on the machine does not stretch. Every answer is compared with `recommend`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from '../../lib/src/engine/runtime/onnxRuntime';
import { exportRecommender, recommend, type RecommenderResult } from '../../lib/src/training';
import type { Catalogue } from '../../lib/src/training/recommender';

/** Items that are asked for. */
const TOP = 10;
/** Calls before the first that counts. */
const WARM_UP = 100;
/** Histories of a batch, and of a call of `recommend`. */
const BATCH = 32;
const CHUNK = 500;

export interface ServedModel {
  name: string;
  recommender: Pick<RecommenderResult, 'options' | 'fingerprint' | 'weights'>;
  catalogue: Catalogue;
  /** Item keys, oldest first; taken in turn. */
  histories: readonly (readonly string[])[];
}

/** Milliseconds of a call, as a clock on the wall has them, and calls per second. */
interface Latency {
  p50: number;
  p95: number;
  p99: number;
  longest: number;
  perSecond: number;
}

export interface ServingRow {
  name: string;
  items: number;
  dim: number;
  calls: number;
  /** A call in the process that holds the model. */
  inProcess: Latency;
  /** A request of examples/serve/serve.mjs on the same machine, over a connection that stays open. */
  overHttp: Latency;
  /** Histories per second of processor time in this process: called one by one, and in batches of 32. */
  perCore: { single: number; batched: number };
  /** Of a score from that of `recommend`, over all calls. */
  largestDifference: number;
}

type Scores = readonly number[];

export async function benchServing(
  { name, recommender, catalogue, histories }: ServedModel,
  calls: number,
): Promise<ServingRow> {
  const folder = mkdtempSync(join(tmpdir(), 'elephant-serving-'));
  try {
    const file = join(folder, 'model.onnx');
    await exportRecommender(recommender, catalogue, file);
    const asked = Array.from({ length: calls }, (_, i) => histories[i % histories.length]);
    const call = await inThisProcess(file, catalogue.itemKeys);
    const inProcess = await timed(asked, async (history) => (await call([history]))[0]);
    const perCore = {
      single: await perProcessorSecond(asked, 1, call),
      batched: await perProcessorSecond(asked, BATCH, call),
    };
    const overHttp = await served(file, (ask) => timed(asked, ask));
    const expected = await expectedScores(recommender, catalogue, asked);
    return {
      name,
      items: catalogue.items,
      dim: recommender.options.dim,
      calls,
      inProcess: inProcess.latency,
      overHttp: overHttp.latency,
      perCore,
      largestDifference: Math.max(
        ...[inProcess, overHttp].map(({ scores }) => largestDifference(scores, expected)),
      ),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function inThisProcess(
  file: string,
  itemKeys: readonly string[],
): Promise<(histories: readonly (readonly string[])[]) => Promise<Scores[]>> {
  const model = await ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
  const ids = new Map(itemKeys.map((key, i) => [key, BigInt(i + 1)]));
  const top = new ort.Tensor('int64', BigInt64Array.of(BigInt(TOP)), [1]);
  return async (histories) => {
    const length = Math.max(...histories.map((history) => history.length));
    const rows = new BigInt64Array(histories.length * length);
    histories.forEach((history, k) =>
      history.forEach((key, i) => (rows[(k + 1) * length - history.length + i] = ids.get(key)!)),
    );
    const history = new ort.Tensor('int64', rows, [histories.length, length]);
    const data = (await model.run({ history, top })).scores.data as Float32Array;
    return histories.map((_, k) => Array.from(data.subarray(k * TOP, (k + 1) * TOP)));
  };
}

/** Runs examples/serve/serve.mjs while `use` asks it. */
async function served<T>(
  file: string,
  use: (ask: (history: readonly string[]) => Promise<Scores>) => Promise<T>,
): Promise<T> {
  const script = join(__dirname, '../../examples/serve/serve.mjs');
  const server = spawn(process.execPath, [script, file], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const port = await new Promise<string>((resolve, reject) => {
      server.stdout.on('data', (line: Buffer) => resolve(/port (\d+)/.exec(String(line))![1]));
      server.on('exit', () => reject(new Error('bench serving: the server ended')));
    });
    return await use(async (history) => {
      const query = new URLSearchParams([...history.map((key) => ['item', key]), ['top', String(TOP)]]);
      const { next } = JSON.parse(await fetched(`http://127.0.0.1:${port}/?${query}`, agent)) as {
        next: { score: number }[];
      };
      return next.map(({ score }) => score);
    });
  } finally {
    agent.destroy();
    server.kill();
  }
}

function fetched(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += String(part)));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

async function timed(
  histories: readonly (readonly string[])[],
  call: (history: readonly string[]) => Promise<Scores>,
): Promise<{ latency: Latency; scores: Scores[] }> {
  for (let i = 0; i < WARM_UP; i++) await call(histories[i % histories.length]);
  const times: number[] = [];
  const scores: Scores[] = [];
  const start = performance.now();
  for (const history of histories) {
    const begun = performance.now();
    scores.push(await call(history));
    times.push(performance.now() - begun);
  }
  const seconds = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  const percentile = (share: number): number => times[Math.ceil(share * times.length) - 1];
  const [p50, p95, p99, longest] = [0.5, 0.95, 0.99, 1].map(percentile);
  return { latency: { p50, p95, p99, longest, perSecond: histories.length / seconds }, scores };
}

async function perProcessorSecond(
  histories: readonly (readonly string[])[],
  size: number,
  call: (batch: readonly (readonly string[])[]) => Promise<unknown>,
): Promise<number> {
  const start = process.cpuUsage();
  for (let first = 0; first < histories.length; first += size)
    await call(histories.slice(first, first + size));
  const { user, system } = process.cpuUsage(start);
  return (1e6 * histories.length) / (user + system);
}

async function expectedScores(
  recommender: ServedModel['recommender'],
  catalogue: Catalogue,
  histories: readonly (readonly string[])[],
): Promise<Scores[]> {
  const scores: Scores[] = [];
  for (let first = 0; first < histories.length; first += CHUNK) {
    const lists = await recommend(recommender, catalogue, histories.slice(first, first + CHUNK), {
      top: TOP,
    });
    scores.push(...lists.map((next) => next.map(({ score }) => score)));
  }
  return scores;
}

/** Lists of other lengths differ without end. */
function largestDifference(got: readonly Scores[], expected: readonly Scores[]): number {
  let largest = 0;
  expected.forEach((scores, k) => {
    if (got[k].length !== scores.length) largest = Infinity;
    scores.forEach((score, i) => (largest = Math.max(largest, Math.abs(score - got[k][i]))));
  });
  return largest;
}
