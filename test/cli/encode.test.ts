/** `elephant encode`: a table for Python and for `elephant train`, wrong calls, and a kill in the middle. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { initialEncoder } from '../../lib/src/models/encoder/parameters';
import { readTable, saveModel, TABLE_TENSOR } from '../../lib/src/models/longformer';
import { createRandom } from '../../lib/src/random';
import { trainBpe } from '../../lib/src/text';

const command = join(__dirname, '..', '..', 'lib', 'bin', 'elephant.js');
const python = process.env.ELEPHANT_PYTHON;
if (!python)
  console.log(
    'skipped: reading a table in Python needs ELEPHANT_PYTHON (a python with numpy and safetensors)',
  );

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elephant-encode-'));
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
afterAll(() => rm(folder, { recursive: true }));

function elephant(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
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
  const table = await readTable(out, 350);
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
  expect([other.code, other.err]).toEqual([2, expect.stringMatching(/expected 451 rows.*got 351/)]);

  if (!python) return;
  const program = `import json, sys; from safetensors.numpy import load_file
t = load_file(sys.argv[1])["${TABLE_TENSOR}"]; keys = json.load(open(sys.argv[1].replace(".safetensors", ".items.json")))
print(json.dumps([list(t.shape), str(t.dtype), float(t[0].sum()), float(t[7, 3]), len(keys)]))`;
  const answer = JSON.parse(execFileSync(python, ['-c', program, out]).toString()) as unknown[];
  expect(answer).toEqual([[351, 8], 'float32', 0, table.data[7 * 8 + 3], 350]);
});

test('a run that was killed goes on where it was, to the same bytes', async () => {
  const items = 5000;
  writeFileSync(
    join(folder, 'interactions.csv'),
    [
      'user,item,time',
      ...Array.from({ length: 2 * items }, (_, i) => `u${Math.floor(i / 8)},i${i % items},${i}`),
    ].join('\n'),
  );
  writeFileSync(
    join(folder, 'items.csv'),
    [
      'item,title',
      ...Array.from({ length: items }, (_, i) => `i${i},comb ${i} ${'soap '.repeat(i % 9)}`),
    ].join('\n'),
  );
  const [whole, cut] = ['whole', 'cut'].map((name) => join(folder, `${name}.safetensors`));
  const args = ['encode', '--model', model, '--interactions', folder, '--threads', '1', '--json', '--out'];
  expect((await elephant(...args, whole)).code).toBe(0);

  const child = spawn(process.execPath, [command, ...args, cut], { stdio: 'ignore' });
  const ended = new Promise<string | null>((resolve) => child.on('exit', (_, signal) => resolve(signal)));
  // Header and a chunk of 1024 rows of 32 bytes.
  const wait = setInterval(() => {
    if ((statSync(`${cut}.part`, { throwIfNoEntry: false })?.size ?? 0) > 1024 * 32) child.kill('SIGKILL');
  }, 2);
  expect(await ended).toBe('SIGKILL');
  clearInterval(wait);
  // And the last write torn within a row.
  const part = readFileSync(`${cut}.part`);
  writeFileSync(`${cut}.part`, part.subarray(0, part.length - 100));
  const resumed = JSON.parse((await elephant(...args, cut)).out) as { encoded: number };
  expect(resumed.encoded).toBeLessThan(items);
  expect(readFileSync(cut).equals(readFileSync(whole))).toBe(true);
});

describe('wrong input', () => {
  test.each<[string, string[], RegExp]>([
    ['another ending', ['--out', 'table.npy'], /--out: expected a name that ends in \.safetensors/],
    [
      'a folder that is not there',
      ['--out', '/nowhere/at/all/t.safetensors'],
      /--out: expected a folder that is there/,
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
      /config\.json: expected a readable file/,
    ],
  ])('%s', async (_, args, message) => {
    const { code, out, err } = await elephant('encode', '--model', model, ...args);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, '']);
  });

  test('a file that is no table, and one of other items, are refused by train', async () => {
    const tensors = join(model, 'model.safetensors');
    const none = await elephant('train', '--domain', 'Pantry', '--table', tensors);
    expect([none.code, none.err]).toEqual([2, expect.stringMatching(/expected a tensor "items"/)]);
    const name = await elephant('train', '--domain', 'Pantry', '--table', 'lexikal');
    expect([name.code, name.err]).toEqual([2, expect.stringMatching(/Did you mean "lexical"/)]);
  });
});
