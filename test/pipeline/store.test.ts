import { readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { canonicalJson, contentKey } from '../../lib/src/pipeline/contentKey';
import { closure, stage, type StageResult } from '../../lib/src/pipeline/stage';
import { acquireLock } from '../../lib/src/pipeline/lock';
import { Store, verify } from '../../lib/src/pipeline/store';
import { storeProblem } from '../../lib/src/pipeline/storeProblem';
import { freshFolder } from '../support/folders';

const kind = { name: 'example', file: __filename };
const result: StageResult = {
  json: { score: 0.5 },
  arrays: { ranks: { shape: [3], dtype: 'int32', data: Int32Array.of(0, 4, 2) } },
};
const freshStore = (): Store => new Store(join(freshFolder(), 'store'));

afterEach(() => vi.restoreAllMocks());

test('content keys do not depend on the order of keys, and refuse what JSON would lose', () => {
  expect(contentKey({ a: 1, b: [true, null] })).toBe(contentKey({ b: [true, null], a: 1 }));
  expect(contentKey({ a: 1 })).not.toBe(contentKey({ a: 2 }));
  expect(() => canonicalJson({ a: Number.NaN })).toThrow('NaN');
  expect(() => canonicalJson({ a: undefined as never })).toThrow('undefined');
});

test('a result comes back as it was written', () => {
  const store = freshStore();
  const node = stage(kind, { label: 'one', config: { x: 1 } });
  expect(store.read(node)).toBeUndefined();
  store.write(node, result, 1.5);
  expect(store.read(node)).toEqual(result);
  expect(store.seconds(node)).toBe(1.5);
  expect(store.list().map(({ manifest }) => manifest.label)).toEqual(['one']);
});

test.each(['result.json', 'arrays.safetensors'])(
  'a flipped bit in %s is found, the result set aside',
  (name) => {
    const complaint = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const store = freshStore();
    const node = stage(kind, { label: 'one', config: { x: 1 } });
    store.write(node, result, 1);
    const file = join(store.path(node), name);
    const bytes = readFileSync(file);
    bytes[bytes.length - 2] ^= 1;
    writeFileSync(file, bytes);
    expect(store.read(node)).toBeUndefined();
    expect(complaint.mock.calls.join('')).toContain(name);
    expect(store.has(node)).toBe(false);
    store.write(node, result, 1);
    expect(store.read(node)).toEqual(result);
    expect(store.sweep()).toBe(1);
    expect(readdirSync(store.folder)).toHaveLength(1);
  },
);

test('keys follow configuration, inputs and threads; the closure holds each node once, inputs first', () => {
  const data = stage(kind, { label: 'data', config: { seed: 1 } });
  const other = stage(kind, { label: 'data', config: { seed: 2 } });
  const a = stage(kind, { label: 'a', config: {}, inputs: { data } });
  expect(stage(kind, { label: 'a', config: {}, inputs: { data: other } }).key).not.toBe(a.key);
  expect(stage(kind, { label: 'a', config: {}, inputs: { data }, threads: 2 }).key).not.toBe(a.key);
  expect(stage(kind, { label: 'another label', config: {}, inputs: { data } }).key).toBe(a.key);
  const b = stage(kind, { label: 'b', config: {}, inputs: { data, a } });
  expect(closure([b, a]).map(({ label }) => label)).toEqual(['data', 'a', 'b']);
});

test('what the system refuses is reported with the folder and what to do', async () => {
  const refused = (code: string): string =>
    String(storeProblem('/some/store', 'the result of "one"', Object.assign(new Error('x'), { code })));
  expect(refused('ENOSPC')).toMatch(
    /\/some\/store: no space left on the disk for the result of "one"[^]*Free some space/,
  );
  expect(refused('EROFS')).toMatch(/expected a folder that can be written[^]*ELEPHANT_STORE/);
  const other = new Error('x');
  expect(storeProblem('/some/store', 'it', other)).toBe(other);
  const file = join(freshFolder(), 'file');
  writeFileSync(file, '');
  await expect(acquireLock(file, new AbortController().signal, () => undefined)).rejects.toThrow(
    /expected a folder, got a file/,
  );
  await expect(
    acquireLock(join(file, 'below'), new AbortController().signal, () => undefined),
  ).rejects.toThrow(/expected a folder, got a file/);
  expect(() =>
    new Store(join(file, 'below')).write(stage(kind, { label: 'one', config: {} }), result, 1),
  ).toThrow(/expected a folder, got a file/);
});

test.each(['{"key": "abc"', '{"key": "abc", "kind": "old"}', 'null', ''])(
  'a manifest that says %j (damaged, another version) is not a result and stops nothing',
  (text) => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const store = freshStore();
    const node = stage(kind, { label: 'one', config: { x: 1 } });
    store.write(node, result, 1);
    const other = stage(kind, { label: 'two', config: { x: 2 } });
    store.write(other, result, 2);
    writeFileSync(join(store.path(node), 'manifest.json'), text);
    expect(store.list().map(({ manifest }) => manifest.label)).toEqual(['two']);
    expect(store.seconds(node)).toBeUndefined();
    expect(verify(store.path(node))).toMatch(/manifest.json is not readable/);
    expect(store.read(node)).toBeUndefined();
    store.write(node, result, 1);
    expect(store.read(node)).toEqual(result);
  },
);

test('a manifest that names files elsewhere, or links to them, is damaged, and nothing there is read', () => {
  const outside = join(freshFolder(), 'secret.json');
  writeFileSync(outside, 'secret');
  const store = freshStore();
  const node = stage(kind, { label: 'one', config: { x: 1 } });
  store.write(node, result, 1);
  const folder = store.path(node);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { files: object };
  const named = (name: string): string | undefined => {
    const files = { ...manifest.files, [name]: { bytes: 5, sha256: '' } };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, files }));
    return verify(folder);
  };
  for (const name of [outside, relative(folder, outside), '..', 'a/../../b.json', '.hidden'])
    expect(named(name)).toBe(`manifest.json names ${JSON.stringify(name)}, which is not a file of a result`);
  symlinkSync(outside, join(folder, 'link.json'));
  expect(named('link.json')).toBe('link.json is not a plain file');
});
