/** `elephant encode`: a table for Python and for `elephant train`, wrong calls, and a kill in the middle. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { initialEncoder } from '../../lib/src/models/encoder/parameters';
import { readItemTable, readOwn, recommend, trainRecommender } from '../../lib/src';
import { TABLE_TENSOR } from '../../lib/src/models/itemTables';
import { saveModel } from '../../lib/src/models/published';
import { simulateDomain } from '../../lib/src/data/simulation';
import { createRandom } from '../../lib/src/random';
import { trainBpe } from '../../lib/src/text';
import { freshFolder } from '../support/folders';
import { COMMAND, elephant } from '../support/elephant';

const python = process.env.ELEPHANT_PYTHON;
if (!python)
  console.log(
    'skipped: reading a table in Python needs ELEPHANT_PYTHON (a python with numpy and safetensors)',
  );

let folder: string;
let model: string;
beforeAll(async () => {
  folder = freshFolder();
  model = join(folder, 'model');
  const config = {
    attention: 'window' as const,
    layers: 2,
    heads: 2,
    hidden: 8,
    intermediate: 12,
    vocabulary: 320,
    positions: 130,
    positionOffset: 2,
    tokenTypes: 4,
    itemPositions: 51,
    window: 16,
    normEps: 1e-5,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    initializerStd: 0.3,
  };
  await saveModel(model, {
    config,
    weights: initialEncoder(config, createRandom(1)),
    padToken: 1,
    pooling: 'first',
    normalise: false,
  });
  writeFileSync(
    join(model, 'tokenizer.json'),
    JSON.stringify(trainBpe(['title brand category comb soap shampoo'], 300)),
  );
});

/** A folder of interactions and items: every item twice at least, users of 8 events. */
function makeShop(name: string, items: number): string {
  const shop = join(folder, name);
  mkdirSync(shop);
  const events = Array.from({ length: Math.max(2 * items, 800) }, (_, i) => i);
  const rows = events.map((i) => `u${Math.floor(i / 8)},i${(i * 7) % items},${i}`);
  writeFileSync(join(shop, 'interactions.csv'), ['user,item,time', ...rows].join('\n'));
  const titles = Array.from({ length: items }, (_, i) => `i${i},comb ${i} ${'soap '.repeat(i % 9)}`);
  writeFileSync(join(shop, 'items.csv'), ['item,title', ...titles].join('\n'));
  return shop;
}

test('writes a table that train takes and Python reads, and finds it again', async () => {
  const out = join(folder, 'pantry.safetensors');
  const first = await elephant(
    'encode',
    '--model',
    model,
    '--domain',
    'Pantry',
    '--out',
    out,
    '--threads',
    '1',
    '--json',
  );
  expect(first.err).toMatch(/^missing, not needed for a table: the head for masked tokens$/m);
  expect(first.err).toMatch(/FLOP, .* MiB, about .*350 of 350 items/s);
  expect(JSON.parse(first.out)).toMatchObject({ items: 350, width: 8, encoded: 350, reused: false });
  const table = await readItemTable(out, await simulateDomain('Pantry'));
  expect(new Set(Array.from({ length: 350 }, (_, i) => table.data[(i + 1) * 8])).size).toBeGreaterThan(200);
  const again = await elephant('encode', '--model', model, '--domain', 'Pantry', '--out', out, '--json');
  expect(JSON.parse(again.out)).toMatchObject({ encoded: 0, reused: true });

  const trained = await elephant(
    'train',
    '--domain',
    'Pantry',
    '--table',
    out,
    '--freeze',
    '--epochs',
    '1',
    '--threads',
    '1',
    '--json',
  );
  expect(JSON.parse(trained.out)).toMatchObject({ dim: 8, options: { variant: 'freeze' } });
  const other = await elephant('train', '--domain', 'Arts', '--table', out, '--json');
  expect([other.code, other.err]).toEqual([
    2,
    expect.stringMatching(/of all 450 items.*got a table of others: 450 are not in it/),
  ]);

  if (!python) return;
  const program = `import json, sys; from safetensors.numpy import load_file
t = load_file(sys.argv[1])["${TABLE_TENSOR}"]
keys = json.load(open(sys.argv[1].replace(".safetensors", ".items.json")))
print(json.dumps([list(t.shape), str(t.dtype), float(t[0].sum()), float(t[7, 3]), len(keys)]))`;
  const answer = JSON.parse(execFileSync(python, ['-c', program, out]).toString()) as unknown[];
  expect(answer).toEqual([[351, 8], 'float32', 0, table.data[7 * 8 + 3], 350]);
});

test('a killed run resumes where it was, to the same bytes', async () => {
  const items = 5000;
  const shop = makeShop('resumed', items);
  const [whole, cut] = ['whole', 'cut'].map((name) => join(folder, `${name}.safetensors`));
  const args = ['encode', '--model', model, '--interactions', shop, '--threads', '1', '--json', '--out'];
  expect((await elephant(...args, whole)).code).toBe(0);

  const killed = async (): Promise<string> => {
    const child = spawn(process.execPath, [COMMAND, ...args, cut], { stdio: 'ignore' });
    const ended = new Promise<string | null>((resolve) => child.on('exit', (_, signal) => resolve(signal)));
    // Header and more than a chunk of 1024 rows of 32 bytes: the header knows of the first.
    const wait = setInterval(() => {
      const [part] = partsOf(cut);
      if (part !== undefined && statSync(part).size > 1500 * 32) child.kill('SIGKILL');
    }, 2);
    expect(await ended).toBe('SIGKILL');
    clearInterval(wait);
    return partsOf(cut)[0];
  };
  // And the next write torn within a row.
  appendFileSync(await killed(), Buffer.alloc(100, 1));
  const resumed = await elephant(...args, cut);
  expect(resumed.err).toMatch(/\.part: resumes after \d+ of 5000 items/);
  expect((JSON.parse(resumed.out) as { encoded: number }).encoded).toBeLessThan(items);
  expect(readFileSync(cut).equals(readFileSync(whole))).toBe(true);

  // With a byte of a finished row changed, all are computed again.
  rmSync(cut);
  const part = await killed();
  damage(part, 1000 + 100 * 32);
  const again = await elephant(...args, cut);
  expect(again.err).toMatch(/\.part: the rows in it are damaged; they are computed again/);
  expect(JSON.parse(again.out)).toMatchObject({ encoded: items });
  expect(readFileSync(cut).equals(readFileSync(whole))).toBe(true);
  expect(readdirSync(folder).filter((name) => /\.(part|lock|tmp)$/.test(name))).toEqual([]);
});

/** A copy of the model with one weight changed: other vectors of the same size. */
function otherModel(name: string): string {
  const copy = join(folder, name);
  cpSync(model, copy, { recursive: true });
  damage(join(copy, 'model.safetensors'), statSync(join(copy, 'model.safetensors')).size - 2);
  return copy;
}

const partsOf = (table: string): string[] =>
  readdirSync(dirname(table))
    .filter((name) => name.startsWith(`${basename(table)}.`) && name.endsWith('.part'))
    .map((name) => join(dirname(table), name));

/** Changes one bit. */
function damage(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] ^= 1;
  writeFileSync(path, bytes);
}

test('runs at once with one --out: each waits for the one before; the table is of one model', async () => {
  const shop = makeShop('two', 3000);
  const models = { a: model, b: otherModel('model-b') };
  const alone = Object.fromEntries(
    await Promise.all(
      Object.entries(models).map(async ([name, at]) => {
        const out = join(folder, `alone-${name}.safetensors`);
        await elephant('encode', '--model', at, '--interactions', shop, '--threads', '1', '--out', out);
        return [name, readFileSync(out)] as const;
      }),
    ),
  );
  expect(alone.a.equals(alone.b)).toBe(false);
  const out = join(folder, 'shared.safetensors');
  const runs = await Promise.all(
    [models.a, models.b, models.a].map((at) =>
      elephant('encode', '--model', at, '--interactions', shop, '--threads', '1', '--out', out, '--json'),
    ),
  );
  expect(runs.map(({ code, err }) => [code, /\n {4}at /.test(err)])).toEqual(runs.map(() => [0, false]));
  expect(runs.filter(({ err }) => /waiting for process \d+/.test(err)).length).toBeGreaterThan(0);
  const table = readFileSync(out);
  expect([alone.a, alone.b].some((bytes) => bytes.equals(table))).toBe(true);
  expect(readdirSync(folder).filter((name) => /^shared\..*\.(part|lock|tmp)$/.test(name))).toEqual([]);
});

test('a table of which a byte changed is encoded again, and refused by train', async () => {
  const out = join(folder, 'damaged.safetensors');
  const args = ['encode', '--model', model, '--interactions', makeShop('small', 12), '--threads', '1'];
  await elephant(...args, '--out', out);
  const right = readFileSync(out);
  damage(out, right.length - 5);
  const trained = await elephant('train', '--interactions', join(folder, 'small'), '--table', out);
  expect([trained.code, trained.err]).toEqual([2, expect.stringMatching(/the checksum does not match/)]);
  const again = await elephant(...args, '--out', out, '--json');
  expect(again.err).toMatch(/the checksum does not match.*; it is encoded again/);
  expect(JSON.parse(again.out)).toMatchObject({ encoded: 12, reused: false });
  expect(readFileSync(out).equals(right)).toBe(true);
});

test("a user's own files: encode, train on the table; another's unfinished table", async () => {
  const shop = makeShop('own', 12);
  const out = join(folder, 'own.safetensors');
  writeFileSync(`${out}.0a1b2c3d.part`, 'x');
  const encoded = await elephant('encode', '--model', model, '--interactions', shop, '--out', out);
  expect(encoded.err).toMatch(/0a1b2c3d\.part: rows of an unfinished table of another model or catalogue/);
  expect(encoded.err).toMatch(
    /3 of 12 texts are longer than the input and are cut \(32 tokens per attribute, 128 in all\)/,
  );
  const files = ['--interactions', join(shop, 'interactions.csv'), '--items', join(shop, 'items.csv')];
  const run = ['--table', out, '--freeze', '--epochs', '1', '--threads', '1', '--json'];
  const trained = await elephant('train', ...files, ...run);
  expect(JSON.parse(trained.out)).toMatchObject({ dataset: 'own', items: 12, dim: 8 });

  const dataset = await readOwn(shop);
  const table = await readItemTable(out, dataset);
  const training = { dataset, table, model: 'sasrec', variant: 'trainable', dim: 8, epochs: 1 } as const;
  const [next] = await recommend(await trainRecommender(training), dataset, [['i0', 'i3']], { top: 3 });
  expect(next.map(({ item }) => dataset.itemKeys.includes(item))).toEqual([true, true, true]);

  const elsewhere = await elephant('train', '--data', shop);
  expect([elsewhere.code, elsewhere.err]).toEqual([2, expect.stringMatching(/--interactions/)]);
});

test('what the system refuses is one message; what would be overwritten must be a table', async () => {
  const args = ['encode', '--model', model, '--interactions', makeShop('limits', 3000), '--threads', '1'];
  const out = join(folder, 'limits.safetensors');
  const limited = await new Promise<{ code: unknown; err: string }>((resolve) => {
    // Files of at most 64 KiB (128 blocks of 512 bytes): the table has 94 KiB.
    const call = ['-c', 'ulimit -f 128; exec "$@"', 'sh', process.execPath, COMMAND, ...args, '--out', out];
    execFile('sh', call, (error, _, err) => resolve({ code: error?.code, err }));
  });
  expect(limited.err).toMatch(/limits\.safetensors: the file grew beyond what the system allows.*ulimit/);
  expect([limited.code, limited.err]).toEqual([2, expect.not.stringMatching(/\n {4}at /)]);
  expect((await elephant(...args, '--out', out)).code).toBe(0);

  const weights = join(model, 'model.safetensors');
  const before = readFileSync(weights);
  const over = await elephant(...args, '--out', weights);
  expect([over.code, over.err]).toEqual([2, expect.stringMatching(/expected a new file or an item table/)]);
  expect(readFileSync(weights).equals(before)).toBe(true);
});

test('items without texts are counted, and refused if there is no other', async () => {
  const shop = makeShop('bare', 12);
  const out = join(folder, 'bare.safetensors');
  const args = ['encode', '--model', model, '--interactions', shop, '--out', out];
  writeFileSync(join(shop, 'items.csv'), 'item,title\ni0,comb\ni3,soap');
  expect((await elephant(...args)).err).toMatch(
    /10 of 12 items have no text and get equal vectors, such as "i\d+"/,
  );
  rmSync(join(shop, 'items.csv'));
  const { code, err } = await elephant(...args);
  expect([code, err]).toEqual([2, expect.stringMatching(/expected items with texts, got 12 without any/)]);
});

describe('wrong input', () => {
  test.each<[string, string[], RegExp]>([
    ['another ending', ['--out', 'table.npy'], /--out: expected a name that ends in \.safetensors/],
    [
      'a folder that is not there',
      ['--out', '/nowhere/at/all/t.safetensors'],
      /--out: expected an existing folder/,
    ],
    [
      'items without interactions',
      ['--out', 't.safetensors', '--items', 'x.csv'],
      /--items: expected --interactions/,
    ],
    [
      'two sources',
      ['--out', 't.safetensors', '--interactions', 'x.csv', '--data', 'y'],
      /--interactions: got --data as well/,
    ],
    [
      'a model that is not there',
      ['--out', 't.safetensors', '--model', '/nowhere/at/all'],
      /nowhere\/at\/all: expected a language model's folder, got none/,
    ],
  ])('%s', async (_, args, message) => {
    const { code, out, err } = await elephant('encode', '--model', model, ...args);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, '']);
  });

  test('train refuses a file that is not a table, and a table of other items', async () => {
    const tensors = join(model, 'model.safetensors');
    const none = await elephant('train', '--domain', 'Pantry', '--table', tensors);
    expect([none.code, none.err]).toEqual([2, expect.stringMatching(/expected a tensor "items"/)]);
    const name = await elephant('train', '--domain', 'Pantry', '--table', 'lexikal');
    expect([name.code, name.err]).toEqual([2, expect.stringMatching(/Did you mean "lexical"/)]);
  });
});
