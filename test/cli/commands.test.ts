/**
 * The compiled command: what a wrong call gets (one message, exit code 2), and what a small training prints.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import type * as main from '../../lib/src/cli/main';
import { pattern } from '../pattern';
import { freshFolder } from '../support/folders';
import { COMMAND, elephant, elephantAt, type Ended } from '../support/elephant';

/** As elephant(), without starting a process for each call. */
async function elephantHere(...args: string[]): Promise<Ended> {
  const { runCommand } = createRequire(__filename)(
    join(__dirname, '..', '..', 'lib', 'dist', 'cli', 'main.js'),
  ) as typeof main;
  const [out, err] = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockReturnValue(true),
  );
  const said = (written: typeof out): string => written.mock.calls.map(([text]) => String(text)).join('');
  vi.stubEnv('ELEPHANT_DATA', '');
  vi.stubEnv('ELEPHANT_MODEL', '');
  try {
    const code = await runCommand([process.execPath, COMMAND, ...args]);
    return { code, out: said(out), err: said(err) };
  } finally {
    vi.unstubAllEnvs();
    out.mockRestore();
    err.mockRestore();
  }
}

/** A folder with the files of one small domain; `reviews` replaces the review file's bytes. */
function domainWith(reviews: Buffer): string {
  const folder = freshFolder();
  writeFileSync(join(folder, 'Beauty_5.json.gz'), reviews);
  writeFileSync(join(folder, 'meta_Beauty.json.gz'), gzipSync('{"asin": "A", "title": "Comb"}\n'));
  return folder;
}

const good = Array.from({ length: 200 }, (_, i) =>
  JSON.stringify({ reviewerID: `U${i % 20}`, asin: `A${(i * 7) % 30}`, unixReviewTime: 1e9 + i }),
).join('\n');

describe('wrong input', () => {
  test.each<[string, string[], RegExp]>([
    ['an unknown option', ['train', '--dimension', '8'], /unknown option '--dimension'[^]*--help/],
    ['an unknown command', ['trian'], /unknown command 'trian'[^]*train[^]*--help/],
    ['--dim 0', ['train', '--dim', '0'], /--dim: expected a whole number of at least 1, got 0/],
    [
      'a model that is not there',
      ['train', '--model', 'sasrek'],
      /unknown model "sasrek"\. Did you mean "sasrec"/,
    ],
    [
      'a precision that the provider does not have',
      ['train', '--provider', 'tfjs', '--precision', 'mixed'],
      /precision: expected a provider with mixed precision \(cpu or cuda\), got tfjs/,
    ],
    [
      'a precision that the provider does not have, of a profile',
      ['plan', '--provider', 'webgpu', '--precision', 'mixed'],
      /precision: expected a provider with mixed precision \(cpu or cuda\), got webgpu/,
    ],
    ['a precision that is not there', ['run', '--precision', 'half'], /unknown precision "half"/],
    ['a provider that is not there', ['train', '--provider', 'gpu'], /unknown provider "gpu"[^]*webgpu/],
    ['an unknown profile', ['report', '--profile', 'min'], /unknown profile "min"\. Did you mean "mini"/],
    [
      'own data without a place for the report',
      ['report', '--profile', 'real', '--interactions', 'examples/shop'],
      /--interactions: expected --html, --slides, --only or --section as well[^]*--html report\.html/,
    ],
    [
      'notebooks of a report that runs them anyway',
      ['report', '--notebooks'],
      /--notebooks: expected --from-results as well[^]*data\/results\/mini\.json/,
    ],
    [
      'notebooks of a check',
      ['report', '--from-results', 'data/results/mini.json', '--check', '--notebooks'],
      /--notebooks: cannot be combined with --check\. That runs no notebook/,
    ],
    [
      'a profile value that cannot be meant',
      ['report', '--set', 'recommender.epochs=0'],
      /profile recommender.epochs: expected a whole number of at least 1, got 0/,
    ],
    [
      'an unknown profile key',
      ['report', '--set', 'recommender.epoch=1'],
      /unknown key "epoch"\. Did you mean "epochs"/,
    ],
    ['a simulated domain that is not there', ['train', '--domain', 'Pantri'], /Pantry/],
    [
      'an unknown preset',
      ['train', '--as', 'publishd'],
      /unknown preset "publishd"\. Did you mean "published"/,
    ],
    [
      'an unknown training option',
      ['train', '--set', 'paddng=masked'],
      /unknown option "paddng"\. Did you mean "padding"/,
    ],
    [
      'a training option of another type',
      ['train', '--set', 'lazyRows=yes'],
      /train lazyRows: expected true or false, got "yes"/,
    ],
    ['--set without a value', ['train', '--set', 'padding'], /--set: expected key=value, got "padding"/],
    [
      'an unknown order of ties',
      ['train', '--ties-in-time', 'asin'],
      /--ties-in-time: unknown value "asin"[^]*file, itemKey/,
    ],
    [
      'a table in another format',
      ['train', '--table', 'items.csv'],
      /--table: expected random, neighbours, lexical or a file ending in \.safetensors, got "items\.csv"/,
    ],
    [
      'a table that is not there',
      ['train', '--interactions', 'examples/shop', '--table', '/no/t.safetensors'],
      /t\.safetensors: expected an item table that `elephant encode` wrote, got none/,
    ],
    ['a reading option without files', ['train', '--exclusion', 'target'], /--exclusion: expected --data/],
    ['a missing folder', ['train', '--data', '/nowhere/at/all', '--domain', 'Beauty'], /\/nowhere\/at\/all/],
    [
      'no learning rates',
      ['train', '--learning-rates', ''],
      /--learning-rates: expected a list such as 1e-3,3e-3, got ""/,
    ],
    [
      'a learning rate that is none',
      ['train', '--learning-rates', '1e-3,fast'],
      /--learning-rates: expected a number above 0, got "fast"/,
    ],
    [
      'a learning rate left out',
      ['train', '--learning-rates', '1e-3,,1e-2'],
      /--learning-rates: expected a number above 0, got ""/,
    ],
    [
      'a learning rate without end',
      ['train', '--learning-rates', '1e-3,Infinity'],
      /--learning-rates: expected a finite number, got Infinity/,
    ],
    [
      'a learning rate twice',
      ['train', '--learning-rates', '1e-3,0.001'],
      /--learning-rates: expected each value once, got "1e-3,0\.001"/,
    ],
    [
      'a list of learning rates and one',
      ['train', '--learning-rates', '1e-3,1e-2', '--learning-rate', '1e-2'],
      /--learning-rates: cannot be combined with --learning-rate 0\.01\. Give one of them/,
    ],
    [
      'a list of learning rates and one by --set',
      ['train', '--learning-rates', '1e-3,1e-2', '--set', 'learningRate=0.01'],
      /--learning-rates: cannot be combined with --set learningRate=0\.01/,
    ],
    [
      'a dropout of everything',
      ['train', '--dropout', '2'],
      /--dropout: expected a number of at least 0 and below 1, got 2/,
    ],
    ['no seeds', ['train', '--seeds', ' '], /--seeds: expected a list such as 1,2,3, got " "/],
    [
      'a seed that is none',
      ['train', '--seeds', '1,2.5'],
      /--seeds: expected a whole number from 0 to 4294967295, got 2\.5/,
    ],
    ['a seed twice', ['train', '--seeds', '1,2,1'], /--seeds: expected each value once, got "1,2,1"/],
    [
      'a list of seeds and one',
      ['train', '--seeds', '1,2', '--seed', '1'],
      /--seeds: cannot be combined with --seed 1/,
    ],
    [
      'no workers',
      ['train', '--seeds', '1,2', '--workers', '0'],
      /--workers: expected a whole number from 1 to 1024, got "0"/,
    ],
    [
      'workers for one training',
      ['train', '--workers', '2'],
      /--workers: expected several trainings, got one\. Add --learning-rates or --seeds/,
    ],
    [
      'threads for several trainings',
      ['train', '--seeds', '1,2', '--threads', '2'],
      /--threads: expected a single training, got several[^]*Use --workers/,
    ],
    ['a frozen random table', ['train', '--freeze'], /--freeze[^]*--table lexical/],
    [
      'a model by --set',
      ['train', '--set', 'model=bert4rec'],
      /--set: expected an option of the training other than model\. Use --model bert4rec/,
    ],
    [
      'a variant by --set',
      ['train', '--table', 'lexical', '--set', 'variant=withID'],
      /--set: expected [^]*other than variant\. Use --variant withID/,
    ],
    ['an unknown variant', ['train', '--variant', 'frozen'], /unknown variant "frozen"/],
    [
      'a variant that needs another run',
      ['train', '--table', 'lexical', '--variant', 'furtherEmb'],
      /--variant: furtherEmb starts from the weights of a finished freeze run[^]*elephant run[^]*`start`/,
    ],
    [
      'a variant without a table',
      ['train', '--variant', 'withID'],
      /--variant: withID expects a table, got a random one\. Add --table lexical/,
    ],
    [
      'no variant with a table',
      ['train', '--table', 'lexical', '--variant', 'base'],
      /--variant: base starts from a random table, got --table lexical/,
    ],
    [
      'two variants',
      ['train', '--table', 'lexical', '--variant', 'withID', '--freeze'],
      /--freeze: is short for --variant freeze, got --variant withID/,
    ],
    [
      'a device that is not known',
      ['plan', '--profile', 'paper', '--provider', 'cuda', '--device', 'H10'],
      /--device: unknown device "H10"\. Did you mean "H100"\?/,
    ],
    [
      'a device that the provider does not compute on',
      ['plan', '--profile', 'paper', '--device', 'A100'],
      /--device: expected the provider cuda or webgpu with A100, got cpu\. Add --provider cuda/,
    ],
    [
      'a variant that the model has not',
      ['train', '--table', 'lexical', '--model', 'bert4rec', '--variant', 'withID'],
      /withID is defined for sasrec only/,
    ],
  ])('%s', async (_, args, message) => {
    const { code, out, err } = await elephantHere(...args);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/^\s+at .*\.js:\d+/m);
    expect([code, out]).toEqual([2, '']);
  });

  test.each(['plan', 'run', 'report'])(
    '%s of a profile on files: a folder that is not there, or lacks what it is named for',
    async (name) => {
      const lacking = freshFolder();
      writeFileSync(join(lacking, 'config.json'), '{}');
      const cases: [string[], RegExp][] = [
        [
          ['--data', '/no/such'],
          /^elephant: \/no\/such: expected a readable folder, got none\. Check the path/,
        ],
        [
          ['--data', domainWith(gzipSync(good))],
          pattern(
            /expected review files of Office_Products, Beauty, [^]*/,
            /got none of Office_Products, Sports[^]*, Toys[^]*\. Check --data/,
          ),
        ],
        [
          ['--model', '/no/such'],
          pattern(
            /^elephant: \/no\/such: expected a language model's folder with config\.json, [^]*/,
            /got no folder there\. Check --model/,
          ),
        ],
        [['--model', lacking], /got a folder without tokenizer\.json, model\.safetensors\. Check --model/],
      ];
      const ended = await Promise.all(cases.map(([args]) => elephant(name, '--profile', 'real', ...args)));
      for (const [i, { code, out, err }] of ended.entries()) {
        expect(err).toMatch(cases[i][1]);
        expect(err.trim().split('\n')).toHaveLength(1);
        expect([code, out]).toEqual([2, '']);
      }
    },
  );

  test('a domain that is not in the folder: those that are, and the nearest', async () => {
    const { code, err } = await elephant('train', '--data', domainWith(gzipSync(good)), '--domain', 'Beuty');
    expect(err).toMatch(/Did you mean "Beauty"/);
    expect(code).toBe(2);
  });

  test("a folder of one's own files: the option that reads them", async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'interactions.csv'), 'user,item,time\nu,a,1\n');
    writeFileSync(join(folder, 'items.csv'), 'item,title,brand,category\na,Comb,B,C\n');
    const { code, err } = await elephant('train', '--data', folder);
    expect(err).toMatch(
      /expected Amazon review files such as Pantry_5\.json\.gz, got interactions\.csv\. .*--interactions/,
    );
    expect(code).toBe(2);
  });

  test('a truncated gzip', async () => {
    const whole = gzipSync(good);
    const { code, err } = await elephant(
      'train',
      '--data',
      domainWith(whole.subarray(0, whole.length - 20)),
      '--domain',
      'Beauty',
    );
    expect(err).toMatch(/Beauty_5\.json\.gz/);
    expect(code).toBe(2);
  });

  test('a line that is not JSON: file and line', async () => {
    const lines = good.split('\n');
    lines[41] = '{"reviewerID": "U1", "asin"';
    const { code, err } = await elephant(
      'train',
      '--data',
      domainWith(gzipSync(lines.join('\n'))),
      '--domain',
      'Beauty',
    );
    expect(err).toMatch(/Beauty_5\.json\.gz[^]*42/);
    expect(code).toBe(2);
  });
});

test('a part without results in the profile is left out with its notebook, and a line says so', async () => {
  const { code, out, err } = await elephant('report', '--set', 'attention.domains=[]', '--only', 'figure1');
  expect(err).toMatch(
    pattern(
      /notebooks: 0 run, 0 current, 0 failed[^]*/,
      /notebooks skipped, since profile mini has no results for them: 03-2-attention\n/,
    ),
  );
  expect([code, out]).toEqual([0, 'Profile mini has nothing for the part figure1.\n']);
});

test('a results file for the notebooks that is not there, before JupyterLab is set up', async () => {
  const env = { ELEPHANT_RESULTS: 'data/results/maxi.json' };
  const ended = await elephantAt({ env }, 'lab', '--prepare');
  expect(ended.err).toMatch(
    /^elephant: ELEPHANT_RESULTS: expected a results file, got data\/results\/maxi\.json/,
  );
  expect([ended.code, ended.out]).toEqual([2, '']);
});

test('a Node.js that is too old: which one is needed', async () => {
  const old = join(freshFolder(), 'old.cjs');
  writeFileSync(old, "Object.defineProperty(process.versions, 'node', { value: '20.18.1' });");
  const ended = await new Promise<Ended>((resolve) => {
    execFile(process.execPath, ['-r', old, COMMAND, 'doctor'], (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
  expect(ended).toEqual({
    code: 2,
    out: '',
    err: 'elephant: expected Node.js 20.19 or newer, got 20.18.1. Install it from nodejs.org\n',
  });
});

test("train --as published --data: the original paper's settings, but for options set by hand", async () => {
  const lines = Array.from({ length: 800 }, (_, i) =>
    JSON.stringify({
      reviewerID: `U${i % 40}`,
      asin: `A${(i * i) % 150}`,
      unixReviewTime: 1e9 + Math.floor(i / 120),
    }),
  ).join('\n');
  const folder = domainWith(gzipSync(`${lines}\n${lines.split('\n')[0]}\n`));
  const { code, out, err } = await elephant(
    'train',
    '--data',
    folder,
    '--domain',
    'Beauty',
    '--as',
    'published',
    '--model',
    'bert4rec',
    '--dim',
    '8',
    '--set',
    'heads=1',
    '--epochs',
    '1',
    '--threads',
    '1',
    '--json',
    '--ties-in-time',
    'itemKey',
    '--drop-duplicates',
    '--exclusion',
    'target',
    '--candidates',
    'trained',
  );
  expect(err).toMatch(
    pattern(
      /^as published: loss=ce, output=tied, userSampling=shuffled, dropLastBatch=false, /m,
      /learningRate=0\.0001, selection=sampled, evaluationNegatives=popularity$/,
    ),
  );
  expect(err).toMatch(/epoch 1\/1/);
  expect(code).toBe(0);
  const result = JSON.parse(out) as { options: Record<string, unknown>; as: string; interactions: number };
  expect(result.as).toBe('published');
  expect(result.interactions).toBeLessThan(801);
  expect(result.options).toMatchObject({
    dim: 8,
    heads: 1,
    output: 'tied',
    learningRate: 1e-4,
    selection: 'sampled',
    evaluationNegatives: 'popularity',
    candidates: 'trained',
  });
});

test('train --json: one object on standard output, progress on standard error', async () => {
  const { code, out, err } = await elephant(
    'train',
    '--domain',
    'Pantry',
    '--dim',
    '8',
    '--epochs',
    '2',
    '--batch',
    '64',
    '--threads',
    '1',
    '--json',
  );
  expect(code).toBe(0);
  expect(err).toMatch(/epoch 2\/2/);
  const result = JSON.parse(out) as Record<string, unknown>;
  expect(result).toMatchObject({
    model: 'sasrec',
    loss: 'bce',
    dim: 8,
    dataset: 'Pantry',
    users: 400,
    items: 350,
    epochs: 2,
  });
  const { test: tested, baselines } = result as {
    test: Record<string, Record<string, number>>;
    baselines: Record<string, Record<string, Record<string, number>>>;
  };
  for (const metrics of [
    tested.full,
    tested.sampled,
    tested.fullMasked,
    baselines.popularity.full,
    baselines.transition.sampled,
  ]) {
    expect(metrics['HR@10']).toBeGreaterThanOrEqual(metrics['NDCG@10']);
    expect(metrics['HR@50']).toBeLessThanOrEqual(1);
  }
});

test.each([
  ['withID', ['--variant', 'withID']],
  ['freeze', ['--variant', 'freeze']],
  ['freeze', ['--freeze']],
  ['trainable', []],
])('train --table: variant %s by %j', async (variant, args) => {
  const { code, out } = await elephant(
    'train',
    '--domain',
    'Pantry',
    '--dim',
    '8',
    '--table',
    'lexical',
    ...args,
    '--epochs',
    '1',
    '--threads',
    '1',
    '--json',
  );
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ table: 'lexical', options: { variant } });
});

test('doctor --json says whether results are written in place', async () => {
  const { code, out } = await elephant('doctor', '--json');
  expect(code).toBe(0);
  const { resultsInPlace, packages } = JSON.parse(out) as {
    resultsInPlace: boolean;
    packages: Record<string, string | null>;
  };
  if (process.platform !== 'linux' || packages.koffi === null) expect(resultsInPlace).toBe(false);
  else expect(resultsInPlace).toBe(true);
});
