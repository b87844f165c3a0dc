/** `elephant store`: what is listed, what is removed, and what is left alone. Runs the compiled library. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { asideName } from '../../lib/dist/asides';
import { stage } from '../../lib/dist/pipeline/stage';
import { Store, UNFINISHED } from '../../lib/dist/pipeline/store';
import { thisProcess } from '../../lib/dist/processIdentity';
import { freshFolder } from '../support/folders';
import { elephantAt, type Ended } from '../support/elephant';

const kind = (name: string) => ({ name, file: join(__dirname, '../../lib/dist/errors.js') });
const nodes = [
  stage(kind('recommender'), { label: 'SASRec, Arts', config: { seed: 1 } }),
  stage(kind('recommender'), { label: 'SASRec, Pantry', config: { seed: 2 } }),
  stage(kind('dataset'), { label: 'data, Arts', config: {} }),
];

let store: Store;
beforeEach(() => {
  store = new Store(join(freshFolder(), 'store'));
  for (const node of nodes) store.write(node, { json: {}, arrays: {} }, 90);
});

const elephantStore = (...words: string[]): Promise<Ended> =>
  elephantAt({ env: { ELEPHANT_STORE: store.folder } }, 'store', ...words);

const there = (): string[] => nodes.filter((node) => store.has(node)).map(({ label }) => label);

test('ls: one line a result, in the order of the folders', async () => {
  const { code, out } = await elephantStore('ls');
  const lines = out.trimEnd().split('\n');
  expect(code).toBe(0);
  expect(lines).toHaveLength(3);
  expect(lines).toEqual([...lines].sort());
  expect(lines[0]).toMatch(/^dataset-[0-9a-f]{24} .*\d+ bytes  data, Arts$/);
  const entries = JSON.parse((await elephantStore('ls', '--json')).out) as {
    folder: string;
    label: string;
    seconds: number;
    bytes: number;
  }[];
  expect(entries.map(({ folder }) => folder)).toEqual(nodes.map((node) => basename(store.path(node))).sort());
  expect(entries[0]).toMatchObject({ label: 'data, Arts', seconds: 90 });
  expect(entries[0].bytes).toBeGreaterThan(0);
});

test('ls of a store that is not there: nothing', async () => {
  rmSync(store.folder, { recursive: true });
  expect(await elephantStore('ls', '--json')).toMatchObject({ code: 0, out: '[]\n' });
});

test('rm: exactly the results whose folder names begin with the prefix', async () => {
  expect(await elephantStore('rm', basename(store.path(nodes[0])))).toMatchObject({
    code: 0,
    out: '1 results removed\n',
  });
  expect(there()).toEqual(['SASRec, Pantry', 'data, Arts']);
  expect(await elephantStore('rm', 'recommender-', '--json')).toMatchObject({
    code: 0,
    out: '{"removed":1}\n',
  });
  expect(there()).toEqual(['data, Arts']);
});

test.each([
  ['', /expected the beginning of a folder name, got ""/],
  ['recommender-x', /no result whose folder name begins with "recommender-x"/],
])('rm "%s" is refused and removes nothing', async (prefix, message) => {
  const { code, out, err } = await elephantStore('rm', prefix);
  expect(err).toMatch(message);
  expect([code, out]).toEqual([2, '']);
  expect(there()).toHaveLength(3);
});

test('gc leaves what a running process is writing, and removes it once that has ended', async () => {
  const part = join(store.folder, asideName('recommender-0'));
  const unfinished = join(store.folder, UNFINISHED, 'pretrain-0');
  for (const folder of [part, unfinished]) mkdirSync(folder, { recursive: true });
  const lock = join(store.folder, 'lock');
  writeFileSync(lock, JSON.stringify(thisProcess()));
  const { code, err } = await elephantStore('gc', '--unfinished');
  expect(err).toMatch(`store gc: process ${process.pid} is computing in`);
  expect(code).toBe(2);
  expect([part, unfinished, lock].every((path) => existsSync(path))).toBe(true);
  rmSync(lock);
  expect(await elephantStore('gc', '--unfinished')).toMatchObject({ code: 0, out: '2 leftovers removed\n' });
  expect(there()).toHaveLength(3);
  expect(readdirSync(store.folder).filter((name) => name !== UNFINISHED)).toHaveLength(3);
});

test('what a manifest says is shown, not obeyed, by the terminal', async () => {
  const file = join(store.path(nodes[0]), 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(
    file,
    JSON.stringify({ ...manifest, label: '\u001b[2Jcleared', files: { '\u001b]0;x': {} } }),
  );
  const { out: listed } = await elephantStore('ls');
  const { code, out: verified } = await elephantStore('verify');
  expect(code).toBe(1);
  expect(listed).toContain('\u241b[2Jcleared');
  expect(verified).toContain('which is not a file of a result');
  expect(listed + verified).not.toMatch(/\u001b/);
});
