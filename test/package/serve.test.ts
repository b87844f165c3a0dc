/**
 * The served example: an exported recommender answers as `recommend` does, over HTTP and (with
 * ELEPHANT_PYTHON) in Python, and what was asked wrongly is said.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/src/project';
import {
  exportRecommender,
  recommend,
  type RecommenderResult,
  trainRecommender,
} from '../../lib/src/training';
import { ringDataset } from '../evaluation/smallDataset';
import { freshFolder } from '../support/folders';

const script = join(projectRoot, 'examples/serve/serve.mjs');
const dataset = ringDataset(12, 16, 8);
const file = join(freshFolder(), 'ring.onnx');
let trained: RecommenderResult;
let server: ChildProcess;
let port: string;

beforeAll(async () => {
  const small = { dim: 8, maxLength: 6, batch: 12, epochs: 1, threads: 1, loss: 'ce' } as const;
  trained = await trainRecommender({ dataset, model: 'sasrec', ...small });
  await exportRecommender(trained, dataset, file);
  server = spawn(process.execPath, [script, file], { env: { ...process.env, PORT: '0' } });
  port = await new Promise((resolve, reject) => {
    server.stdout!.on('data', (line: Buffer) => resolve(/port (\d+)/.exec(String(line))![1]));
    server.stderr!.on('data', (line: Buffer) => reject(new Error(String(line))));
  });
});
afterAll(() => void server.kill());

interface Reply {
  next?: { item: string; score: number }[];
  error?: string;
  unknown?: string[];
}

async function ask(query: string): Promise<{ status: number; reply: Reply }> {
  const response = await fetch(`http://127.0.0.1:${port}/${query}`);
  return { status: response.status, reply: (await response.json()) as Reply };
}

describe('the server', () => {
  it('answers as the library does', async () => {
    const [expected] = await recommend(trained, dataset, [['i3', 'i4']], { top: 5 });
    const { status, reply } = await ask('?item=i3&item=i4&top=5');
    expect(status).toBe(200);
    expect(reply.next!.map(({ item }) => item)).toEqual(expected.map(({ item }) => item));
    reply.next!.forEach(({ score }, i) => expect(score).toBeCloseTo(expected[i].score, 5));
  });

  it('gives what there is if more is asked for', async () => {
    expect((await ask('?item=i3&item=i4&top=1000')).reply.next).toHaveLength(14);
  });

  it.each([
    ['an unknown item', '?item=i3&item=x', ['x']],
    ['no items', '', []],
    ['a top that is none', '?item=i3&top=many', []],
    ['a top beyond all numbers', '?item=i3&top=1e300', []],
  ])('refuses %s', async (_, query, unknown) => {
    expect(await ask(query)).toEqual({
      status: 400,
      reply: { error: expect.stringContaining('expected'), unknown },
    });
  });

  it('is about 20 lines and imports ONNX Runtime alone', () => {
    const text = readFileSync(script, 'utf8');
    const imported = [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, name]) => name);
    expect(imported.filter((name) => !name.startsWith('node:'))).toEqual(['onnxruntime-node']);
    expect(text.split('\n').length).toBeLessThan(40);
  });
});

const python = process.env.ELEPHANT_PYTHON;
if (!python)
  console.log('skipped: the served file from Python needs ELEPHANT_PYTHON (a python with onnxruntime)');

it.skipIf(!python)('Python answers as the library does', async () => {
  const example = join(projectRoot, 'examples/serve/recommend.py');
  const out = await new Promise<string>((resolve, reject) =>
    execFile(python!, [example, file, 'i3', 'i4'], (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    ),
  );
  const [expected] = await recommend(trained, dataset, [['i3', 'i4']], { top: 3 });
  const got = out
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  expect(got.map(([item]) => item)).toEqual(expected.map(({ item }) => item));
  got.forEach(([, score], i) => expect(Number(score)).toBeCloseTo(expected[i].score, 4));
});
