/**
 * What every shared store does, whether it is a folder or a bucket: two machines, each with its own view of
 * it, see each other's results, verified. The bucket is on a real S3 server (s3Server.ts).
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Bucket } from '../../lib/src/pipeline/bucket/bucket';
import { openSharedStore, type SharedStore } from '../../lib/src/pipeline/sharedStore';
import { stage, type StageNode, type StageResult } from '../../lib/src/pipeline/stage';
import { resultName, Store } from '../../lib/src/pipeline/store';
import { noS3, SECRET, startS3, type S3Server } from './s3Server';
import { freshFolder } from '../support/folders';

const kind = { name: 'example', file: __filename };
const node = (x: number): StageNode => stage(kind, { label: `number ${x}`, config: { x } });
const result = (x: number): StageResult => ({
  json: { x },
  arrays: { ranks: { shape: [3], dtype: 'int32', data: Int32Array.of(0, 4, x) } },
});
const folder = (): string => freshFolder();
/** Everything that is under a folder, with contents. */
const contents = (within: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(within, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(within.length), readFileSync(file, 'latin1')]),
  );

let s3: S3Server | undefined;
const missing = noS3();
if (missing !== undefined) process.stderr.write(`sharedStore.test.ts: no bucket: ${missing}\n`);
const before = { ...process.env };
beforeAll(async () => {
  if (missing !== undefined) return;
  s3 = await startS3();
  Object.assign(process.env, s3.environment);
  await s3.makeBucket('results');
});
afterAll(() => {
  s3?.stop();
  process.env = before;
});
afterEach(() => vi.restoreAllMocks());

let buckets = 0;
/** Opens a new shared store as two machines see it. */
const PLACES: Record<string, () => Promise<[SharedStore, SharedStore]>> = {
  folder: async () => {
    const place = join(folder(), 'shared');
    return [await openSharedStore(place, folder()), await openSharedStore(place, folder())];
  },
  bucket: async () => {
    const place = `s3://results/run-${buckets++}/deep`;
    return [await openSharedStore(place, folder()), await openSharedStore(place, folder())];
  },
};

describe.each(['folder', 'bucket'])('%s', (name) => {
  const two = PLACES[name];
  const skip = name === 'bucket' && missing !== undefined;

  test.skipIf(skip)('what one machine publishes, the other has, byte for byte', async () => {
    const [here, there] = await two();
    expect(there.id).toBe(here.id);
    expect((await two())[0].id).not.toBe(here.id);
    expect(await there.present([node(1), node(2)])).toEqual(new Set());
    expect(await there.fetch(node(1))).toBe(false);
    here.local.write(node(1), result(1), 1.5);
    await here.publish(node(1));
    expect(await there.present([node(1), node(2)])).toEqual(new Set([node(1).key]));
    expect(await there.present([node(1)])).toEqual(new Set([node(1).key]));
    expect(await there.present([node(2)])).toEqual(new Set());
    expect(await there.fetch(node(1))).toBe(true);
    expect(there.local.read(node(1))).toEqual(result(1));
    expect(contents(there.local.path(node(1)))).toEqual(contents(here.local.path(node(1))));
    // Again: nothing changes.
    await here.publish(node(1));
    expect(await there.fetch(node(1))).toBe(true);
  });

  test.skipIf(skip)('the first of two results counts, on both machines', async () => {
    const [here, there] = await two();
    here.local.write(node(1), result(1), 1);
    if (there.local.folder !== here.local.folder) there.local.write(node(1), result(7), 2);
    await here.publish(node(1));
    await there.publish(node(1));
    for (const store of [here, there]) expect(store.local.read(node(1))).toEqual(result(1));
  });

  test.skipIf(skip)('results of the same stage published at once are never mixed', async () => {
    const [here, there] = await two();
    here.local.write(node(1), result(1), 1);
    there.local.write(node(1), result(7), 2);
    await Promise.all([here.publish(node(1)), there.publish(node(1))]);
    const [a, b] = [here, there].map((store) => store.local.read(node(1)));
    expect(a).toEqual(b);
    expect([result(1), result(7)]).toContainEqual(a);
  });

  test.skipIf(skip)('what an interrupted stage has done goes to the other machine', async () => {
    const [here, there] = await two();
    const file = (store: SharedStore, step: number): string =>
      join(store.local.unfinished(node(1)), 'FT1', `step-${String(step).padStart(12, '0')}.safetensors`);
    mkdirSync(join(here.local.unfinished(node(1)), 'FT1'), { recursive: true });
    writeFileSync(file(here, 1), 'one');
    await here.publishUnfinished(node(1));
    writeFileSync(file(here, 2), 'two');
    rmSync(file(here, 1));
    await here.publishUnfinished(node(1));
    await there.fetchUnfinished(node(1));
    expect(existsSync(file(there, 1))).toBe(false);
    expect(readFileSync(file(there, 2), 'utf8')).toBe('two');
    // Gone with the result.
    there.local.write(node(1), result(1), 1);
    rmSync(there.local.unfinished(node(1)), { recursive: true });
    await there.publish(node(1));
    const [third] = name === 'bucket' ? [await openSharedStore(here.place, folder())] : [there];
    await third.fetchUnfinished(node(1));
    expect(existsSync(third.local.unfinished(node(1)))).toBe(false);
  });
});

test('a shared folder is the store of a local run: same layout, same bytes', async () => {
  const [shared] = await PLACES.folder();
  const local = new Store(join(folder(), 'store'));
  for (const store of [shared.local, local]) store.write(node(1), result(1), 1);
  await shared.publish(node(1));
  expect({ ...contents(shared.place), '/.store-id': undefined }).toEqual({
    ...contents(local.folder),
    '/.store-id': undefined,
  });
});

test('a damaged result of a shared folder is set aside', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const [here, there] = await PLACES.folder();
  here.local.write(node(1), result(1), 1);
  writeFileSync(join(here.local.path(node(1)), 'result.json'), '{}');
  expect(await there.fetch(node(1))).toBe(false);
  expect(said.mock.calls.join('')).toMatch(/number 1 is damaged \(result.json has 2 bytes/);
  expect(await here.present([node(1)])).toEqual(new Set());
});

describe.skipIf(missing !== undefined)('a bucket', () => {
  /** A published result, and the path of an object in the bucket. */
  const published = async (): Promise<[SharedStore, SharedStore, (name: string) => string]> => {
    const [here, there] = await PLACES.bucket();
    here.local.write(node(1), result(1), 1);
    await here.publish(node(1));
    return [here, there, (name) => `${here.place.slice('s3://'.length)}/${name}`];
  };

  test.each(['result.json', 'arrays.safetensors'])(
    'a flipped bit in %s is found; the result is set aside and can be published again',
    async (name) => {
      const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      const [here, there, path] = await published();
      const file = join(here.local.path(node(1)), name);
      const manifest = JSON.parse(readFileSync(join(here.local.path(node(1)), 'manifest.json'), 'utf8')) as {
        files: Record<string, { sha256: string }>;
      };
      const bytes = readFileSync(file, 'latin1');
      await s3!.overwrite(path(`objects/${manifest.files[name].sha256}`), `x${bytes.slice(1)}`);
      expect(await there.fetch(node(1))).toBe(false);
      expect(said.mock.calls.join('')).toContain(`${here.place}: number 1 is damaged (${name}`);
      expect(there.local.has(node(1))).toBe(false);
      expect(readdirSync(there.local.folder)).toEqual([]);
      expect(await there.present([node(1)])).toEqual(new Set());
      await here.publish(node(1));
      expect(await there.fetch(node(1))).toBe(true);
      expect(there.local.read(node(1))).toEqual(result(1));
    },
  );

  test('a manifest that names files elsewhere, or is none, brings nothing', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const [, there, path] = await published();
    const name = path(`results/${resultName(node(1))}.json`);
    const manifest = JSON.parse(await s3!.read(name)) as { files: Record<string, object> };
    const [file] = Object.values(manifest.files);
    for (const text of [
      JSON.stringify({ ...manifest, files: { '../../evil.json': file } }),
      JSON.stringify({ ...manifest, files: { 'a.json': { bytes: 1, sha256: '../results/x' } } }),
      JSON.stringify({ ...manifest, key: 'another' }),
      'null',
    ]) {
      await s3!.overwrite(name, text);
      expect(await there.fetch(node(1)), text).toBe(false);
      expect(readdirSync(there.local.folder)).toEqual([]);
    }
  });

  test('a result that is in the folder of a machine already is not fetched again', async () => {
    const [here, there, path] = await published();
    cpSync(here.local.path(node(1)), there.local.path(node(1)), { recursive: true });
    const { files } = JSON.parse(readFileSync(join(here.local.path(node(1)), 'manifest.json'), 'utf8')) as {
      files: Record<string, { sha256: string }>;
    };
    for (const { sha256 } of Object.values(files)) await s3!.overwrite(path(`objects/${sha256}`), 'damaged');
    expect(await there.fetch(node(1))).toBe(true);
  });

  test('a large file goes up in parts', async () => {
    const [here, there] = await PLACES.bucket();
    const data = new Float32Array(9 * 2 ** 20).fill(0.5);
    const large: StageResult = {
      json: {},
      arrays: { table: { shape: [data.length], dtype: 'float32', data } },
    };
    here.local.write(node(3), large, 1);
    await here.publish(node(3));
    expect(await there.fetch(node(3))).toBe(true);
    const [a, b] = [here, there].map(({ local }) =>
      readFileSync(join(local.path(node(3)), 'arrays.safetensors')),
    );
    expect(a.equals(b)).toBe(true);
  });

  test('a missing bucket is reported', async () => {
    await expect(openSharedStore('s3://nowhere/x', folder())).rejects.toThrow(
      /^s3:\/\/nowhere\/x: there is no such bucket \(listing\). Create it/,
    );
  });

  test('a server that does not answer is reported, without any secret', async () => {
    const { AWS_ENDPOINT_URL } = process.env;
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9';
    const outcome = Bucket.open('s3://results/x', 1);
    await expect(outcome).rejects.toThrow(/expected an S3 server that answers, got ECONNREFUSED/);
    await expect(outcome).rejects.not.toThrow(SECRET);
    process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
  });
});

test.each([
  ['gs://bucket/x', /^--store: expected a folder or s3:\/\/bucket\/prefix, got gs:/],
  ['', /got nothing/],
  ['s3://', /expected s3:\/\/bucket\/prefix, got another form/],
  ['s3://UPPER/x', /another form/],
  ['s3://bucket/../other', /another form/],
])('%j is no store', async (place, message) => {
  await expect(openSharedStore(place, folder())).rejects.toThrow(message);
});

test('credentials in the address are refused and not repeated', async () => {
  const outcome = openSharedStore(`s3://someone:${SECRET}@bucket/x`, folder());
  await expect(outcome).rejects.toThrow(/AWS_SECRET_ACCESS_KEY/);
  await expect(outcome).rejects.not.toThrow(SECRET);
});
