/**
 * A recommender from one process to the next: `train --out`, `recommend` and `export` of the file and of a
 * result in the store, and what a wrong one gets. Runs the compiled library.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../lib/dist/experiments/stages/recommender';
import { storeDataset } from '../../lib/dist/experiments/stages/storedDataset';
import { stage, type StageContext } from '../../lib/dist/pipeline/stage';
import { Store } from '../../lib/dist/pipeline/store';
import { writeSafetensors } from '../../lib/dist/engine/safetensors/safetensors';
import { projectRoot } from '../../lib/src/project';
import { ringDataset } from '../evaluation/smallDataset';
import { freshFolder } from '../support/folders';
import { elephantAt, type Ended } from '../support/elephant';

const folder = freshFolder();
const store = new Store(join(folder, 'store'));
const saved = join(folder, 'shop.safetensors');
const shop = join(projectRoot, 'examples/shop');
const quick = ['--interactions', shop, '--dim', '8', '--epochs', '1', '--threads', '1'];

const elephant = (...args: string[]): Promise<Ended> =>
  elephantAt({ env: { ELEPHANT_STORE: store.folder } }, ...args);

beforeAll(async () => {
  const trained = await elephant('train', ...quick, '--out', saved);
  expect(trained).toMatchObject({ code: 0, err: expect.stringContaining(`saved as ${saved}`) });
}, 60_000);

describe('a file of train --out', () => {
  it('recommends in another process', async () => {
    const { out } = await elephant(
      'recommend',
      '--run',
      saved,
      '--history',
      'comb',
      'soap',
      '--top',
      '3',
      '--json',
    );
    const { model, history, next } = JSON.parse(out) as {
      model: string;
      history: string[];
      next: { item: string }[];
    };
    expect({ model, history }).toEqual({ model: 'sasrec', history: ['comb', 'soap'] });
    expect(next).toHaveLength(3);
    const table = await elephant('recommend', '--run', saved, '--history', 'comb', 'soap', '--top', '3');
    for (const { item } of next) expect(table.out).toContain(item);
    expect(table.out).toMatch(/^sasrec, shop\nitem +score\n/);
  });

  it('gives all that is left if more is asked for, and the history with --repeats', async () => {
    const ask = async (...more: string[]): Promise<string[]> => {
      const { out } = await elephant(
        'recommend',
        '--run',
        saved,
        '--top',
        '99',
        '--json',
        '--history',
        'comb',
        ...more,
      );
      return (JSON.parse(out) as { next: { item: string }[] }).next.map(({ item }) => item);
    };
    expect(await ask()).toHaveLength(19);
    expect(await ask('--repeats')).toContain('comb');
  });

  it('is made of the learning rate that was chosen, too', async () => {
    const out = join(folder, 'chosen.safetensors');
    const { code } = await elephant(
      'train',
      ...quick.slice(0, -2),
      '--learning-rates',
      '1e-3,1e-2',
      '--out',
      out,
    );
    expect(code).toBe(0);
    expect((await elephant('recommend', '--run', out, '--history', 'comb')).code).toBe(0);
  });

  it('is exported, with the item keys beside it', async () => {
    const { code, out } = await elephant('export', '--run', saved, '--out', join(folder, 'shop.onnx'));
    expect(code).toBe(0);
    expect(out).toMatch(/shop\.onnx: sasrec, 20 items of shop; their keys are in .*shop\.items\.json\n$/);
    expect(existsSync(join(folder, 'shop.onnx'))).toBe(true);
    expect(JSON.parse(readFileSync(join(folder, 'shop.items.json'), 'utf8'))).toContain('comb');
  });
});

describe('a result in the store', () => {
  const ring = ringDataset(12, 16, 8);
  const kind = (name: string) => ({ name, file: join(projectRoot, 'lib/dist/errors.js') });
  const node = stage(kind('recommender'), { label: 'SASRec, ring', config: { seed: 1 } });
  const orphan = stage(kind('recommender'), { label: 'SASRec, elsewhere', config: { seed: 2 } });
  const table = stage(kind('lexical'), { label: 'word counts, ring', config: {} });

  beforeAll(async () => {
    const dataset = storeDataset(ring);
    const config = { model: 'sasrec', loss: 'ce', variant: 'base', selection: 'full', dim: 8 } as const;
    const short = { epochs: 1, patience: 1, batch: 12, passes: 1, learningRates: [1e-3], seed: 1 };
    const context: StageContext = {
      threads: 1,
      signal: new AbortController().signal,
      sources: {},
      progress: () => undefined,
      checkpoint: () => expect.unreachable(),
    };
    const result = await run({ ...config, ...short }, { dataset }, context);
    store.write(stage(kind('dataset'), { label: 'ring', config: {} }), dataset, 1);
    store.write(node, result, 1);
    store.write(orphan, { ...result, json: { ...result.json, fingerprint: 'f'.repeat(32) } }, 1);
    store.write(table, { json: {}, arrays: {} }, 1);
  });

  it('is named by its folder, or by the beginning of its key', async () => {
    for (const name of [`recommender-${node.key.slice(0, 24)}`, node.key.slice(0, 12), node.key]) {
      const { out } = await elephant('recommend', '--run', name, '--history', 'i3', '--json');
      expect(JSON.parse(out)).toMatchObject({ model: 'sasrec', dataset: 'ring' });
    }
    const model = join(folder, 'ring.onnx');
    expect(
      (await elephant('export', '--run', `recommender-${node.key.slice(0, 6)}`, '--out', model)).out,
    ).toMatch(/ring\.onnx: sasrec, 16 items of ring/);
  });

  it.each([
    [
      'nothing that begins so',
      'recommender-none',
      /store: expected one result that begins with "recommender-none", got none\. `elephant store ls`/,
    ],
    ['several', 'recommender', /expected one result that begins with "recommender", got 2/],
    [
      'one of another kind',
      `lexical-${table.key.slice(0, 8)}`,
      /expected a trained SASRec or BERT4Rec, got "word counts, ring" \(lexical\)/,
    ],
    [
      'one without its dataset',
      orphan.key,
      /expected the dataset f{32} of the recommender, .* got none of the 1 datasets there/,
    ],
  ])('is refused: %s', async (_, name, message) => {
    const { code, err } = await elephant('export', '--run', name, '--out', join(folder, 'x.onnx'));
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

describe('wrong input', () => {
  it.each<[string, string[], RegExp]>([
    [
      'an item table',
      ['recommend', '--run', join(folder, 'table.safetensors'), '--history', 'a'],
      /expected a saved recommender, got another safetensors file/,
    ],
    [
      'a text file',
      ['export', '--run', join(shop, 'items.csv'), '--out', join(folder, 'x.onnx')],
      /items\.csv: expected a safetensors file, got text/,
    ],
    [
      'a missing file',
      ['recommend', '--run', 'no/file.safetensors', '--history', 'a'],
      /no\/file\.safetensors: expected a saved recommender, got none/,
    ],
    [
      'an unknown item',
      ['recommend', '--run', saved, '--history', 'combb'],
      /history 1: expected items of the dataset, got "combb"\. Did you mean "comb"/,
    ],
    ['an empty history', ['recommend', '--run', saved, '--history'], /argument missing/],
    ['no history', ['recommend', '--run', saved], /required option '--history <items...>'/],
    [
      '--top 0',
      ['recommend', '--run', saved, '--history', 'comb', '--top', '0'],
      /--top: expected a whole number of at least 1, got "0"/,
    ],
    [
      'another ending',
      ['export', '--run', saved, '--out', 'shop.pt'],
      /--out: expected a name that ends in \.onnx, got "shop\.pt"/,
    ],
    [
      'several seeds',
      ['train', ...quick.slice(0, -2), '--seeds', '1,2', '--out', saved],
      /--out: expected one seed, got 2/,
    ],
    [
      'the table itself',
      ['train', ...quick, '--table', saved, '--out', saved],
      /--out: expected a file other than that of --table/,
    ],
    [
      'a folder that is not there',
      ['train', ...quick, '--out', 'no/where.safetensors'],
      /--out: expected an existing folder, got "no\/?"/,
    ],
  ])('%s is one message', async (_, args, message) => {
    await writeSafetensors(join(folder, 'table.safetensors'), {
      items: { shape: [2, 1], dtype: 'float32', data: new Float32Array(2) },
    });
    const { code, err, out } = await elephant(...args);
    expect(err).toMatch(message);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('a damaged file is one message', async () => {
    const bytes = readFileSync(saved);
    bytes[bytes.length - 7] ^= 1;
    writeFileSync(join(folder, 'damaged.safetensors'), bytes);
    const { code, err } = await elephant(
      'recommend',
      '--run',
      join(folder, 'damaged.safetensors'),
      '--history',
      'comb',
    );
    expect(code).toBe(2);
    expect(err).toMatch(/damaged\.safetensors: expected the bytes that were written, got other bytes/);
  });
});
