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
  ['keys of another number', 3, 2, ['a', 'b'], /expected the 3 item keys of .*each once, got 2\./],
  ['a key that comes twice', 3, 2, ['a', 'b', 'b'], /each once, got "b" twice/],
  ['keys that are no text', 3, 2, [1, 2, 3], /each once, got "1"\. Write keys as text/],
  ['keys of other items', 3, 2, ['a', 'b', 'z'], /1 are not in it, such as "c"/],
  ['keys that are no list', 3, 2, { a: 1 }, /each once, got no list/],
  ['a key of the row of zeros', 3, 2, ['', 'a', 'b', 'c'], /got 4\. The first row of the table is of zeros/],
  ['no row of zeros', 2, 2, undefined, /expected 4 rows .*got 3\. Put a row of zeros before/],
  ['vectors without a number', 3, 0, undefined, /expected vectors of at least one number, got none/],
])('%s: refused', async (name, rows, width, keys, message) => {
  const path = await tableFile(name.replace(/\W/g, '-'), rows, width, keys);
  await expect(readItemTable(path, dataset)).rejects.toThrow(message);
});

/** A safetensors file with one tensor of [rows + 1, 1]: 0, 1, 2, ... */
function otherFile(name: string, tensor: string, type: string, values: ArrayBufferView): string {
  const path = join(folder, name);
  const { byteLength, buffer } = values;
  const shape = [4, 1];
  const header = JSON.stringify({ [tensor]: { dtype: type, shape, data_offsets: [0, byteLength] } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(path, Buffer.concat([length, Buffer.from(header), Buffer.from(buffer)]));
  return path;
}

test('doubles are read, as NumPy has them; other numbers and names are refused by name', async () => {
  const doubles = otherFile('f64.safetensors', 'items', 'F64', Float64Array.of(0, 0.1, 2, 3));
  expect([...(await readItemTable(doubles, dataset)).data]).toEqual([...Float32Array.of(0, 0.1, 2, 3)]);
  const whole = otherFile('i64.safetensors', 'items', 'I64', BigInt64Array.of(0n, 1n, 2n, 3n));
  await expect(readItemTable(whole, dataset)).rejects.toThrow(/expected a tensor "items" of F32, .*got I64/);
  const named = otherFile('named.safetensors', 'embeddings', 'F32', Float32Array.of(0, 1, 2, 3));
  await expect(readItemTable(named, dataset)).rejects.toThrow(
    /got embeddings \[4, 1\]\. Name the table "items"/,
  );
  const padding = otherFile('padding.safetensors', 'items', 'F32', Float32Array.of(1, 1, 2, 3));
  await expect(readItemTable(padding, dataset)).rejects.toThrow(/row 0 .*zero, got 1 .*Put a row of zeros/);
});

test('items whose vectors are zero are counted', async () => {
  const notices: string[] = [];
  const path = otherFile('zeros.safetensors', 'items', 'F32', Float32Array.of(0, 1, 0, 0));
  await readItemTable(path, dataset, { onNotice: (line) => notices.push(line) });
  expect(notices.join('\n')).toContain('2 of 3 items have a vector of zeros, such as "b"');
});

test.each<[string, string | Buffer, RegExp]>([
  [
    'a NumPy array',
    Buffer.from('\x93NUMPY\x01\x00v\x00rest', 'latin1'),
    /got a NumPy array \(\.npy\)\. Convert/,
  ],
  ['an archive of PyTorch', 'PK\x03\x04\x00\x00\x08\x08rest', /got a ZIP archive, as NumPy .*PyTorch/],
  ['a pickle', Buffer.from('\x80\x04\x95abcdefgh', 'latin1'), /got a Python pickle\. Convert/],
  ['a table in text', 'item,v0,v1\na,1,2\n', /got text\. Convert/],
  ['a pointer', 'version https://git-lfs.github.com/spec/v1\n', /got a pointer of Git LFS/],
])('%s in the place of safetensors is refused by name', async (name, content, message) => {
  const path = join(folder, `${name.replaceAll(' ', '-')}.safetensors`);
  writeFileSync(path, content);
  await expect(readItemTable(path, dataset)).rejects.toThrow(message);
});

test('a file that is not there', async () => {
  await expect(readItemTable(join(folder, 'none.safetensors'), dataset)).rejects.toThrow(
    /none\.safetensors: expected a safetensors file, got none\. Check the path/,
  );
});

test('what is no dataset is refused by name', async () => {
  const path = await tableFile('any', 3, 2);
  for (const wrong of [undefined, null, {}, { items: 3 }, Promise.resolve(dataset)]) {
    const error: unknown = await readItemTable(path, wrong as typeof dataset).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/readItemTable: expected a dataset with its item keys/);
  }
});
