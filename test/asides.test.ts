/** What killed processes leave behind is removed by the next one, and what running ones use is not. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asideName, temporaryFolder } from '../lib/src/asides';
import { processTag } from '../lib/src/processIdentity';
import { writeAside, writeFileAtomic } from '../lib/src/writeAside';
import { writeProblem } from '../lib/src/writeProblem';
import { freshFolder } from './support/folders';

const COMPILED = (name: string): string => JSON.stringify(join(__dirname, '../lib/dist', name));

/** Runs code in a process that is killed once it has printed something. */
async function killed(code: string): Promise<void> {
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdout.once('data', () => child.kill('SIGKILL'));
  await ended;
}

test('what a killed save had written aside is gone after the next save in the folder', async () => {
  const folder = freshFolder();
  const path = JSON.stringify(join(folder, 'one'));
  await killed(`require(${COMPILED('writeAside.js')}).writeAside(${path}, async (file) => {
    await file.write('half');
    console.log('now');
    await new Promise((resolve) => setTimeout(resolve, 1e5));
  })`);
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.one\..*\.tmp$/)]);
  writeFileAtomic(join(folder, 'two'), 'whole');
  expect(readdirSync(folder)).toEqual(['two']);
});

test('what this process and processes elsewhere are writing stays', async () => {
  const folder = freshFolder();
  const mine = asideName('mine');
  const elsewhere = '.theirs.1.1.00000000-00000000.tmp';
  for (const name of [mine, elsewhere]) writeFileSync(join(folder, name), '');
  await writeAside(join(folder, 'two'), async (file) => void (await file.write('whole')));
  expect(readdirSync(folder).sort()).toEqual([mine, elsewhere, 'two'].sort());
});

test('what was written elsewhere and not touched for days is removed', () => {
  const folder = freshFolder();
  const elsewhere = join(folder, '.theirs.1.1.00000000-00000000.tmp');
  writeFileSync(elsewhere, '');
  utimesSync(elsewhere, 1e9, 1e9);
  writeFileAtomic(
    join(folder, 'two'),
    ['who', 'le'].map((part) => Buffer.from(part)),
  );
  expect(readdirSync(folder)).toEqual(['two']);
  expect(readFileSync(join(folder, 'two'), 'utf8')).toBe('whole');
});

test("a killed process's temporary folder is removed when the next of its name is made", async () => {
  const parent = freshFolder();
  const asides = `require(${COMPILED('asides.js')})`;
  await killed(`console.log(${asides}.temporaryFolder('kernel', ${JSON.stringify(parent)}));
    setTimeout(() => undefined, 1e5)`);
  const [left] = readdirSync(parent);
  const other = temporaryFolder('read', parent);
  expect(existsSync(join(parent, left))).toBe(true);
  const next = temporaryFolder('kernel', parent);
  expect(existsSync(join(parent, left))).toBe(false);
  temporaryFolder('kernel', parent);
  expect([other, next].every((folder) => existsSync(folder))).toBe(true);
  expect(next).toContain(`elephant-kernel-${processTag()}-`);
});

test.each([
  ['a file on the way', 'ENOTDIR', /file: expected a folder, got a file on the way to it. Move the file or /],
  [
    'links in a circle',
    'ELOOP',
    /circle: expected a folder, got symbolic links that lead back to themselves/,
  ],
  ['a folder of its name', 'EISDIR', /: expected a place for folder, got a folder of this name/],
])('%s is said in words', async (_, code, message) => {
  const folder = freshFolder();
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('circle', join(folder, 'circle'));
  const place = { ENOTDIR: 'file/below', ELOOP: 'circle/below', EISDIR: 'folder' }[code] as string;
  const file = join(folder, place);
  expect(() => writeFileAtomic(file, '')).toThrow(expect.objectContaining({ name: 'InputError' }));
  expect(() => writeFileAtomic(file, '')).toThrow(message);
  await expect(writeAside(file, async () => undefined)).rejects.toThrow(message);
  expect(readdirSync(folder).sort()).toEqual(['circle', 'file', 'folder']);
});

test('a full disk, and the variable that names another folder', () => {
  const say = (code: string): string =>
    String(
      writeProblem('/some/folder', 'it', Object.assign(new Error('x'), { code }), {
        another: 'set ELEPHANT_CACHE',
      }),
    );
  expect(say('ENOSPC')).toBe(
    'InputError: /some/folder: no space left on the disk for it. Free some space and run again',
  );
  expect(say('EROFS')).toMatch(/got a refusal. Make it writable or set ELEPHANT_CACHE$/);
});
