/**
 * The Amazon reader on small made-up files: order, filters, texts, damaged and hostile input; the real files
 * where they are.
 */
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { datasetStatistics, evaluationNegatives } from '../../lib/src/data';
import {
  describeReadReport,
  listAmazonDomains,
  readAmazon,
  readAmazonWithReport,
} from '../../lib/src/data/sources';
import { letters, reviewLines, writeGzip } from './support';
import { freshFolder } from '../support/folders';
import { inputFailure } from '../support/inputFailure';

const T = 1_300_000_000;
const folder = freshFolder();

/** A folder of its own with the reviews (and metadata) of domain D. */
function files(reviews: string | Buffer, metadata?: string): string {
  const path = freshFolder();
  writeGzip(path, 'D_5.json.gz', reviews);
  if (metadata !== undefined) writeGzip(path, 'meta_D.json.gz', metadata);
  return path;
}

describe('order and filters', () => {
  it(
    'sorts by time within a user, keeps the file order of ties and repeated purchases, and users in ' +
      'order of appearance',
    async () => {
      const events: [string, string, number][] = [
        ['late', 'd', T + 9],
        ['early', 'z', T],
        ['late', 'b', T],
        ['late', 'a', T],
        ['late', 'b', T + 3],
        ['early', 'a', T],
        ['early', 'm', T],
        ['early', 'z', T - 5],
      ];
      const dataset = await readAmazon(files(reviewLines(events)), 'D');
      expect(dataset.userKeys).toEqual(['late', 'early']);
      expect(letters(dataset)).toEqual({ late: 'babd', early: 'zzam' });
      expect(dataset).toMatchObject({ users: 2, items: 5, interactions: 8, kind: 'amazon', name: 'D' });
    },
  );

  it('keeps the order of ties through a file that DuckDB reads in several parallel pieces', async () => {
    const pad = 'x'.repeat(200);
    const lines: string[] = [];
    for (let k = 0; k < 40_000; k++)
      lines.push(`{"reviewerID":"u${k % 7}","asin":"${k}","unixReviewTime":${T},"reviewText":"${pad}"}`);
    const dataset = await readAmazon(files(lines.join('\n')), 'D', { threads: 4, maxLineBytes: 2 ** 18 });
    for (let row = 0; row < 7; row++) {
      const keys = Array.from(
        dataset.sequence.subarray(dataset.offsets[row], dataset.offsets[row + 1]),
        (id) => Number(dataset.itemKeys[id - 1]),
      );
      expect(keys.every((key, j) => j === 0 || key > keys[j - 1])).toBe(true);
    }
  });

  it('sorts ties by item key on request (D33), whatever the order of the file', async () => {
    const events: [string, string, number][] = [
      ['u', 'd', T],
      ['u', 'a', T + 1],
      ['u', 'c', T],
      ['u', 'b', T],
      ['u', 'a', T + 1],
    ];
    const ties = { ties: 'itemKey' } as const;
    expect(letters(await readAmazon(files(reviewLines(events)), 'D'))).toEqual({ u: 'dcbaa' });
    expect(letters(await readAmazon(files(reviewLines(events)), 'D', ties))).toEqual({ u: 'bcdaa' });
    expect(letters(await readAmazon(files(reviewLines([...events].reverse())), 'D', ties))).toEqual({
      u: 'bcdaa',
    });
  });

  it('drops and counts exact duplicates on request (D33), before any filter counts', async () => {
    const events: [string, string, number][] = [
      ['u', 'a', T],
      ['v', 'a', T],
      ['u', 'b', T],
      ['u', 'a', T],
      ['u', 'c', T],
      ['u', 'a', T + 1],
      ['v', 'a', T],
      ['v', 'b', T],
      ['v', 'a', T],
    ];
    const path = files(reviewLines(events));
    const kept = await readAmazonWithReport(path, 'D');
    expect(letters(kept.dataset)).toEqual({ u: 'abaca', v: 'aaba' });
    const { dataset, report } = await readAmazonWithReport(path, 'D', { duplicates: 'drop' });
    // v has two different events: fewer than the four that a user needs.
    expect(letters(dataset)).toEqual({ u: 'abca' });
    expect(report.interactions).toEqual({
      read: 9,
      withoutId: 0,
      withoutTime: 0,
      repeated: 3,
      filtered: 2,
      kept: 4,
    });
    expect(describeReadReport(report).join('\n')).toContain('3 exact repetitions');
  });

  it('judges validation and test separately on request (D31)', async () => {
    const add = (user: string, items: string): [string, string, number][] =>
      [...items].map((item, k) => [user, item, T + k]);
    const path = files(reviewLines([...add('p', 'abcab'), ...add('q', 'bacax'), ...add('r', 'abcya')]));
    const together = await readAmazon(path, 'D');
    const apart = await readAmazon(path, 'D', { exclusion: 'target' });
    expect(Array.from(together.evaluationUsers, (row) => together.userKeys[row])).toEqual(['p']);
    expect(Array.from(apart.evaluationUsers, (row) => apart.userKeys[row])).toEqual(['p', 'q', 'r']);
  });

  it('numbers items by neither appearance nor key, and alike in another order of rows', async () => {
    const items = Array.from({ length: 40 }, (_, i) => `B${String(i).padStart(3, '0')}`);
    const events = items.map((item, k): [string, string, number] => [`u${k % 8}`, item, T + k]);
    const one = await readAmazon(files(reviewLines(events)), 'D');
    const other = await readAmazon(files(reviewLines([...events].reverse())), 'D');
    expect(one.itemKeys).toEqual(other.itemKeys);
    expect([...one.itemKeys].sort()).toEqual(items);
    const steps = one.itemKeys.slice(1).filter((key, i) => key > one.itemKeys[i]).length;
    expect(steps).toBeGreaterThan(10);
    expect(steps).toBeLessThan(29);
  });

  it('drops users below the threshold but no items; a k-core repeats items, then users', async () => {
    const events: [string, string, number][] = [];
    const add = (user: string, items: string): void =>
      [...items].forEach((item, k) => events.push([user, item, T + k]));
    add('a', 'wxyz');
    add('b', 'wxyz');
    add('c', 'wxyq');
    add('d', 'qr');
    add('e', 'rz');
    const folderOf = files(reviewLines(events));
    expect(letters(await readAmazon(folderOf, 'D'))).toEqual({ a: 'wxyz', b: 'wxyz', c: 'wxyq' });
    const core = { minUserInteractions: 3, minItemInteractions: 2 };
    expect(letters(await readAmazon(folderOf, 'D', core))).toEqual({ a: 'wxyz', b: 'wxyz', c: 'wxy' });
    expect(letters(await readAmazon(folderOf, 'D', { ...core, passes: 'once' }))).toEqual({
      a: 'wxyz',
      b: 'wxyz',
      c: 'wxyq',
    });
  });

  it('draws a seeded share of the users, the same whatever the order of the file', async () => {
    const events: [string, string, number][] = [];
    for (let user = 0; user < 400; user++)
      for (let k = 0; k < 4; k++) events.push([`u${user}`, `i${k}`, T + k]);
    const share = { userShare: 0.25, sampleSeed: 7 };
    const one = await readAmazon(files(reviewLines(events)), 'D', share);
    const other = await readAmazon(files(reviewLines([...events].reverse())), 'D', share);
    expect(one.users).toBeGreaterThan(60);
    expect(one.users).toBeLessThan(140);
    expect([...one.userKeys].sort()).toEqual([...other.userKeys].sort());
  });
});

describe('texts', () => {
  const reviews = reviewLines([...'abcdef'].map((item, k) => ['u', item, T + k]));

  it('keeps HTML, joins category lists, and gives empty strings for missing fields in place', async () => {
    const metadata = [
      { asin: 'a', title: 'Nail &amp; <b>Hand</b>', brand: 'X', category: ['Beauty', 'Nails'] },
      { asin: 'c', title: 'C', category: 'Plain' },
      { asin: 'unused', title: 'U' },
      { asin: 'd', title: 'D', categories: [['Old', 'Form']], brand: null },
      { asin: 'c', title: 'again' },
      { asin: 'e', brand: 'E' },
      { title: 'no asin' },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n');
    const { dataset, report } = await readAmazonWithReport(files(reviews, metadata), 'D');
    const text = (key: string): unknown => dataset.itemTexts[dataset.itemKeys.indexOf(key)];
    expect(text('a')).toEqual({ title: 'Nail &amp; <b>Hand</b>', brand: 'X', category: 'Beauty Nails' });
    expect(text('b')).toEqual({ title: '', brand: '', category: '' });
    expect(text('c')).toEqual({ title: 'C', brand: '', category: 'Plain' });
    expect(text('d')).toEqual({ title: 'D', brand: '', category: 'Old Form' });
    expect(text('e')).toEqual({ title: '', brand: 'E', category: '' });
    expect(dataset.itemTexts.length).toBe(dataset.items);
    expect(report.itemTexts).toEqual({
      records: 7,
      withoutId: 1,
      duplicates: 1,
      unused: 1,
      missing: 2,
      withoutTitle: 3,
      withoutText: 2,
      examples: expect.arrayContaining(['b', 'f']),
    });
  });

  it('reads on without metadata and says so in the report', async () => {
    const { dataset, report } = await readAmazonWithReport(files(reviews), 'D');
    expect(dataset.itemTexts.every(({ title }) => title === '')).toBe(true);
    expect(report.itemTexts).toMatchObject({ records: 0, missing: 6 });
  });
});

describe('odd but readable input', () => {
  const events: [string, string, number][] = [...'abcde'].map((item, k) => ['u', item, T + k]);

  it('takes CRLF, a byte order mark, empty lines and a plain file', async () => {
    const text = `\ufeff${reviewLines(events).replaceAll('\n', '\r\n')}\r\n\n`;
    expect(letters(await readAmazon(files(text), 'D'))).toEqual({ u: 'abcde' });
    const plain = join(folder, 'plain');
    mkdirSync(plain);
    writeFileSync(join(plain, 'D.json'), text);
    expect(letters(await readAmazon(plain, 'D'))).toEqual({ u: 'abcde' });
  });

  it('replaces and counts bytes that are not UTF-8, also across two blocks of reading', async () => {
    const bad = Buffer.from('{"reviewerID":"u","asin":"f","unixReviewTime":1300000009,"reviewText":"?"}\n');
    bad[bad.indexOf('?')] = 0xff;
    const many = Buffer.from(
      `{"reviewerID":"v","asin":"a","unixReviewTime":${T},"reviewText":"${'äöü€'.repeat(20)}"}\n`.repeat(
        9000,
      ),
    );
    const { dataset, report } = await readAmazonWithReport(
      files(Buffer.concat([Buffer.from(reviewLines(events)), many, bad])),
      'D',
    );
    expect(letters(dataset).u).toBe('abcdef');
    expect(report.files[0].replacedCharacters).toBe(1);
    expect(describeReadReport(report).join('\n')).toContain(
      '1 byte sequence that is not UTF-8, read as the replacement character',
    );
  });

  it('drops and counts rows without ids or with an impossible time', async () => {
    const odd = [
      { reviewerID: '', asin: 'x', unixReviewTime: T },
      { asin: 'x', unixReviewTime: T },
      { reviewerID: 'u', asin: null, unixReviewTime: T },
      { reviewerID: 'u', asin: 'x', unixReviewTime: -1 },
      { reviewerID: 'u', asin: 'x', unixReviewTime: 9_999_999_999 },
      { reviewerID: 'u', asin: 'x' },
    ]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
    const { dataset, report } = await readAmazonWithReport(files(odd + reviewLines(events)), 'D');
    expect(letters(dataset)).toEqual({ u: 'abcde' });
    expect(report.interactions).toEqual({
      read: 11,
      withoutId: 3,
      withoutTime: 3,
      repeated: 0,
      filtered: 0,
      kept: 5,
    });
  });

  it('takes a user with 100,000 events and a line of 10 MB', async () => {
    const lines = Array.from(
      { length: 100_000 },
      (_, k) => `{"reviewerID":"u","asin":"i${k % 50}","unixReviewTime":${T + k}}`,
    ).join('\n');
    const long = `\n{"reviewerID":"v","asin":"i1","unixReviewTime":${T},"reviewText":"${'y'.repeat(1e7)}"}`;
    const { report } = await readAmazonWithReport(files(lines + long), 'D');
    expect(report.interactions).toMatchObject({ read: 100_001, kept: 100_000, filtered: 1 });
  });

  it('reads ratings-only CSV of 2018 (item, user) and of 2014 (user, item)', async () => {
    for (const [name, order] of [
      ['E.csv', [1, 0]],
      ['ratings_F.csv.gz', [0, 1]],
    ] as const) {
      const lines = [...'abcd']
        .map((item, k) =>
          [
            ['A3SGXH7AUHU8GW', `B00000000${item}`][order[0]],
            ['A3SGXH7AUHU8GW', `B00000000${item}`][order[1]],
            '5.0',
            T + k,
          ].join(','),
        )
        .join('\n');
      const path = join(folder, `ratings${order[0]}`);
      mkdirSync(path);
      writeFileSync(join(path, name), name.endsWith('.gz') ? gzipSync(lines) : lines);
      const dataset = await readAmazon(path, listAmazonDomains(path)[0]);
      expect(dataset).toMatchObject({ users: 1, items: 4 });
      expect(dataset.userKeys).toEqual(['A3SGXH7AUHU8GW']);
    }
  });
});

describe('bad input', () => {
  const good = reviewLines([...'abcde'].map((item, k) => ['u', item, T + k]));
  const failure = (path: string, domain = 'D', options = {}): Promise<string> =>
    inputFailure(readAmazon(path, domain, options));

  it('names a missing folder, a file in its place, and an empty folder', async () => {
    expect(await failure(join(folder, 'nowhere'))).toMatch(/nowhere: expected a readable folder, got none/);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await failure(file)).toMatch(/expected a readable folder, got a file/);
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect(await failure(empty)).toMatch(/expected Amazon review files .* got none.*elephant fetch/);
  });

  it('lists the domains there are and suggests the nearest; names with ../ are unknown domains', async () => {
    const path = files(good);
    writeGzip(path, 'Beauty_5.json.gz', good);
    expect(await failure(path, 'Beuty')).toMatch(
      /unknown domain "Beuty"\. Did you mean "Beauty"\? Known: Beauty, D/,
    );
    expect(await failure(path, `../${basename(path)}/D`)).toMatch(/unknown domain/);
    expect(await failure(path, 'D', { set: 'full' })).toMatch(
      /expected the "full" reviews \(D\.json\.gz\), got none/,
    );
  });

  it('refuses a gzip file that is cut off, damaged or none', async () => {
    const cut = files(good.repeat(50));
    const path = join(cut, 'D_5.json.gz');
    const whole = readFileSync(path);
    truncateSync(path, whole.length - 9);
    expect(await failure(cut)).toMatch(
      /D_5\.json\.gz: expected a complete gzip file, got one that is cut off\. Fetch it again/,
    );
    const damaged = Buffer.from(whole);
    damaged[whole.length - 6] ^= 1;
    writeFileSync(path, damaged);
    expect(await failure(cut)).toMatch(/damaged/);
    writeFileSync(path, good);
    expect(await failure(cut)).toMatch(/expected a gzip file, got something else/);
    writeFileSync(path, '');
    expect(await failure(cut)).toMatch(/got an empty file/);
  });

  it('names file and line of what is not JSON, not an object, or has no valid time', async () => {
    expect(await failure(files(`${good}{oops\n${good}`))).toMatch(
      /D_5\.json\.gz line 6: expected a JSON object, got "\{oops"/,
    );
    expect(await failure(files(`${good}[1]\n`))).toMatch(/line 6: expected a JSON object, got "\[1\]"/);
    expect(await failure(files(`${good}{"reviewerID":"u","asin":"a","unixReviewTime":"noon"}\n`))).toMatch(
      /line 6: expected a number as unixReviewTime, as in line 1, got "noon"/,
    );
    expect(await failure(files(good, `{"asin":"a"}\nnull,\n`))).toMatch(/meta_D\.json\.gz line 2/);
  });

  it('says which keys there are if the expected ones are missing', async () => {
    expect(await failure(files('{"who":"u","what":"i","when":1}\n'))).toMatch(
      /expected a column for the user .* got who, what, when/,
    );
  });

  it('stops at the stated limits of size and line', async () => {
    expect(await failure(files(good.repeat(2000)), 'D', { maxUncompressedBytes: 10_000 })).toMatch(
      /expected at most 10000 bytes after decompression/,
    );
    expect(await failure(files(good), 'D', { maxLineBytes: 50 })).toMatch(
      /expected lines of at most 50 bytes/,
    );
  });

  it('says what to do if the allowed memory is too small', async () => {
    const lines = Array.from(
      { length: 60_000 },
      (_, k) => `{"reviewerID":"user${k}","asin":"item${k}","unixReviewTime":${T}}`,
    ).join('\n');
    expect(await failure(files(lines), 'D', { memoryMiB: 4 })).toMatch(
      /expected data that can be read with 4 MiB, got too much\. Raise the option memoryMiB/,
    );
  });

  it('says why nothing is left', async () => {
    expect(await failure(files(good), 'D', { minUserInteractions: 6 })).toMatch(
      /got none of 5 through the filters \(users >= 6/,
    );
    expect(await failure(files(''))).toMatch(/got an empty file/);
  });
});

const data = process.env.ELEPHANT_DATA;
if (!data) console.log('amazon: real files skipped, ELEPHANT_DATA is not set');
describe.skipIf(!data)('real files', () => {
  it.each([
    ['Beauty', 22363, 12101, 198502, 204, 0],
    ['Sports', 35598, 18357, 296337, 296, 0],
    ['Toys', 19412, 11924, 167597, 550, 0],
    ['Office_Products', 3231, 3317, 22447, 30, 1259],
  ])('%s has the published counts', async (domain, users, items, interactions, longest, repeats) => {
    const dataset = await readAmazon(data!, domain);
    expect(datasetStatistics(dataset)).toMatchObject({
      users,
      items,
      interactions,
      shortest: 5,
      longest,
      repeats,
      itemsWithTitle: items,
    });
    expect(evaluationNegatives(dataset).length).toBe(100 * dataset.evaluationUsers.length);
  });
});
