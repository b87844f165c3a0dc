/**
 * Files as people bring them: what other programs write, what other projects publish, and what goes wrong on
 * the way. Each is read with the right values, or refused with file, line and the way out.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  describeReadReport,
  readAmazonWithReport,
  readOwnWithReport,
  type DatasetWithReport,
} from '../../lib/src/data/sources';
import { pattern } from '../pattern';
import { folderWith, type Files } from '../support/folders';
import { failure } from './asPeopleBring';
import { histories, readFiles } from './support';

/** ann and bob, four items each, oldest last, so that order comes from the times. */
const EVENTS = ['ann', 'bob'].flatMap((user) => [4, 3, 2, 1].map((k) => [user, `i${k}`, 1.6e9 + k] as const));
const EXPECTED = { ann: ['i1', 'i2', 'i3', 'i4'], bob: ['i1', 'i2', 'i3', 'i4'] };
const rows = (row: (user: string, item: string, time: number) => string): string =>
  EVENTS.map(([user, item, time]) => `${row(user, item, time)}\n`).join('');
const csv = `user,item,time\n${rows((...row) => row.join(','))}`;
const said = ({ report }: DatasetWithReport): string => describeReadReport(report).join('\n');

describe('other programs write', () => {
  it.each<[string, Files, RegExp?]>([
    [
      'pandas: an unnamed index',
      { 'x.csv': `,user_id,item_id,rating,time\n${rows((u, i, t) => `7,${u},${i},,${t}`)}` },
      /column 1 has no name and is ignored/,
    ],
    [
      'pandas: an index named so',
      { 'x.csv': `Unnamed: 0,user,item,time\n${rows((...row) => `3,${row.join(',')}`)}` },
    ],
    [
      'pandas: records',
      { 'x.json': JSON.stringify(EVENTS.map(([user, item, time]) => ({ user, item, time }))) },
      /elements of one JSON text/,
    ],
    [
      'JSON over several lines',
      {
        'x.json': JSON.stringify(
          EVENTS.map(([user, item, time]) => ({ user, item, time, s: '}"\\' })),
          null,
          2,
        ),
      },
    ],
    [
      'jq: objects one after the other',
      {
        'x.json': EVENTS.map(([user, item, time]) => JSON.stringify({ user, item, time }, null, 2)).join(
          '\n',
        ),
      },
    ],
    [
      'NaN in JSON lines',
      { 'x.jsonl': rows((u, i, t) => `{"user":"${u}","item":"${i}","time":${t},"p":NaN}`) },
    ],
    [
      'Infinity in a list',
      {
        'x.json': `[${rows((u, i, t) => `{"user":"${u}","item":"${i}","time":${t},"p":-Infinity},`)
          .trim()
          .slice(0, -1)}]`,
      },
    ],
    [
      'Python literals',
      { 'x.json': rows((u, i, t) => `{'user': u'${u}', 'item': '${i}', 'time': ${t}, 'p': None}`) },
    ],
    [
      'a key that comes twice',
      { 'x.jsonl': rows((u, i, t) => `{"user":"${u}","item":"${i}","time":${t},"x":1,"x":2}`) },
    ],
    [
      'Excel: sep=;',
      { 'x.csv': `sep=;\n${csv.replaceAll(',', ';')}` },
      /separator ";", as the first line says/,
    ],
    [
      'Excel: Unicode text',
      { 'x.txt': Buffer.from(`\ufeff${csv.replaceAll(',', '\t')}`, 'utf16le') },
      /read as utf-16le/,
    ],
    [
      'Excel: byte order mark and sep',
      { 'x.csv': `\ufeffsep=;\r\n${csv.replaceAll(',', ';').replaceAll('\n', '\r\n')}` },
    ],
    ['old Macs: carriage returns', { 'x.csv': csv.replaceAll('\n', '\r') }],
    ['mixed ends of lines', { 'x.csv': csv.replace(/\n(?=ann)/g, '\r\n') }],
    ['three ends of lines', { 'x.csv': csv.replace(/\n(?=ann)/g, '\r\n').replace(/\n(?=bob)/g, '\r') }],
    [
      'R: names of rows without a header of their own',
      {
        'x.txt': [
          '"user" "item" "time"',
          ...EVENTS.map(([user, item, time], k) => `"${k + 1}" "${user}" "${item}" ${time}`),
        ].join('\n'),
      },
      /column 1 has no name and is ignored/,
    ],
    [
      'a comma at the end of each row, none after the header',
      { 'x.csv': csv.replace(/(?<=\d)\n/g, ',\n') },
      /column 4 has no name and is ignored/,
    ],
    [
      'names that differ in case',
      { 'x.csv': `user,item,time,Price,price\n${rows((...row) => `${row.join(',')},1,2`)}` },
    ],
    [
      'quotes over lines and after spaces',
      { 'x.csv': `user,note,item,time\n${rows((u, i, t) => `${u}, "a ""b"",\nc" ,${i},${t}`)}` },
    ],
    [
      'quotes after a backslash',
      {
        'x.csv': `user,note,item,time\n${rows((u, i, t) => `${u},"a \\"b\\", c:\\\\",${i},${t}`)}`,
      },
      /x\.csv: quotes after a backslash read as part of their field/,
    ],
    [
      'a backslash at the end of a field',
      { 'x.csv': `note,user,item,time\n${rows((...row) => `"c:\\",${row.join(',')}`)}` },
    ],
    [
      'UTF-16 within gzip',
      { 'x.csv.gz': gzipSync(Buffer.from(`\ufeff${csv}`, 'utf16le')) },
      /read as utf-16le/,
    ],
    ['bars', { 'x.txt': csv.replaceAll(',', '|') }],
    ['spaces between fields', { 'x.txt': csv.replaceAll(',', '  ') }],
    ['a comma at the end of each line', { 'x.csv': csv.replaceAll('\n', ',\n') }, /column 4 has no name/],
    [
      'dates with slashes',
      { 'x.csv': `user,item,date\n${rows((u, i, t) => `${u},${i},2020/1/${t - 1.6e9}`)}` },
      /times: dates/,
    ],
    [
      'dates of SQL',
      { 'x.csv': `user,item,date\n${rows((u, i, t) => `${u},${i},2020-01-01 00:00:0${t - 1.6e9}.5 UTC`)}` },
    ],
  ])('%s', async (_, files, note = /rows: 8 read, 8 kept/) => {
    const result = await readFiles(files);
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toMatch(note);
  });

  it('missing values as words: the row is dropped and counted, a title is empty', async () => {
    const result = await readFiles({
      'interactions.csv': `${csv}NaN,i1,5\nann,NULL,5\nann,i1,\nann,i2,nan\n`,
      'items.csv': 'item,title\ni1,NaN\ni2,Null Island\n',
    });
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(result.report.interactions).toMatchObject({ read: 12, withoutId: 2, withoutTime: 2, kept: 8 });
    expect(result.dataset.itemTexts[result.dataset.itemKeys.indexOf('i1')].title).toBe('');
    expect(said(result)).toContain('1 row dropped: no user (interactions.csv line 10)');
    expect(said(result)).toContain('4 values taken as missing (first interactions.csv line 10, user: "NaN")');
    expect(said(result)).toContain('3 of 4 items have no text');
  });

  it('64-bit ids as JSON numbers stay apart', async () => {
    const lines = [1, 2, 3, 4].map(
      (k) => `{"user":9007199254740993,"item":90071992547409930${k},"time":${k}}\n`,
    );
    const { dataset } = await readFiles({ 'x.jsonl': lines.join('') });
    expect(histories(dataset)).toEqual({
      '9007199254740993': [1, 2, 3, 4].map((k) => `90071992547409930${k}`),
    });
  });

  it('long ids that pandas wrote as floats stay apart', async () => {
    const lines = [1, 2, 3, 4].map((k) => `{"user":"u","item":1234567890123456${k}.0,"time":${k}}\n`);
    const { dataset } = await readFiles({ 'x.jsonl': lines.join('') });
    expect(histories(dataset)).toEqual({ u: [1, 2, 3, 4].map((k) => `1234567890123456${k}.0`) });
  });

  it('refuses what it cannot decide, with the line and what to do', async () => {
    const record = (user: string): string => `{"user":${user},"item":"i","time":1}\n`;
    expect(await failure({ 'x.jsonl': record('"a","user":"b"') })).toMatch(
      /line 1: .*expected one "user" in a record, got two/,
    );
    expect(await failure({ 'x.jsonl': record('{"$oid":"1"}') })).toMatch(
      /line 1: expected text or a number as user, got/,
    );
    expect(await failure({ 'x.json': '{"user":{"0":"a"},"item":{"0":"i"},"time":{"0":1}}' })).toMatch(
      /as user, got .*0/,
    );
    expect(await failure({ 'x.json': '[{"user":1},\n{"user":2},\n5]' })).toMatch(
      /line 3: expected a JSON object, got "5/,
    );
    expect(await failure({ 'x.json': '[{"user":1}' })).toMatch(
      /list that begins here to end, got the end of the file/,
    );
    expect(await failure({ 'x.csv': Buffer.from(csv, 'utf16le') })).toMatch(/NUL bytes .*utf-16le/);
    const late = `user,note,item,time\n${'ann,"x",i1,1\n'.repeat(60)}ann,"a \\"b\\"",i1,1\n`;
    expect(await failure({ 'x.csv': late })).toMatch(/line 62: [^]*backslashes: true \(--backslashes\)/);
    expect(await failure({ 'x.csv': 'PK\x03\x04rest' })).toMatch(
      /got a ZIP archive or an Excel file. Unpack it/,
    );
    expect(await failure({ 'x.csv': 'version https://git-lfs.github.com/spec/v1\n' })).toMatch(
      /got a pointer of Git LFS\. Fetch the file itself/,
    );
    expect(await failure({ 'x.csv': '<!DOCTYPE html><html>' })).toMatch(/got a web page\. Download/);
    // One field more than the header, but the first repeats: no names of rows.
    expect(await failure({ 'x.csv': csv.replace(/,(?=i\d)/g, ',,') })).toMatch(/line 2: expected 3 fields/);
    expect(await failure({ 'x.json': '{"data":[]}' })).toMatch(
      /got data\. Name it with columns\.user [^.]*\. Records within another object need to be taken out/,
    );
    expect(await failure({ 'x.csv': `${csv}ann,"i1,7\n${rows((...row) => row.join(','))}` })).toMatch(
      /line 10: .*quote that this line opens/,
    );
    expect(await failure({ 'x.csv': `${csv}ann,"i1"x,7\n` })).toMatch(
      /line 10: expected a separator after a closing quote/,
    );
  });
});

describe('other projects publish', () => {
  it('SASRec.pytorch: pairs of numbers in order', async () => {
    const pairs = [1, 2].flatMap((user) => [4, 3, 1, 2].map((item) => `${user} ${item}\n`)).join('');
    const result = await readFiles({ 'Beauty.txt': pairs });
    expect(histories(result.dataset)).toEqual({ 1: ['4', '3', '1', '2'], 2: ['4', '3', '1', '2'] });
    expect(said(result)).toMatch(/times: file order[^]*as in SASRec.pytorch/);
    expect(await failure({ 'Beauty.txt': `${pairs.repeat(10)}3 1 5\n` })).toMatch(
      /line 81: expected 2 fields/,
    );
  });

  it('S3-Rec: a user and all items on one line', async () => {
    const result = await readFiles({ 'Beauty.txt': '1 4 3 1 2\n2 4 3 1 2 5\n' });
    expect(histories(result.dataset)).toEqual({ 1: ['4', '3', '1', '2'], 2: ['4', '3', '1', '2', '5'] });
    expect(said(result)).toMatch(/times: file order[^]*a user and all items of this user, oldest first/);
    expect(await failure({ 'Beauty.txt': `${'1 4 3 1 2\n2 4 3\n'.repeat(30)}3 x 5\n` })).toMatch(
      /line 61: expected whole numbers, a user and items, got "3 x 5"/,
    );
  });

  it('RecBole: any separator, and files of a split in their order', async () => {
    const header = 'user_id:token,item_id:token,rating:float,timestamp:float\n';
    const events = rows((u, i, t) => `${u},${i},5,${t}`)
      .trim()
      .split('\n');
    const part = (from: number, to: number): string => `${header}${events.slice(from, to).join('\n')}\n`;
    expect(histories((await readFiles({ 'shop.inter': part(0, 8) })).dataset)).toEqual(EXPECTED);
    const split = {
      'shop.test.inter': part(6, 8),
      'shop.train.inter': part(0, 4),
      'shop.valid.inter': part(4, 6),
    };
    const result = await readFiles({ ...split, 'shop.item': 'item_id:token\ttitle:token_seq\ni1\tOne "1\n' });
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(result.dataset.name).toBe('shop');
    expect(result.report.files.map(({ name }) => name)).toEqual([
      ...['shop.train.inter', 'shop.valid.inter', 'shop.test.inter', 'shop.item'],
    ]);
    expect(said(result)).toContain('3 files of interactions read as parts of one');
  });

  it('Amazon 2023: items by parent_asin, which both files have, from either reader', async () => {
    const reviews = rows((u, i, t) =>
      JSON.stringify({ user_id: u, asin: `${u}${i}`, parent_asin: i, timestamp: t * 1000 }),
    );
    const metadata = [1, 2, 3, 4]
      .map((k) => ({
        parent_asin: `i${k}`,
        title: `T${k}`,
        store: 'S',
        main_category: 'M',
        categories: ['C', 'D'],
      }))
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
    const folder = folderWith({ 'R.jsonl.gz': gzipSync(reviews), 'meta_R.jsonl': metadata });
    for (const result of [await readAmazonWithReport(folder, 'R'), await readOwnWithReport(folder)]) {
      expect(histories(result.dataset)).toEqual(EXPECTED);
      expect(result.dataset.itemTexts[0]).toMatchObject({ brand: 'S', category: 'C D' });
      expect(said(result)).toMatch(/item from "parent_asin", time from "timestamp"; times: milliseconds/);
    }
    const asin = metadata.replaceAll('parent_asin', 'asin');
    const other = await readFiles({
      'R.jsonl': reviews.replace(/"asin":"\w+?(i\d)"/g, '"asin":"$1"'),
      'meta_R.jsonl': asin,
    });
    expect(said(other)).toContain('item from "asin"');
    const ratings = folderWith({
      'R.csv': `user_id,parent_asin,rating,timestamp\n${rows((u, i, t) => `${u},${i},5,${t}000`)}`,
    });
    expect(histories((await readAmazonWithReport(ratings, 'R')).dataset)).toEqual(EXPECTED);
  });

  it('Amazon 2014 and 2018: times as text and in milliseconds', async () => {
    const line = (time: (t: number) => unknown): string =>
      rows((u, i, t) => JSON.stringify({ reviewerID: u, asin: i, unixReviewTime: time(t) }));
    for (const content of [line((t) => `${t}.0`), line((t) => t * 1000)]) {
      const result = await readAmazonWithReport(folderWith({ 'X_5.json': content }), 'X');
      expect(histories(result.dataset)).toEqual(EXPECTED);
    }
  });

  it('Amazon 2014: reviews beside their metadata, from either reader', async () => {
    const folder = folderWith({
      'reviews_R_5.json': rows((u, i, t) =>
        JSON.stringify({ reviewerID: u, asin: i, unixReviewTime: t, reviewTime: '09 13, 2020' }),
      ),
      'meta_R.json': [1, 2, 3, 4].map((k) => `{'asin': 'i${k}', 'title': 'T${k}'}\n`).join(''),
    });
    for (const result of [await readAmazonWithReport(folder, 'R'), await readOwnWithReport(folder)]) {
      expect(histories(result.dataset)).toEqual(EXPECTED);
      expect(result.dataset.itemTexts[0].title).toMatch(/^T\d$/);
    }
  });

  it('Parquet parts in folders, beside what Spark leaves', async () => {
    const folder = folderWith({
      'log.parquet/_SUCCESS': '',
      'log.parquet/.part-0.crc': 'x',
      'log.parquet/day=2/_x': '',
    });
    mkdirSync(join(folder, 'log.parquet', 'day=1'));
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    for (const [name, user] of [
      ['day=1/part-0', 'ann'],
      ['day=2/part-0', 'bob'],
    ])
      await connection.run(
        `COPY (SELECT CAST('${user}' AS BLOB) AS user, 'i' || range AS item, ` +
          'make_timestamp(range * 1000000) AS ts ' +
          `FROM range(4, 0, -1)) TO '${join(folder, 'log.parquet', name)}.parquet' (FORMAT parquet)`,
      );
    await connection.run(`COPY (SELECT 1 AS other) TO '${join(folder, 'odd.parquet')}' (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
    const result = await readOwnWithReport(join(folder, 'log.parquet'));
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(result.dataset.name).toBe('log');
    expect(said(result)).toContain('2 files of interactions read as parts of one');
    await expect(readOwnWithReport(folder)).rejects.toThrow(
      /odd\.parquet: expected the columns of .*, got no user among other/,
    );
  });
});

describe('options for what cannot be told', () => {
  it('header: false, with columns by number or in order; the advice keeps every row', async () => {
    const bare = rows((...row) => row.join(','));
    const message = await failure({ 'x.csv': bare });
    expect(message).toMatch(
      /got ann, i4, 1600000004\. .*header: false.*--no-header --columns user=1,item=2,time=3/,
    );
    for (const options of [{ header: false, columns: { user: 1, item: 2, time: 3 } }, { header: false }]) {
      const result = await readFiles({ 'x.csv': bare }, options);
      expect(histories(result.dataset)).toEqual(EXPECTED);
      expect(said(result)).toMatch(
        /user from "1", item from "2", time from "3"[^]*no header: the first line is a row/,
      );
    }
    expect(await failure({ 'x.csv': bare }, { columns: { user: '1' } })).toMatch(
      /expected a column "1" as user.*header: false/,
    );
    const four = await failure({ 'x.csv': rows((u, i, t) => `${u},${i},5,${t}`) }, { header: false });
    expect(four).toMatch(/got 1, 2, 3, 4/);
  });

  it('header: false, beside a file of items that has one', async () => {
    for (const header of ['', 'item,title,brand\n']) {
      const columns = { user: 1, item: 2, time: 3, ...(header ? {} : { itemKey: 1, title: 2, brand: 3 }) };
      const { dataset } = await readFiles(
        { 'interactions.csv': rows((...row) => row.join(',')), 'items.csv': `${header}i1,One,B\n` },
        { header: false, columns },
      );
      expect(dataset.itemTexts[dataset.itemKeys.indexOf('i1')]).toMatchObject({ title: 'One', brand: 'B' });
    }
  });

  it('separator and quote', async () => {
    const odd = csv.replaceAll(',', '^').replaceAll('ann', '"ann');
    const { dataset } = await readFiles({ 'log.dump': odd }, { separator: '^', quote: false });
    expect(histories(dataset)).toEqual({ '"ann': EXPECTED.ann, bob: EXPECTED.bob });
    expect(
      histories((await readFiles({ 'x.csv': csv.replaceAll(',', '::') }, { separator: '::' })).dataset),
    ).toEqual(EXPECTED);
    expect(await failure({ 'x.csv': csv }, { separator: '' })).toMatch(/^separator: expected a character/);
  });

  it('encoding: ids that are not UTF-8 are refused, texts are read and reported', async () => {
    const latin = Buffer.from(csv.replaceAll('i1', 'café').replaceAll('i2', 'cafè'), 'latin1');
    expect(await failure({ 'x.csv': latin })).toMatch(
      pattern(
        /x\.csv line 4: expected UTF-8, got byte 8 that is not .*/,
        /encoding: "windows-1252" \(--encoding windows-1252\)/,
      ),
    );
    const result = await readFiles({ 'x.csv': latin }, { encoding: 'latin1' });
    expect(histories(result.dataset).bob).toEqual(['café', 'cafè', 'i3', 'i4']);
    expect(said(result)).toContain('text read as windows-1252');
    const titles = await readFiles({
      'interactions.csv': csv,
      'items.csv': Buffer.from('item,title\ni1,Thé\ni2,Café\n', 'latin1'),
    });
    expect(said(titles)).toContain(
      '2 byte sequences that are not UTF-8, read as the replacement character ' +
        '(first items.csv line 2, byte 6)',
    );
    expect(await failure({ 'x.csv': csv }, { encoding: 'klingon' })).toMatch(/^encoding: .*got "klingon"/);
    expect(await failure({ 'x.csv': latin }, { encoding: 'shift_jis' })).toMatch(
      /expected text in shift_jis/,
    );
  });

  it('timeUnit: units that are mixed are refused with both lines', async () => {
    const mixed = `user,item,time\n${rows((u, i, t) => `${u},${i},${t % 2 === 0 ? t : t * 1000}`)}`;
    expect(await failure({ 'x.csv': mixed })).toMatch(
      pattern(
        /line 3: expected seconds as in line 2 \(1600000004\), /,
        /got what looks like milliseconds \(1600000003000\).*--time-unit/,
      ),
    );
    const given = await readFiles({ 'x.csv': mixed }, { timeUnit: 'milliseconds' });
    expect(given.report.interactions.kept).toBe(8);
    expect(await failure({ 'x.csv': csv }, { timeUnit: 'weeks' as never })).toMatch(/unknown unit "weeks"/);
  });

  it('roles that there are not', async () => {
    expect(await failure({ 'x.csv': csv }, { columns: { users: 'user' } as never })).toMatch(
      /unknown role "users"\. Did you mean "user"/,
    );
  });
});

describe('nothing is dropped, repaired or guessed without a line', () => {
  it('users that are too short, with the limit and its option', async () => {
    const result = await readFiles({ 'x.csv': `${csv}eve,i1,1\neve,i2,2\n` });
    expect(result.report.users).toEqual({
      read: 3,
      kept: 2,
      tooFew: { count: 1, example: { key: 'eve', interactions: 2 } },
    });
    expect(said(result)).toContain(
      '1 user with fewer than 4 interactions dropped ("eve" with 2); ' +
        'minUserInteractions (--min-user-interactions) sets the limit',
    );
  });

  it('times that cannot be, with an example, whatever the clock says', async () => {
    const result = await readFiles({
      'x.csv': `${csv}ann,i1,-1600000000\nbob,i1,4102444801\nbob,i2,4102444800\n`,
    });
    expect(result.report.interactions).toMatchObject({ read: 11, withoutTime: 2, kept: 9 });
    expect(said(result)).toContain(
      '2 rows dropped: time before 1970 or after 2099 (first x.csv line 10: "-1600000000")',
    );
  });

  it('spaces around ids and names of columns', async () => {
    for (const content of [csv.replaceAll(',', ', '), csv.replace(/^bob,(i[13])/gm, ' bob ,$1\u00a0')]) {
      const result = await readFiles({ 'x.csv': content });
      expect(histories(result.dataset)).toEqual(EXPECTED);
      expect(said(result)).toMatch(
        /values with spaces around them, which are removed \(first x\.csv line \d+: " /,
      );
    }
  });

  it('the number of the row is not an item', async () => {
    const numbered = (header: string): string =>
      `${header}\n${EVENTS.map((event, k) => `${k},${event.join(',')}\n`).join('')}`;
    const result = await readFiles({ 'x.csv': numbered('id,user_id,sku,created_at') });
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toContain('item from "sku"');
    expect(await failure({ 'x.csv': numbered('id,user_id,thing,created_at') })).toMatch(
      /expected a column for the item .*; id differs in every row.*columns\.item/,
    );
    expect(histories((await readFiles({ 'x.csv': csv.replace('item', 'id') })).dataset)).toEqual(EXPECTED);
  });

  it('a missing title stays missing', async () => {
    const result = await readFiles({
      'interactions.csv': csv,
      'items.csv': 'item,price,category\ni1,0.99,Bath\n',
    });
    expect(result.dataset.itemTexts[result.dataset.itemKeys.indexOf('i1')]).toEqual({
      title: '',
      brand: '',
      category: 'Bath',
    });
    expect(said(result)).toMatch(
      pattern(
        /no column for title, brand[^]*3 items without a record, 4 without a title[^]*/,
        /3 of 4 items have no text \("i\d"/,
      ),
    );
  });

  it('control characters never reach a terminal', async () => {
    const result = await readFiles({
      'x.csv': `${csv}\u001b[31meve,i1,1\n${csv.split('\n').slice(1).join('\n')}`,
    });
    expect(said(result)).toContain('"\\u001b[31meve" with 1');
    expect(said(result).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    const message = await failure({ 'x.csv': csv.replace('user', 'us\u001b[2Jer') });
    expect(message).toContain('us\\u001b[2Jer');
    expect(message).not.toMatch(/\p{Cc}/u);
  });
});
