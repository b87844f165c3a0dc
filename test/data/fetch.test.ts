/**
 * Downloads against a server that misbehaves, and a client that is killed: the file is whole and right, or
 * not there.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MT19937 } from '../../lib/src/data';
import {
  describeProgress,
  domainUrls,
  fetchDomain,
  fetchModel,
  readAmazon,
  type DownloadProgress,
} from '../../lib/src/data/sources';
import { download, type DownloadOptions } from '../../lib/src/data/fetch/download';
import { requestFrom } from '../../lib/src/data/fetch/request';
import { faultyServer, type Fault, type FaultyServer } from './faultyServer';
import { reviewLines } from './support';
import { freshFolder } from '../support/folders';
import { inputFailure } from '../support/inputFailure';

const AMAZON_2018 = 'https://mcauleylab.ucsd.edu/public_datasets/data/amazon_v2';

const noise = (bytes: number): Buffer => {
  const generator = new MT19937(11);
  return Buffer.from(Uint8Array.from({ length: bytes }, () => generator.below(256)));
};
/**
 * More often than any client asks: one request more or less on a busy machine does not change what it finds.
 */
const always = (fault: Fault): Fault[] => new Array<Fault>(20).fill(fault);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const content = noise(300_000);
let server: FaultyServer;
// A stall is only waited for where there is one: a busy machine is none.
const quick: DownloadOptions = { backOffMs: 1, stallMs: 20_000 };
let folder: string;

beforeAll(async () => {
  server = await faultyServer(content);
});

beforeEach(() => {
  folder = freshFolder();
  server.next = [];
  server.requests = [];
});

const get = (faults: Fault[], options: DownloadOptions = {}): Promise<{ bytes: number; sha256: string }> => {
  server.next = [...faults];
  server.part = join(folder, 'file.part');
  return download(`${server.url}/file`, join(folder, 'file'), {
    ...quick,
    ...(faults.includes('stall') ? { stallMs: 1000 } : {}),
    ...options,
  });
};

describe('download', () => {
  it.each<[string, Fault[]]>([
    ['a good server', []],
    ['dropped connections', ['drop', 'drop', 'drop', 'drop', 'drop', 'drop', 'drop']],
    ['a server that ignores ranges', ['drop', 'ignoreRange']],
    ['a server that ignores ranges and drops', ['drop', 'ignoreRangeAndDrop', 'ignoreRangeAndDrop']],
    ['a range that begins elsewhere', ['drop', 'wrongRange']],
    ['a stall', ['stall', 'stall']],
    ['redirects', ['redirect', 'redirect', 'drop', 'redirect']],
    ['a busy server', ['busy', 'drop', 'busy', 'busy']],
    ['a length announced too long', ['longer']],
    ['no length', ['noLength']],
    ['a file that changed on the way', ['changed', 'drop', 'none']],
  ])('gets the whole file in spite of %s', async (_, faults) => {
    const notices: string[] = [];
    // "changed" first sends the other file whole; its hash tells.
    const result = await get(faults, {
      expected: { sha256: sha256(content) },
      onNotice: (line) => notices.push(line),
    });
    expect(result).toEqual({ bytes: content.length, sha256: sha256(content) });
    expect(readFileSync(join(folder, 'file')).equals(content)).toBe(true);
    expect(readdirSync(folder)).toEqual(['file']);
    expect(notices.length > 0).toBe(faults.some((fault) => fault !== 'redirect' && fault !== 'noLength'));
  });

  it('reads the whole body though the garbage collector ran before it was asked for', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (const fault of ['none', 'noLength'] as const) {
      server.next = [fault];
      const body = await requestFrom(`${server.url}/file`, { stallMs: 20_000 });
      for (let round = 0; round < 5; round++) {
        collect();
        await new Promise((done) => setTimeout(done, 5));
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of body.chunks) chunks.push(chunk);
      body.close();
      expect(Buffer.concat(chunks).equals(content)).toBe(true);
    }
  });

  it('continues where it stopped, and starts over if the file has changed', async () => {
    await get(['drop']);
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=100000-']);
    server.requests = [];
    const other = await get(['drop', 'changed']);
    expect(server.requests[1].range).toBe('bytes=100000-');
    expect(other.sha256).toBe(sha256(Buffer.from(content).reverse()));
  });

  it('continues with what an earlier run left', async () => {
    await inputFailure(get(['drop', 'missing']));
    expect(readdirSync(folder).sort()).toEqual(['file.part', 'file.part.json']);
    server.requests = [];
    await get([]);
    expect(server.requests.map(({ range }) => range)).toEqual(['bytes=100000-']);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('rejects a part without its description, one that is too long, or one of another address', async () => {
    writeFileSync(join(folder, 'file.part'), 'rubbish');
    expect((await get([])).sha256).toBe(sha256(content));
    for (const info of [{ url: `${server.url}/file` }, { url: `${server.url}/other` }]) {
      writeFileSync(join(folder, 'file.part'), Buffer.alloc(400_000));
      writeFileSync(join(folder, 'file.part.json'), JSON.stringify(info));
      expect((await get([])).sha256).toBe(sha256(content));
    }
  });

  it.each<[string, Fault[], DownloadOptions, RegExp]>([
    ['is not there', ['missing'], {}, /expected the file, got the answer 404 "Not Found"\. Check the name/],
    ['is not public', ['forbidden'], {}, /403 "Forbidden"\. The file is not public/],
    ['never stops redirecting', ['redirectLoop'], {}, /expected at most 10 redirects/],
    ['stays busy', always('busy'), {}, /got 5 failures in a row \(the server answered 503/],
    ['stalls for good', always('stall'), { attempts: 1 }, /got 1 failures in a row \(no byte for 1 s\)/],
    [
      'is damaged, twice',
      always('flip'),
      { expected: { sha256: sha256(content) } },
      /expected sha256 .*, got .*, twice/,
    ],
    [
      'is announced too short',
      always('shorter'),
      { expected: { sha256: sha256(content) } },
      /expected sha256 .*, twice/,
    ],
    ['has another length', [], { expected: { bytes: 5 } }, /expected a file of 5 bytes, got one of 300000/],
    [
      'is a web page',
      always('page'),
      { expected: { format: 'gzip' } },
      /expected a gzip file, got something else \(a web page/,
    ],
  ])('leaves no file where it %s', async (_, faults, options, message) => {
    expect(await inputFailure(get(faults, options))).toMatch(message);
    expect(existsSync(join(folder, 'file'))).toBe(false);
  });

  it('starts over, once, if the content is damaged', async () => {
    expect((await get(['flip'], { expected: { sha256: sha256(content) } })).sha256).toBe(sha256(content));
  });

  it('gives up a server that is gone, keeping what came', async () => {
    expect(
      await inputFailure(
        download('http://127.0.0.1:9/file', join(folder, 'file'), { ...quick, attempts: 2 }),
      ),
    ).toMatch(/2 failures in a row \(connect ECONNREFUSED.*\)\. Run again later/);
  });

  it('stops when asked to', async () => {
    const control = new AbortController();
    const running = get(['slow'], {
      signal: control.signal,
      onProgress: () => control.abort(new Error('stopped')),
    });
    await expect(running).rejects.toThrow('stopped');
    expect(existsSync(join(folder, 'file'))).toBe(false);
  });

  it('reports its progress', async () => {
    const steps: DownloadProgress[] = [];
    await get(['drop'], { onProgress: (progress) => steps.push(progress) });
    expect(steps.at(-1)).toMatchObject({ bytes: 300_000, total: 300_000, secondsLeft: 0 });
    expect(steps.every(({ bytes }, k) => k === 0 || bytes > steps[k - 1].bytes)).toBe(true);
    expect(
      describeProgress({
        url: '',
        path: '/x/F.gz',
        bytes: 3 * 2 ** 20,
        total: 12 * 2 ** 20,
        bytesPerSecond: 2 ** 20,
        secondsLeft: 9,
      }),
    ).toBe('F.gz  3.0 of 12.0 MiB (25 %), 1.0 MiB/s, 9 s left');
    expect(
      describeProgress({
        url: '',
        path: 'F',
        bytes: 2 ** 20,
        bytesPerSecond: 2 ** 19,
        secondsLeft: undefined,
      }),
    ).toBe('F  1.0 MiB, 0.5 MiB/s');
  });

  it('survives SIGKILL at five random moments (compiled library)', { timeout: 180_000 }, async () => {
    const large = noise(6_000_000);
    const slow = await faultyServer(large);
    const url = `${slow.url}/file`;
    const path = join(folder, 'file');
    const generator = new MT19937(5);
    const module = JSON.stringify(resolve('lib/dist/data/fetch/download.js'));
    const script = `const { download } = require(${module});
      const onProgress = () => process.stdout.write('.');
      download(${JSON.stringify(url)}, ${JSON.stringify(path)}, { onProgress });`;
    for (let kill = 0; kill < 5; kill++) {
      slow.next = ['slow'];
      const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), generator.below(200)));
      await new Promise((done) => child.once('close', done));
      expect(child.signalCode).toBe('SIGKILL');
      expect(existsSync(path)).toBe(false);
    }
    slow.requests = [];
    expect((await download(url, path, quick)).sha256).toBe(sha256(large));
    expect(Number(/\d+/.exec(slow.requests[0].range ?? '')?.[0])).toBeGreaterThan(0);
    expect(readFileSync(path).equals(large)).toBe(true);
  });
});

describe('fetchDomain', () => {
  it('knows the addresses of the seven domains by either name, and of other categories', () => {
    expect(domainUrls('Pantry')).toEqual([
      {
        name: 'Prime_Pantry_5.json.gz',
        url: `${AMAZON_2018}/categoryFilesSmall/Prime_Pantry_5.json.gz`,
      },
      {
        name: 'meta_Prime_Pantry.json.gz',
        url: `${AMAZON_2018}/metaFiles2/meta_Prime_Pantry.json.gz`,
      },
    ]);
    expect(domainUrls('prime_pantry', 'full', false, 'http://m/x/')).toEqual([
      { name: 'Prime_Pantry.json.gz', url: 'http://m/x/categoryFiles/Prime_Pantry.json.gz' },
    ]);
    expect(domainUrls('Video_Games', 'ratings', false)[0].name).toBe('Video_Games.csv');
    expect(() => domainUrls('Boks')).toThrow(/unknown domain "Boks"\. Did you mean "Books"\?/);
    expect(() => domainUrls('../x')).toThrow(/unknown domain/);
    expect(() => domainUrls('Books', '5core', true, 'ftp://m')).toThrow(/begins with https/);
  });

  it('fetches what readAmazon reads, once', async () => {
    const reviews = gzipSync(reviewLines([...'abcd'].map((item, k) => ['u', item, 1.3e9 + k])));
    const mirror = await faultyServer(reviews);
    const fetched = await fetchDomain('Pantry', folder, { mirror: mirror.url, metadata: false, ...quick });
    expect(fetched).toEqual([
      {
        name: 'Prime_Pantry_5.json.gz',
        url: `${mirror.url}/categoryFilesSmall/Prime_Pantry_5.json.gz`,
        bytes: reviews.length,
        sha256: sha256(reviews),
        fresh: true,
      },
    ]);
    expect(await readAmazon(folder, 'Pantry')).toMatchObject({ name: 'Prime_Pantry', users: 1, items: 4 });

    mirror.requests = [];
    expect(
      (await fetchDomain('Pantry', folder, { mirror: mirror.url, metadata: false, ...quick }))[0].fresh,
    ).toBe(false);
    expect(mirror.requests).toEqual([]);

    // Damaged since: no longer what checksums.json says.
    writeFileSync(join(folder, 'Prime_Pantry_5.json.gz'), 'spoilt');
    expect(
      (await fetchDomain('Pantry', folder, { mirror: mirror.url, metadata: false, ...quick }))[0],
    ).toMatchObject({ fresh: true, sha256: sha256(reviews) });
  });

  it('refuses a gzip file that does not decode, though its length is right', async () => {
    const reviews = gzipSync(reviewLines([['u', 'a', 1]]));
    const mirror = await faultyServer(reviews);
    mirror.next = always('flip');
    expect(await inputFailure(fetchDomain('Books', folder, { mirror: mirror.url, ...quick }))).toMatch(
      /expected a sound gzip file.*twice/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('fetchModel', () => {
  const gitBlob = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  const list = (siblings: object[]): void => {
    server.json = { '/api/models/me/tiny/revision/main?blobs=true': { sha: 'c0ffee', siblings } };
  };
  const fetchHere = (name: string): ReturnType<typeof fetchModel> =>
    fetchModel(name, folder, { mirror: server.url, ...quick });

  it(
    'fetches configuration, tokenizer and safetensors, checked against the hub’s hashes, and nothing ' +
      'pickled',
    async () => {
      list([
        { rfilename: 'config.json', size: content.length, blobId: gitBlob },
        { rfilename: 'model.safetensors', lfs: { sha256: sha256(content), size: content.length } },
        { rfilename: 'pytorch_model.bin', size: 5 },
        { rfilename: 'README.md', size: 5 },
        { rfilename: '../config.json', size: 5 },
      ]);
      const model = await fetchHere('me/tiny');
      expect(model).toMatchObject({ folder: join(folder, 'me', 'tiny'), commit: 'c0ffee' });
      expect(readdirSync(model.folder).sort()).toEqual([
        'checksums.json',
        'config.json',
        'model.safetensors',
      ]);
      expect(server.requests.at(-1)!.path).toBe('/me/tiny/resolve/c0ffee/model.safetensors');
      expect((await fetchHere('me/tiny')).files.map(({ fresh }) => fresh)).toEqual([false, false]);

      // The model has changed at its source: another hash is expected now.
      list([
        {
          rfilename: 'model.safetensors',
          lfs: { sha256: sha256(Buffer.from(content).reverse()), size: content.length },
        },
      ]);
      server.next = ['changed'];
      expect((await fetchHere('me/tiny')).files[0].fresh).toBe(true);
    },
  );

  it.each<[string, object[], RegExp]>([
    [
      'has another hash',
      [{ rfilename: 'model.safetensors', lfs: { sha256: 'ab', size: 300_000 } }],
      /expected sha256 ab, got .*twice/,
    ],
    [
      'has another blob id',
      [{ rfilename: 'config.json', blobId: 'ab' }, { rfilename: 'model.safetensors' }],
      /expected gitBlob ab/,
    ],
    [
      'has no safetensors',
      [{ rfilename: 'config.json' }, { rfilename: 'pytorch_model.bin' }],
      /expected weights as model\.safetensors, got "pytorch_model\.bin"\. .*refs\/pr\/1.*never loaded/,
    ],
  ])('refuses a model that %s', async (_, siblings, message) => {
    list(siblings);
    expect(await inputFailure(fetchHere('me/tiny'))).toMatch(message);
  });

  it(
    'takes the paper’s model at the commit that has safetensors, any other at "main" or the revision ' +
      'given',
    async () => {
      server.json = {};
      server.next = ['missing', 'missing', 'missing'];
      await inputFailure(fetchHere('allenai/longformer-base-4096'));
      await inputFailure(fetchHere('me/tiny'));
      await inputFailure(
        fetchModel('me/tiny', folder, { mirror: server.url, revision: 'refs/pr/2', ...quick }),
      );
      expect(server.requests.map(({ path }) => path.slice('/api/models/'.length))).toEqual([
        'allenai/longformer-base-4096/revision/097f2947604baba4ee5d370278f6420675516581?blobs=true',
        'me/tiny/revision/main?blobs=true',
        'me/tiny/revision/refs%2Fpr%2F2?blobs=true',
      ]);
    },
  );

  it('refuses names that are none and models that are not there', async () => {
    for (const name of ['../x', 'a/b/c', 'a/..', 'http://x', ''])
      expect(await inputFailure(fetchHere(name))).toMatch(/expected a model's name/);
    server.json = {};
    server.next = ['missing'];
    expect(await inputFailure(fetchHere('me/none'))).toMatch(
      /model me\/none: expected its list of files at .*404.*Check the name and the revision/,
    );
    server.next = ['page'];
    expect(await inputFailure(fetchHere('me/none'))).toMatch(/expected a list of files as JSON/);
  });
});
