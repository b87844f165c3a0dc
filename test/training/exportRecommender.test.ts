/**
 * An exported recommender in ONNX Runtime alone: the recommendations of the library for histories of any
 * length, in batches, for both models and every form of item table; wrong ids are refused.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { beforeAll, describe, expect, it } from 'vitest';
import * as ort from '../../lib/src/engine/runtime/onnxRuntime';
import {
  exportRecommender,
  recommend,
  type RecommenderResult,
  trainRecommender,
} from '../../lib/src/training';
import { ringDataset, smallDataset } from '../evaluation/smallDataset';
import { freshFolder } from '../support/folders';

const folder = freshFolder();
const dataset = smallDataset({ items: 40 });
const table = {
  rows: 41,
  dim: 6,
  data: Float32Array.from({ length: 41 * 6 }, (_, i) => (i < 6 ? 0 : Math.sin(i * i))),
};
const small = { dataset, dim: 8, maxLength: 6, batch: 60, epochs: 1, threads: 1, loss: 'ce' } as const;
const wide = {
  rows: 41,
  dim: 8,
  data: Float32Array.from({ length: 41 * 8 }, (_, i) => (i < 8 ? 0 : Math.sin(i))),
};

const histories = [[3], [40, 1, 7], [5, 6, 7, 8, 9, 10], [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]];
const keys = histories.map((ids) => ids.map((id) => `i${id}`));

interface Answer {
  items: number[];
  scores: number[];
}

async function session(file: string): Promise<(batch: number[][], top: number) => Promise<Answer[]>> {
  const model = await ort.InferenceSession.create(file, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  expect(model.inputNames).toEqual(['history', 'top']);
  expect(model.outputNames).toEqual(['items', 'scores']);
  return async (batch, top) => {
    const length = Math.max(0, ...batch.map((ids) => ids.length));
    const padded = batch.flatMap((ids) => [...new Array<number>(length - ids.length).fill(0), ...ids]);
    const int64 = (values: number[], dims: number[]): ort.Tensor =>
      new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
    const { items, scores } = await model.run({
      history: int64(padded, [batch.length, length]),
      top: int64([top], [1]),
    });
    const [rows, width] = items.dims;
    expect(rows).toBe(batch.length);
    const part = (data: ArrayLike<number | bigint>, k: number): number[] =>
      Array.from({ length: width }, (_, i) => Number(data[k * width + i]));
    return batch.map((_, k) => ({
      items: part(items.data as BigInt64Array, k),
      scores: part(scores.data as Float32Array, k),
    }));
  };
}

/** Equal scores; equal items, but for places of all but equal scores. */
function expectSame(got: Answer, expected: readonly { item: string; score: number }[]): void {
  expected.forEach(({ item, score }, i) => {
    expect(got.scores[i]).toBeCloseTo(score, 5);
    const at = got.items.indexOf(Number(item.slice(1)));
    expect(got.scores[at]).toBeCloseTo(score, 5);
  });
}

describe.each<[string, Partial<Parameters<typeof trainRecommender>[0]> & { model: 'sasrec' | 'bert4rec' }]>([
  ['SASRec', { model: 'sasrec' }],
  ['SASRec, padding masked, two heads', { model: 'sasrec', padding: 'masked', heads: 2 }],
  ['SASRec, a table of another width', { model: 'sasrec', table, variant: 'freeze' }],
  ['SASRec, a table added to a trained one', { model: 'sasrec', table: wide, variant: 'withID' }],
  ['BERT4Rec', { model: 'bert4rec' }],
  ['BERT4Rec that reads the question alone', { model: 'bert4rec', maxLength: 1 }],
  ['BERT4Rec, tied', { model: 'bert4rec', output: 'tied', heads: 1 }],
  ['BERT4Rec, a table of another width', { model: 'bert4rec', table, variant: 'trainable' }],
])('%s', (name, options) => {
  let trained: RecommenderResult;
  let run: Awaited<ReturnType<typeof session>>;
  const file = join(folder, `${name}.onnx`);
  beforeAll(async () => {
    trained = await trainRecommender({ ...small, ...options });
    await exportRecommender(trained, dataset, file);
    run = await session(file);
  });

  it('recommends what the library does, alone and in a batch', async () => {
    const expected = await recommend(trained, dataset, keys, { top: 10 });
    const batch = await run(histories, 10);
    for (const [k, ids] of histories.entries()) {
      expectSame(batch[k], expected[k]);
      expectSame((await run([ids], 10))[0], expected[k]);
    }
  });
});

describe('an exported recommender', () => {
  const ring = ringDataset(12, 16, 8);
  const file = join(folder, 'ring.onnx');
  let trained: RecommenderResult;
  let run: Awaited<ReturnType<typeof session>>;
  beforeAll(async () => {
    trained = await trainRecommender({ ...small, dataset: ring, model: 'sasrec' });
    await exportRecommender(trained, ring, file);
    run = await session(file);
  });

  it('gives all items if more are asked for, those of the history last', async () => {
    const [{ items, scores }] = await run([[4, 9]], 100);
    expect([...items].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    expect(items.slice(-2)).toEqual([4, 9]);
    expect(scores.slice(-2)).toEqual([-Infinity, -Infinity]);
    expect(scores.slice(0, -2).every(Number.isFinite)).toBe(true);
  });

  it('offers items of the history if exported with repeats', async () => {
    const again = join(folder, 'again.onnx');
    await exportRecommender(trained, ring, again, { repeats: true });
    const [got] = await (await session(again))([[4, 9]], 16);
    expectSame(got, (await recommend(trained, ring, [['i4', 'i9']], { top: 16, repeats: true }))[0]);
    expect(got.scores.every(Number.isFinite)).toBe(true);
  });

  it.each([
    ['an id beyond the catalogue', [[3, 17]]],
    ['a negative id', [[-1, 3]]],
    ['no items', [[]]],
    ['a row of padding alone', [[1], [0]]],
    ['padding behind the history', [[3, 4, 0]]],
  ])('refuses %s, and says what it expects', async (_, batch) => {
    await expect(run(batch, 3)).rejects.toThrow(/history: expected item ids from 1 to 16, the newest last/);
  });

  it('holds standard operators alone, names its sizes, and says what it is', () => {
    const { graph, opsetImport, metadataProps, irVersion } = onnx.ModelProto.decode(readFileSync(file));
    expect(opsetImport).toEqual([expect.objectContaining({ domain: '', version: expect.anything() })]);
    expect(Number(irVersion)).toBe(9);
    const [body] = graph!.node!.flatMap(({ attribute }) => attribute!.flatMap(({ g }) => g ?? []));
    expect([...graph!.node!, ...body.node!].filter(({ domain }) => domain)).toEqual([]);
    const about = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
    expect(about).toMatchObject({
      format: 'elephant-recommender',
      model: 'sasrec',
      items: '16',
      maxLength: '6',
      repeats: 'false',
    });
    expect(JSON.parse(about.options!)).toEqual(trained.options);
    expect(JSON.parse(readFileSync(join(folder, 'ring.items.json'), 'utf8'))).toEqual(ring.itemKeys);
  });

  it('is not made with the items of another dataset', async () => {
    await expect(exportRecommender(trained, dataset, file)).rejects.toThrow(
      /^exportRecommender: expected the dataset [0-9a-f]{32} that the model was trained on, got small/,
    );
  });
});
