/**
 * A profile on a small shop's own files: `elephant run` and `show` from CSV files and a tiny language model
 * to Table 3. Runs the compiled library.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../lib/src/random';
import type { TableData } from '../../lib/src/report/tableData';
import { projectRoot } from '../../lib/src/project';
import { writeDomain, writeModel } from './givenFiles';
import { freshFolder } from '../support/folders';
import { elephantAt, type Ended } from '../support/elephant';

const USERS = 40;
/** Words of the model's tokenizer; of 30 items no two have the same. */
const COLOURS = ['red', 'blue', 'small', 'large', 'oak', 'steel'];
const THINGS = ['lamp', 'chair', 'table', 'shade', 'desk'];
interface Ran {
  missing: number;
  read: { domain: string }[];
}

let folder: string;
let shop: string[];

/** Users who buy what follows in the catalogue; names of columns that are not the usual ones. */
function writeShop(place: string): void {
  mkdirSync(place, { recursive: true });
  const random = createRandom(1);
  const events = Array.from({ length: USERS }, (_, u) => {
    const start = random.integer(30);
    return Array.from({ length: 6 }, (__, k) => `u${u};item ${(start + k) % 30};${31 - k}/12/2020`).reverse();
  }).flat();
  writeFileSync(join(place, 'interactions.csv'), ['buyer;sku;bought', ...events].join('\n'));
  const items = Array.from({ length: 30 }, (_, i) => `item ${i};${COLOURS[i % 6]} ${THINGS[i % 5]};Made`);
  writeFileSync(join(place, 'items.csv'), ['sku;title;brand', ...items].join('\n'));
}

const elephant = (...args: string[]): Promise<Ended> =>
  elephantAt({ env: { ELEPHANT_STORE: join(folder, 'store') } }, ...args);

beforeAll(async () => {
  folder = freshFolder();
  writeShop(join(folder, 'corner shop'));
  await writeModel(join(folder, 'model'));
  shop = [
    ...['--profile', 'real', '--interactions', join(folder, 'corner shop'), '--model', join(folder, 'model')],
    ...['--columns', 'user=buyer,time=bought'],
    ...['--set', 'input.maxTokens=64', 'language.window=16', 'languageThreads=1', 'pretrain.epochs=1'],
    ...['finetune.epochs=1', 'recommender.epochs=2', 'recommender.leastUpdates=4'],
    ...['recommender.learningRates.SASRec=[0.003]'],
  ];
});

test('a shop of 40 users: run reports what it read and computes; show prints; a copy is found', async () => {
  const ran = await elephant('run', ...shop, '--workers', '2', '--json');
  expect(ran, ran.err).toMatchObject({ code: 0 });
  expect(ran.err).toMatch(/user from "buyer", item from "sku", time from "bought"/);
  const { missing, read } = JSON.parse(ran.out) as Ran;
  expect(missing).toBe(0);
  expect(read).toMatchObject([{ domain: 'corner shop', report: { users: { kept: USERS } } }]);
  expect(existsSync(join(projectRoot, 'data/results/corner shop.json'))).toBe(false);

  const shown = await elephant('show', 'table3', ...shop, '--format', 'json');
  expect(shown, shown.err).toMatchObject({ code: 0 });
  const { rows } = JSON.parse(shown.out) as TableData;
  const { values } = rows.find(({ dataset, metric }) => dataset === 'corner shop' && metric === 'N@10')!;
  // Each item has one follower. The rest is hardly trained: that there is a number is all.
  expect(values.Transition.mean).toBeGreaterThan(90);
  for (const column of ['SAS', 'REC', 'freeze.LF', 'trainable.PT', 'trainable.FT', 'trainable.lexical']) {
    expect(values[column].mean, column).toBeGreaterThanOrEqual(0);
    expect(values[column].mean, column).toBeLessThanOrEqual(100);
  }

  const figures = join(projectRoot, 'figures');
  const times = (): number[] => readdirSync(figures).map((name) => statSync(join(figures, name)).mtimeMs);
  const before = times();
  const part = await elephant('report', ...shop, '--only', 'table3');
  expect(part, part.err).toMatchObject({ code: 0 });
  expect(part.out).toMatch(/Our numbers are measured on your own data/);
  expect(part.out).not.toMatch(/figures\/|Amazon|Pantry|Office/);
  expect(part.out).not.toMatch(/in the paper|the paper's/);
  const board = await elephant('report', ...shop, '--only', 'scoreboard');
  expect(board.out).toMatch(/Of the \d+ claims that this run can judge|No claim of the paper is reproduced/);
  expect(board.out).toMatch(/2 on domains that pre-training has not seen \(it has seen yours\)/);
  expect(board.out).not.toMatch(/In domains that pre-training|not in this run/);
  const page = join(folder, 'report.html');
  const whole = await elephant('report', ...shop, '--html', page);
  expect(whole, whole.err).toMatchObject({ code: 0 });
  const words = readFileSync(page, 'utf8').replace(/<(script|style|svg)[^]*?<\/\1>/g, '');
  expect(words).toContain('corner shop');
  expect(words).not.toMatch(/Pantry|Office_Products|a made-up shop/);
  expect(times()).toEqual(before);

  const copy = join(folder, 'elsewhere');
  cpSync(join(folder, 'corner shop'), join(copy, 'corner shop'), { recursive: true });
  const moved = shop.map((word) => word.replace(join(folder, 'corner shop'), join(copy, 'corner shop')));
  const again = await elephant('run', ...moved, '--json');
  expect(JSON.parse(again.out)).toMatchObject({ computed: 0, missing: 0 });
});

test('an Amazon domain to pre-train on stands beside them', async () => {
  writeDomain(join(folder, 'data'), 'Chairs', { users: 30, seed: 2 });
  const both = [...shop, 'pretrainingDomains=["Chairs"]', '--data', join(folder, 'data')];
  const ran = await elephant('run', ...both, '--workers', '2', '--json');
  expect(ran, ran.err).toMatchObject({ code: 0 });
  expect((JSON.parse(ran.out) as Ran).read.map(({ domain }) => domain)).toEqual(['Chairs', 'corner shop']);
  expect(readdirSync(join(folder, 'store')).filter((name) => name.startsWith('amazonDataset'))).toHaveLength(
    1,
  );
});
