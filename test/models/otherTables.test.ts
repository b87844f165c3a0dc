/** Item tables that another program wrote: rows found by keys, and what is refused by name. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readItemTable } from '../../lib/src';
import { writeSafetensors } from '../../lib/src/engine/safetensors/safetensors';
import { InputError } from '../../lib/src/errors';
import { freshFolder } from '../support/folders';

const folder = freshFolder();
const dataset = { items: 3, itemKeys: ['a', 'b', 'c'] };

/** A table of `rows` rows beside the zero row; the vector of row i is [i, i, ...]. */
async function tableFile(name: string, rows: number, width: number, keys?: unknown): Promise<string> {
  const path = join(folder, `${name}.safetensors`);
  const data = Float32Array.from({ length: (rows + 1) * width }, (_, i) => Math.floor(i / width));
  await writeSafetensors(path, { items: { shape: [rows + 1, width], dtype: 'float32', data } });
  if (keys !== undefined) writeFileSync(join(folder, `${name}.items.json`), JSON.stringify(keys));
  return path;
}

test('item keys beside a table are used, in whatever order they are', async () => {
  const path = await tableFile('ordered', 5, 1, ['x', 'c', 'b', 'a', 'y']);
  const notices: string[] = [];
  const { rows, data } = await readItemTable(path, dataset, { onNotice: (line) => notices.push(line) });
  expect([rows, ...data]).toEqual([4, 0, 4, 3, 2]);
  expect(notices.join('\n')).toMatch(/rows found by the item keys in .*\.items\.json, which no checksum/);
  expect(notices.join('\n')).toMatch(/3 of its 5 items are used/);
});

test('without keys, row i is item i, and it is said', async () => {
  const notices: string[] = [];
  const path = await tableFile('bare', 3, 2);
  const { data } = await readItemTable(path, dataset, { onNotice: (line) => notices.push(line) });
  expect([...data]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  expect(notices.join('\n')).toContain('no item keys; row i is taken for item i of the dataset');
});

test.each<[string, number, number, unknown, RegExp]>([
  ['keys of another number', 3, 2, ['a', 'b'], /expected the 3 item keys of .*got others/],
  ['a key that comes twice', 3, 2, ['a', 'b', 'b'], /each once, got others/],
  ['keys that are no text', 3, 2, [1, 2, 3], /item keys of .*got others/],
  ['keys of other items', 3, 2, ['a', 'b', 'z'], /1 are not in it, such as "c"/],
  ['vectors without a number', 3, 0, undefined, /expected vectors of at least one number, got none/],
])('%s: refused', async (name, rows, width, keys, message) => {
  const path = await tableFile(name.replace(/\W/g, '-'), rows, width, keys);
  await expect(readItemTable(path, dataset)).rejects.toThrow(message);
});

test('what is no dataset is refused by name', async () => {
  const path = await tableFile('any', 3, 2);
  for (const wrong of [undefined, {}, { items: 3 }]) {
    const error: unknown = await readItemTable(path, wrong as typeof dataset).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/readItemTable: expected a dataset with its item keys/);
  }
});
