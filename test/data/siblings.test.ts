/**
 * More files as people bring them, by kind: exports of spreadsheets, databases and data frames, published
 * sets, folders, times, ids. Each gives the right histories and says what was guessed, or is refused by name.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { plainId } from '../../lib/src/data/alikeIds';
import {
  describeReadReport,
  readAmazonWithReport,
  readOwnWithReport,
  type OwnOptions,
  type DatasetWithReport,
} from '../../lib/src/data/sources';
import { pattern } from '../pattern';
import { folderWith, type Files } from '../support/folders';
import { failure } from './asPeopleBring';
import { histories, readFiles } from './support';

const said = ({ report }: DatasetWithReport): string => describeReadReport(report).join('\n');
const EVENTS = ['ann', 'bob'].flatMap((user) => [4, 3, 2, 1].map((k) => [user, `i${k}`, k] as const));
const EXPECTED = { ann: ['i1', 'i2', 'i3', 'i4'], bob: ['i1', 'i2', 'i3', 'i4'] };
const rows = (row: (user: string, item: string, k: number) => string): string =>
  EVENTS.map((event) => `${row(...event)}\n`).join('');
const objects = (make: (user: string, item: string, k: number) => object): string =>
  rows((...event) => JSON.stringify(make(...event)));
/** Rows under a header. */
const under = (header: string, row: Parameters<typeof rows>[0]): string => `${header}\n${rows(row)}`;
const HEAD = 'user,item,time\n';
const body = rows((u, i, k) => `${u},${i},160000000${k}`);
const csv = HEAD + body;
/** The same in SQL. */
const EVENT_TABLE = `(VALUES ${EVENTS.map(([u, i, k]) => `('${u}', '${i}', ${k})`).join()}) AS t(u, i, k)`;
const items = 'item,title\ni1,One\ni2,Two\ni3,Three\ni4,Four\n';

describe('rows of the same time', () => {
  it('that repeat another are kept, counted and shown; --drop-duplicates leaves them out', async () => {
    const files = { 'x.csv': `${csv}ann,i1,1600000001\nbob,i2,1600000002\nann,i1,1600000001\n` };
    const kept = await readFiles(files);
    expect(histories(kept.dataset)).toEqual({
      ann: ['i1', 'i1', 'i1', 'i2', 'i3', 'i4'],
      bob: ['i1', 'i2', 'i2', 'i3', 'i4'],
    });
    expect(said(kept)).toContain(
      '3 rows kept that repeat an earlier one in user, item and time; duplicates: "drop" (--drop-' +
        'duplicates) leaves them out (first user "ann", item "i1")',
    );
    expect(kept.report.findings).toContainEqual(expect.objectContaining({ kind: 'repeatedRow', count: 3 }));
    const dropped = await readFiles(files, { duplicates: 'drop' });
    expect(histories(dropped.dataset)).toEqual(EXPECTED);
    expect(said(dropped)).toContain('dropped: 3 exact repetitions');
    expect(said(dropped)).not.toContain('repeat an earlier');
  });

  it('one repetition is spoken of as one, and the same item at another time is none', async () => {
    expect(said(await readFiles({ 'x.csv': `${csv}ann,i1,1600000001\n` }))).toContain(
      '1 row kept that repeats an earlier one in user, item and time; duplicates: "drop" (--drop-' +
        'duplicates) leaves it out (user "ann", item "i1")',
    );
    expect(said(await readFiles({ 'x.csv': `${csv}ann,i1,1600000009\n` }))).not.toContain('repeat');
  });

  it('with other items are counted, and their order is said', async () => {
    const files = { 'x.csv': `${HEAD}u,b,5\nu,a,5\nu,c,6\nu,d,7\nv,a,1\nv,b,2\nv,c,3\nv,d,4\n` };
    const inFile = await readFiles(files);
    expect(histories(inFile.dataset).u).toEqual(['b', 'a', 'c', 'd']);
    expect(said(inFile)).toContain(
      '2 rows of the same time as another item of their user, in the order of the file; ties: "itemKey" ' +
        '(--ties-in-time itemKey) sorts them by item (first user "u", items "b" and "a")',
    );
    const byKey = await readFiles(files, { ties: 'itemKey' });
    expect(histories(byKey.dataset).u).toEqual(['a', 'b', 'c', 'd']);
    expect(said(byKey)).toContain('2 rows of the same time as another item of their user, sorted by item');
  });

  it('are no matter where the file has no times', async () => {
    const text = said(await readFiles({ 'x.txt': '1 1\n1 2\n1 2\n1 3\n' }));
    expect(text).not.toMatch(/same time|repeat/);
  });
});

describe('files without rows', () => {
  it.each<[string, Files, RegExp]>([
    ['a header', { 'x.csv': HEAD }, /x\.csv: expected rows, got only a header \(user, item, time\) and no/],
    [
      'a header without an end',
      { 'x.csv': 'user,item,time' },
      /got only a header .*Check that it was written/,
    ],
    [
      'a header of RecBole',
      { 'x.inter': 'user_id:token\titem_id:token\ttimestamp:float\n' },
      /only a header/,
    ],
    [
      'items',
      { 'interactions.csv': csv, 'items.csv': 'item,title\n' },
      /items\.csv: expected rows, got only/,
    ],
    ['a list', { 'x.json': '[]' }, /x\.json: expected rows, got no records/],
    ['blank lines', { 'x.csv': '\n  \n' }, /x\.csv: expected rows, got blank lines/],
    ['blank lines of JSON', { 'x.jsonl': '\n\n' }, /got no records/],
    ['no bytes', { 'x.csv': '' }, /got an empty file/],
    ['no bytes in gzip', { 'x.jsonl.gz': gzipSync('') }, /got an empty file/],
    ['an object without keys', { 'x.json': '{}' }, /got records without any/],
    [
      'no times',
      { 'x.csv': `${HEAD}a,b,\n` },
      /none with a possible time \(.*time from "time"\)\. Name other/,
    ],
    [
      'no users',
      { 'x.csv': 'user_id,item_id,ts\nNA,1,2\n' },
      /none with both a user and an item \(user from "user_id", item from "item_id"/,
    ],
    [
      'users that hidden signs part',
      { 'x.csv': `${HEAD}u,a,1\nu\u200b,b,2\nu,c,3\nu\u200b,d,4\n` },
      /got none of 4 through the filters .*; users such as "u" and "u.*" look alike/,
    ],
  ])('%s', async (_, files, message) => {
    expect(await failure(files)).toMatch(message);
  });

  it('a Parquet table, and parts of which one is empty', async () => {
    const folder = folderWith({ 'd/part-0.csv': csv, 'd/part-1.csv': '', 'd/part-2.csv': HEAD });
    const result = await readOwnWithReport(join(folder, 'd'));
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toContain('1 empty part left out (part-1.csv)');
    const path = join(folder, 'x.parquet');
    await parquet(path, 'SELECT 1 AS user, 2 AS item, 3 AS time LIMIT 0');
    await expect(readOwnWithReport(path)).rejects.toThrow(/expected rows, got a table without rows/);
  });
});

describe('no tables', () => {
  const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
  const tar = Buffer.alloc(1024);
  tar.write('ustar', 257);
  it.each<[string, string, Buffer, RegExp]>([
    ['a pickle', 'x.pkl', bytes('\x80\x04\x95'), /got a Python pickle\. Write the table as CSV or Parquet/],
    ['a pickle called CSV', 'x.csv', bytes('\x80\x05\x95'), /got a Python pickle/],
    ['a NumPy array', 'x.npy', bytes('\x93NUMPY\x01'), /got a NumPy array/],
    ['NumPy arrays', 'x.npz', bytes('PK\x03\x04'), /got a ZIP archive/],
    ['HDF5', 'x.h5', bytes('\x89HDF\r\n\x1a\n'), /got an HDF5 file/],
    ['Feather', 'x.feather', bytes('ARROW1\0\0'), /got an Arrow file/],
    ['Avro', 'x.avro', bytes('Obj\x01'), /got an Avro file/],
    ['SQLite', 'x.db', bytes('SQLite format 3\0'), /got an SQLite database/],
    ['a PDF', 'x.csv', bytes('%PDF-1.4\n'), /got a PDF/],
    ['a picture', 'x.csv', bytes('\x89PNG\r\n'), /got a picture/],
    ['XML', 'x.csv', bytes('<?xml version="1.0"?>'), /got XML/],
    ['a page after a blank line', 'x.csv', bytes('\n<!DOCTYPE html>'), /got a web page/],
    ['7z', 'x.csv', bytes('7z\xbc\xaf\x27\x1c'), /got a 7z archive/],
    ['RAR', 'x.csv', bytes('Rar!\x1a\x07'), /got a RAR archive/],
    ['tar', 'x.tar', tar, /got a tar archive\. Unpack it/],
    ['tar in gzip', 'x.csv.gz', gzipSync(tar), /got a tar archive/],
    ['Zstandard', 'x.csv.zst', bytes('\x28\xb5\x2f\xfd'), /got a Zstandard file/],
    [
      'JSON lines called CSV',
      'x.csv',
      bytes(objects((user, item) => ({ user, item }))),
      /the ending \.jsonl/,
    ],
    ['records in an object', 'x.json', bytes('{"data": [{"user": 1}]}'), /need to be taken out of it/],
    ['two columns without a header', 'x.txt', bytes('1,1\n1,2\n'), /--columns user=1,item=2 --file-order/],
  ])('%s', async (_, name, content, message) => {
    expect(await failure({ [name]: content })).toMatch(message);
  });
});

describe('exports', () => {
  it.each<[string, Files, RegExp]>([
    ['UTF-16, big end first', { 'x.csv': Buffer.from(`\ufeff${csv}`, 'utf16le').swap16() }, /as utf-16be/],
    ['ends in capitals', { 'X.CSV.GZ': gzipSync(csv) }, /rows: 8 read, 8 kept/],
    [
      'comments above',
      { 'x.csv': `# made by\n# me, today\n${csv}` },
      /2 lines of comment \(#\) above left out/,
    ],
    ['a comment after a mark', { 'x.csv': `\ufeff# made by\n${csv}` }, /a line of comment \(#\) above/],
    [
      'blank rows of a sheet',
      { 'x.csv': `${csv},,\n,,\n` },
      /2 rows dropped: no user \(first x\.csv line 10\)/,
    ],
    ['signs for a missing id', { 'x.csv': `${csv}-,i1,5\nann,?,5\n#REF!,i1,5\n` }, /2 rows .*: no user/],
    [
      'names in quotes over lines',
      { 'x.csv': `"user\nid","item\nid",time\n${body}` },
      /from "user id", item/,
    ],
    [
      'a quote for inches in the header',
      { 'x.csv': csv.replace('time', 'time,5" one').replace(/\d$/gm, '$&,') },
      /5/,
    ],
    ['a header after #', { 'x.csv': `# ${csv}` }, /user from "# user"/],
    ['what Hive writes', { 'x.csv': csv.replaceAll(',', '\u0001') }, /user from "user"/],
    [
      'names of people and things beside their ids',
      { 'x.csv': under('user,user_id,item,item_id,time', (u, i, k) => `Jo,${u},Soap,${i},${k}`) },
      /user from "user_id", item from "item_id", .*\n.*not used: "user", "item"/,
    ],
    [
      'text that a spreadsheet is to keep',
      { 'x.csv': under('user,item,time', (u, i, k) => `="${u}",${i},${k}`) },
      /8 values written as a formula of a spreadsheet, read without it/,
    ],
    ['a total', { 'x.csv': `${csv}Total,,8\n` }, /1 row dropped: no item \(x\.csv line 10\)/],
    ['n/a and undefined', { 'x.csv': `${csv}n/a,i1,5\nundefined,i1,5\n` }, /2 rows dropped: no user/],
    [
      'decimal commas elsewhere',
      { 'x.csv': under('user;item;rating;time', (u, i, k) => `${u};${i};4,5;${k}`) },
      /not used: "rating"/,
    ],
    [
      'times like 1.6e9',
      { 'x.csv': `${HEAD}${rows((u, i, k) => `${u},${i},1.60000000${k}e9`)}` },
      /times: seconds/,
    ],
    [
      'a column index of pandas',
      { 'x.csv': `index,${HEAD}${EVENTS.map(([u, i, k], n) => `${n},${u},${i},${k}\n`).join('')}` },
      /not used: "index"/,
    ],
    [
      'a comma after each record',
      { 'x.jsonl': rows((user, item, time) => `${JSON.stringify({ user, item, time })},`) },
      /elements of one JSON text/,
    ],
    [
      'a mark before JSON',
      { 'x.jsonl': `\ufeff${objects((user, item, time) => ({ user, item, time }))}` },
      /8 kept/,
    ],
    [
      'a list with a last comma',
      { 'x.json': `[${objects((user, item, time) => ({ user, item, time })).replaceAll('\n', ',\n')}]` },
      /8 kept/,
    ],
    [
      'a list of Python',
      { 'x.json': `[${rows((u, i, k) => `{'user': '${u}', 'item': '${i}', 'time': ${k}},`)}]` },
      /8 kept/,
    ],
    [
      'a record that lacks keys',
      { 'x.jsonl': `{"user":"ann"}\n${objects((user, item, time) => ({ user, item, time }))}` },
      /1 row dropped: no item \(x\.jsonl line 1\)/,
    ],
    [
      'a quote within a field',
      { 'x.csv': under('user,item,size,time', (u, i, k) => `${u},${i},The 5" one,${k}`) },
      /8 kept/,
    ],
    [
      'lines within quotes, CRLF',
      { 'x.csv': under('user,note,item,time\r', (u, i, k) => `${u},"a\r\nb",${i},${k}\r`) },
      /8 kept/,
    ],
    [
      'many columns',
      {
        'x.csv': under(
          `${HEAD.trim()}${',c'.repeat(1000)}`,
          (u, i, k) => `${u},${i},${k}${','.repeat(1000)}`,
        ),
      },
      /"c", "c".* and 992 more/,
    ],
  ])('%s', async (_, files, note) => {
    const result = await readFiles(files);
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toMatch(note);
  });

  it('lists written into a field are texts of an item, but no ids', async () => {
    const table = ["['Hair', 'Care']", "['Hair' 'Care']", '[""Hair"", ""Care""]', '[]', '[1408]'];
    const files = {
      'interactions.csv': csv + 'ann,i5,1600000005\n',
      'items.csv': `item,title,category\n${table.map((list, k) => `i${k + 1},T,"${list}"\n`).join('')}`,
    };
    const result = await readFiles(files);
    const textOf = (key: string): string =>
      result.dataset.itemTexts[result.dataset.itemKeys.indexOf(key)].category;
    expect(['i1', 'i2', 'i3', 'i4', 'i5'].map(textOf)).toEqual([
      ...['Hair Care', 'Hair Care', 'Hair Care', ''],
      '[1408]',
    ]);
    expect(said(result)).toContain('4 texts written as a list, joined by spaces (first items.csv line 2');
    expect(await failure({ 'x.csv': `user,item\nann,"['i1', 'i2']"\n` }, { fileOrder: true })).toMatch(
      /x\.csv line 2: expected one id as item, got a list .* Write one value per row/,
    );
  });

  it('the advice about a header names the column that looks like a time, or asks for items', async () => {
    const advice = (time: string): Promise<string> => failure({ 'x.csv': `ann,i1,5.0,${time}\n` });
    const fourth = 'columns: { user: 1, item: 2, time: 4 } (--no-header --columns user=1,item=2,time=4)';
    expect(await advice('1600000000')).toContain(fourth);
    expect(await advice('2020-12-31T23:59:59Z')).toContain(fourth);
    expect(await failure({ 'x.csv': '31/12/2020,ann,i1\n' })).toContain('{ user: 2, item: 3, time: 1 }');
    const files = { 'interactions.csv': csv, 'items.csv': 'i1,One\n' };
    expect(await failure(files)).toMatch(/items\.csv: .* write a header above it, such as item,title/);
  });

  it('columns that are not looked at are named, as they may say that a row is no event', async () => {
    const result = await readFiles({
      'interactions.csv': under(
        'user,item,rating,label,time',
        (u, i, k) => `${u},${i},${k - 2},${k % 2},${k}`,
      ),
      'items.csv': items
        .replace('item,title', 'item,name')
        .replaceAll('\n', ',9.99\n')
        .replace(',9.99', ',price'),
    });
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toContain(
      'every row counts as an interaction, whatever else it says; not used: "rating", "label"',
    );
    expect(said(result)).toMatch(/title from "name"; no column for brand, category; not used: "price"/);
    expect(result.report.columns.unused).toEqual({ interactions: ['rating', 'label'], items: ['price'] });
  });
});

describe('published sets', () => {
  const ratings = under(
    'userId,movieId,rating,timestamp',
    (u, i, k) => `${u},${i},0.5,"2005-04-02 23:53:4${k}"`,
  );
  it.each<[string, Files, RegExp, OwnOptions?]>([
    [
      'MovieLens 20M at Kaggle',
      { 'rating.csv': ratings, 'movie.csv': 'movieId,title,genres\ni1,A,(no genres listed)\n' },
      /1 value taken as missing \(movie\.csv line 2, genres: "\(no genres listed\)"\)/,
    ],
    [
      'REES46',
      {
        'x.csv': under(
          'event_time,event_type,product_id,user_id,user_session',
          (u, i, k) => `2019-10-01 00:00:0${k} UTC,view,${i},${u},s`,
        ),
      },
      /item from "product_id", time from "event_time"; times: dates/,
    ],
    [
      'Retailrocket',
      {
        'events.csv': under(
          'timestamp,visitorid,event,itemid,transactionid',
          (u, i, k) => `160000000${k}000,${u},view,${i},`,
        ),
      },
      /times: milliseconds[^]*not used: "event", "transactionid"/,
    ],
    [
      'Online Retail',
      {
        'x.csv': under(
          'InvoiceNo,StockCode,Quantity,InvoiceDate,CustomerID',
          (u, i, k) => `5,${i},6,12/1${k}/2010 8:26,${u}`,
        ),
      },
      /dates read as month\/day\/year/,
    ],
    [
      'Yelp',
      {
        'review.json': objects((u, i, k) => ({
          review_id: 'r',
          user_id: u,
          business_id: i,
          date: `2018-07-07 22:09:1${k}`,
        })),
      },
      /item from "business_id", time from "date"/,
    ],
    [
      'Steam',
      {
        'steam.json': rows(
          (u, i, k) =>
            `{u'username': u'${u}', u'product_id': u'${i}', u'date': u'2018-03-0${k}', u'text': u"it's"}`,
        ),
      },
      /item from "product_id"/,
    ],
    [
      'H&M',
      { 't.csv': under('t_dat,customer_id,article_id,price', (u, i, k) => `2018-09-2${k},${u},${i},0.05`) },
      /time from "t_dat"/,
    ],
    [
      'KuaiRec',
      {
        'x.csv': under(
          'user_id,video_id,time,date,timestamp',
          (u, i, k) => `${u},${i},2020-07-05 00:08:2${k}.438,20200705,1`,
        ),
      },
      /time from "time"; times: dates[^]*not used: "date", "timestamp"/,
    ],
    [
      'Yoochoose',
      { 'clicks.dat': rows((u, i, k) => `${u},2014-04-07T10:51:0${k}.277Z,${i},0`) },
      /no header/,
      { separator: ',', header: false, columns: { user: 1, time: 2, item: 3 } },
    ],
    [
      'Last.fm 1K',
      { 'x.tsv': rows((u, i, k) => `${u}\t2009-05-04T23:08:0${k}Z\tm\tn\t${i}\tt`) },
      /no header/,
      { header: false, columns: { user: 1, time: 2, item: 5 } },
    ],
    [
      'a split of Amazon 2023',
      {
        'B.train.csv': `user_id,parent_asin,rating,timestamp\n${rows((u, i, k) =>
          k < 4 ? `${u},${i},5.0,160000000${k}000` : '',
        )
          .replace(/\n+/g, '\n')
          .trim()}\n`,
        'B.valid.csv': 'user_id,parent_asin,rating,timestamp\nann,i4,5.0,1600000004000\n',
        'B.test.csv': 'user_id,parent_asin,rating,timestamp\nbob,i4,5.0,1600000004000\n',
      },
      /3 files of interactions read as parts of one/,
    ],
    [
      'ratings of Amazon 2014 as own data',
      {
        'ratings_B.csv': rows((u, i, k) => `${u},${i},5.0,${k}`),
        'meta_B.json': "{'asin': 'i1', 'title': 'A'}\n",
      },
      /user from "1", item from "2", time from "4"/,
    ],
    [
      'ratings of Amazon 2018 as own data',
      { 'B.csv': rows((u, i, k) => `${i},${u},5.0,${k}`), 'meta_B.json': '{"asin":"i1","title":"A"}\n' },
      /user from "2", item from "1", time from "4"/,
    ],
  ])('%s', async (_, files, note, options) => {
    const result = await readFiles(files, options);
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toMatch(note);
  });

  it('Amazon: days have ties, and the report says how they are ordered', async () => {
    const folder = folderWith({
      'D_5.json': objects((u, i) => ({ reviewerID: u, asin: i, unixReviewTime: 1600000000 })),
    });
    const options = { ties: 'itemKey', duplicates: 'drop' } as const;
    const result = await readAmazonWithReport(folder, 'D', options);
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toContain('8 rows of the same time as another item of their user, sorted by item');
  });
});

describe('folders', () => {
  it('names in capitals, and what systems leave beside them', async () => {
    const folder = folderWith({
      ...{ 'INTERACTIONS.CSV': csv, 'ITEMS.CSV': items, '.DS_Store': 'x', '._INTERACTIONS.CSV': 'x' },
      ...{ 'Thumbs.db': 'x', '__MACOSX/._a': 'x', '~$INTERACTIONS.CSV': 'x', 'interactions.csv.bak': 'x' },
    });
    const { dataset } = await readOwnWithReport(folder);
    expect(histories(dataset)).toEqual(EXPECTED);
    expect(dataset.itemTexts[dataset.itemKeys.indexOf('i1')].title).toBe('One');
  });

  it('a link to a folder above names no part twice', async () => {
    const folder = folderWith({ 'd/below/note.txt': '' });
    await parquet(join(folder, 'd/x.parquet'), `SELECT u AS user, i AS item, k AS time FROM ${EVENT_TABLE}`);
    symlinkSync('.', join(folder, 'd/loop'));
    symlinkSync('..', join(folder, 'd/below/up'));
    const result = await readOwnWithReport(join(folder, 'd'));
    expect(result.report.interactions.read).toBe(8);
    expect(result.report.files).toHaveLength(1);
  });

  it('a folder that tells nothing says how to name the files', async () => {
    expect(await failure({ 'events.csv': csv, 'products.csv': items })).toMatch(
      /got events\.csv, products\.csv\. Name the file of interactions .* and the one of items with items/,
    );
  });
});

describe('ids', () => {
  it.each<[string, string[], string]>([
    [
      'numbers in several forms',
      ['1', '1.0', '001', '2'],
      '3 item ids that look alike .*first "001" and "1\\.0"',
    ],
    ['capitals', ['Ab', 'aB', 'c', 'd'], '2 item ids that look alike .*"Ab" and "aB"'],
    ['accents in two forms', ['caf\u00e9', 'cafe\u0301', 'c', 'd'], '2 item ids that look alike'],
    ['hidden signs', ['a', 'a\u200b', 'c', 'd'], '2 item ids that look alike'],
  ])('%s are told apart, and it is said', async (_, ids, note) => {
    const result = await readFiles({ 'x.csv': HEAD + ids.map((id, k) => `u,${id},${k}\n`).join('') });
    expect(histories(result.dataset)).toEqual({ u: ids });
    expect(said(result)).toMatch(new RegExp(note));
  });

  it.each<[string, string[]]>([
    ['20 digits', [1, 2, 3, 4].map((k) => `1234567890123456789${k}`)],
    ['words of JavaScript', ['__proto__', 'constructor', 'toString', 'x']],
    ['a sign that spreadsheets calculate with', ['=1+1', '@x', '-1', '+2']],
  ])('%s are ids', async (_, ids) => {
    const result = await readFiles({ 'x.csv': HEAD + ids.map((id, k) => `u,${id},${k}\n`).join('') });
    expect(histories(result.dataset)).toEqual({ u: ids });
    expect(said(result)).not.toMatch(/look alike/);
  });

  it('of the two files in other forms: the records are counted, and none at all is refused', async () => {
    const interactions = `${HEAD}u,1,1\nu,2,2\nu,3,3\nu,4,4\n`;
    const some = await readFiles({
      'interactions.csv': interactions,
      'items.csv': 'item,title\n001,A\n2,B\n',
    });
    expect(said(some)).toContain(
      '1 record of other items whose ids look like those of items without a record (items.csv line 2: ' +
        '"001" for "1")',
    );
    const none = { 'interactions.csv': interactions, 'items.csv': 'item,title\n1.0,A\n2.0,B\n' };
    expect(await failure(none)).toMatch(
      /none that matches \(for example items\.csv line 2: "1\.0" for "1"\)/,
    );
  });

  test('JavaScript and SQL agree on what looks alike', () => {
    const alike = ['001', '1', '1.0', '1.00'].map(plainId);
    expect(new Set(alike).size).toBe(1);
    expect(['1.5', '10', 'B001', '1.0.0'].map(plainId)).toEqual(['1.5', '10', 'b001', '1.0.0']);
  });
});

describe('times', () => {
  it.each<[string, (k: number) => string]>([
    ['a zone by region, as in Java', (k) => `2020-01-0${k}T00:00:00+01:00[Europe/Berlin]`],
    ['a zone by offset and name, as in Go', (k) => `2020-01-0${k} 00:00:00 +0000 UTC`],
    ['a zone of two digits, as in PostgreSQL', (k) => `2020-01-0${k} 00:00:00+00`],
    ['a zone without a colon', (k) => `2020-01-0${k}T00:00:00+0530`],
    ['microseconds', (k) => `2020-01-01T00:00:00.00000${k}Z`],
    ['a comma before the fraction', (k) => `2020-01-01T00:00:00,00${k}Z`],
    ['midnight at the end of a day', (k) => `2020-01-0${k} 24:00:00`],
    ['a plus sign', (k) => `+160000000${k}`],
    ['microseconds as floats', (k) => `160000000${k}000000.0`],
    ['years', (k) => `201${k}`],
  ])('%s', async (_, time) => {
    const result = await readFiles({ 'x.csv': HEAD + rows((u, i, k) => `${u},${i},"${time(k)}"`) });
    expect(histories(result.dataset)).toEqual(EXPECTED);
  });

  it.each([
    ...['2020-01-04 00:00:00 PST', '04/13/20', '2020Q4', '2020-W04-1', '00:00:04', '1,600,000,004'],
    ...['/Date(1600000004000)/', '04. Januar 2020', '1600000004,5', '0x5f5e1000', '2020-13-01'],
  ])('%s is refused with its line', async (time) => {
    expect(await failure({ 'x.csv': `${HEAD}u,a,"${time}"\n` })).toMatch(
      pattern(/x\.csv line 2: expected a number or a date \(2020-12-31\) as time, got "/),
    );
  });
});

async function parquet(path: string, select: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

describe('Parquet', () => {
  it.each<[string, string, RegExp?]>([
    [
      'nested columns beside',
      "SELECT u AS user, i AS item, k AS time, {'a': [1]} AS extra",
      /not used: "extra"/,
    ],
    [
      'nanoseconds',
      'SELECT u AS user, i AS item, make_timestamp_ns(k::BIGINT * 1000000000) AS time',
      /times: dates/,
    ],
    ['times with a zone', 'SELECT u AS user, i AS item, make_timestamptz(k * 1000000) AS time'],
    ['days', "SELECT u AS user, i AS item, DATE '2020-01-01' + k AS date", /time from "date"; times: dates/],
    ['bytes for text', 'SELECT encode(u) AS user, i AS item, k AS time'],
    [
      'an index of pandas',
      'SELECT u AS user, i AS item, k AS time, k AS "__index_level_0__"',
      /__index_level_0__/,
    ],
    ['enumerations', "SELECT u::ENUM('ann', 'bob') AS user, i AS item, k::DOUBLE AS time"],
  ])('%s', async (_, select, note = /8 kept/) => {
    const path = join(folderWith({ note: '' }), 'x.parquet');
    await parquet(path, `${select} FROM ${EVENT_TABLE}`);
    const result = await readOwnWithReport(path);
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toMatch(note);
  });

  it.each<[string, string, RegExp]>([
    [
      'a record for a user',
      "SELECT {'id': u} AS user, i AS item, k AS time",
      /row 1: expected text or a number as user/,
    ],
    [
      'lists of items',
      'SELECT u AS user, list(i) AS item, list(k) AS time',
      /row 1: expected text or a number as item/,
    ],
  ])('%s is refused', async (_, select, message) => {
    const path = join(folderWith({ note: '' }), 'x.parquet');
    await parquet(path, `${select} FROM ${EVENT_TABLE}${select.includes('list') ? ' GROUP BY u' : ''}`);
    await expect(readOwnWithReport(path)).rejects.toThrow(message);
  });
});
