/** Paths that lead to no file: each gets one clear message, and none blocks the process. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openRecommender, readItemTable } from '../../lib/src';
import { readAmazon, readOwn } from '../../lib/src/data/sources';
import { InputError } from '../../lib/src/errors';
import { freshFolder } from '../support/folders';

const root = freshFolder();
const file = join(root, 'file.csv');
writeFileSync(file, 'user,item,time\n');
mkdirSync(join(root, 'folder.csv'));
symlinkSync(join(root, 'loop.csv'), join(root, 'loop.csv'));
symlinkSync(join(root, 'nothing.csv'), join(root, 'dangling.csv'));

it.each<[string, string, RegExp]>([
  ['a folder in the place of a file', 'folder.csv', /folder\.csv: expected .*, got an empty folder/],
  ['a path through a file', 'file.csv/x.csv', /got a path through something that is not a folder/],
  ['a link to itself', 'loop.csv', /got a symbolic link that leads to itself/],
  ['a link to nothing', 'dangling.csv', /got a symbolic link to nothing/],
  ['a name that is too long', `${'x'.repeat(300)}.csv`, /got a name that is too long/],
  ['a name that cannot be', 'a\0b.csv', /a\\u0000b\.csv: expected .*, got an impossible file name/],
])('%s', async (_, name, message) => {
  await expect(readOwn(join(root, name))).rejects.toThrow(message);
  await expect(readOwn(join(root, name))).rejects.toMatchObject({ name: 'InputError' });
});

it('no path at all', async () => {
  await expect(readOwn(undefined as never)).rejects.toThrow(
    /path: expected a readable file or folder, got undefined/,
  );
  await expect(readAmazon('', 'D')).rejects.toThrow(/path: expected a readable folder, got ""/);
});

it.skipIf(process.platform === 'win32')('a named pipe, as file and in a folder', async () => {
  const folder = join(root, 'pipes');
  mkdirSync(folder);
  for (const name of ['x.csv', 'D_5.json']) execFileSync('mkfifo', [join(folder, name)]);
  await expect(readOwn(join(folder, 'x.csv'))).rejects.toThrow(/x\.csv: expected a file, got a named pipe/);
  await expect(readAmazon(folder, 'D')).rejects.toThrow(/D_5\.json: expected a file, got a named pipe/);
  await expect(readOwn(file, { items: join(folder, 'x.csv') })).rejects.toThrow(/got a named pipe/);
  await expect(readOwn('/dev/null')).rejects.toThrow(/null: expected a file, got a device/);
});

it.each<[string, string, RegExp]>([
  ['none', 'none.safetensors', /none\.safetensors: expected .*, got none\. Check the path/],
  ['a folder', 'folder.csv', /folder\.csv: expected .*, got a folder/],
  ['a link to nothing', 'dangling.csv', /got a symbolic link to nothing/],
  ['a path through a file', 'file.csv/t.safetensors', /got a path through something that is not a folder/],
])('an item table, and a saved recommender: %s', async (_, name, message) => {
  for (const opening of [
    readItemTable(join(root, name), { items: 1, itemKeys: ['a'] }),
    openRecommender(join(root, name)),
  ]) {
    const error: unknown = await opening.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
  }
});
