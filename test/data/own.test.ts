/** A user's own files: formats, recognised columns, times, and what is said about files that are wrong. */
import { DuckDBInstance } from '@duckdb/node-api';
import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Dataset } from '../../lib/src/data';
import { describeReadReport, readOwn, readOwnWithReport, type OwnOptions } from '../../lib/src/data/sources';
import { pattern } from '../pattern';
import { folderWith, type Files } from '../support/folders';
import { inputFailure } from '../support/inputFailure';
import { letters } from './support';

const textOf = (dataset: Dataset, key: string): unknown => dataset.itemTexts[dataset.itemKeys.indexOf(key)];
const events = [
  ['ann', 'c', 30],
  ['ann', 'a', 10],
  ['bob', 'a', 10],
  ['ann', 'b', 20],
  ['ann', 'd', 40],
  ['bob', 'c', 10],
  ['bob', 'b', 5],
  ['bob', 'd', 50],
] as const;
const expected = { ann: 'abcd', bob: 'bacd' };
const csv = (separator: string, header: string): string =>
  [header, ...events.map((event) => event.join(separator))].join('\n');

async function parquet(path: string, select: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

describe('formats', () => {
  it.each([
    ['comma', 'x.csv', csv(',', 'user_id,item_id,timestamp')],
    [
      'semicolon, CRLF, byte order mark',
      'x.csv',
      `\ufeff${csv(';', 'UserID;ItemID;Time').replaceAll('\n', '\r\n')}\r\n`,
    ],
    ['tab', 'x.tsv', csv('\t', 'user\titem\tdate')],
    ['gzip', 'x.csv.gz', gzipSync(csv(',', 'reviewerID,asin,unixReviewTime'))],
    ['quoted header', 'x.csv', csv(',', '"User Id","item.id","time"')],
    [
      'JSON lines',
      'x.jsonl',
      events
        .map(([user, item, time]) =>
          JSON.stringify({ user_id: user, item_id: item, timestamp: time, extra: [1] }),
        )
        .join('\n'),
    ],
    ['RecBole', 'x.inter', csv('\t', 'user_id:token\titem_id:token\ttimestamp:float')],
  ])('%s', async (_, name, content) => {
    const folder = folderWith({ [name]: content });
    const { dataset, report } = await readOwnWithReport(join(folder, name));
    expect(letters(dataset)).toEqual(expected);
    expect(dataset).toMatchObject({ kind: 'own', name: 'x' });
    expect(report.interactions).toEqual({
      read: 8,
      withoutId: 0,
      withoutTime: 0,
      repeated: 0,
      filtered: 0,
      kept: 8,
    });
  });

  it('Parquet, with times as timestamps and lists of categories', async () => {
    const folder = folderWith({});
    const rows = events
      .map(([user, item, time]) => `('${user}', '${item}', TIMESTAMP '2020-01-01' + INTERVAL ${time} MINUTE)`)
      .join(', ');
    await parquet(
      join(folder, 'interactions.parquet'),
      `SELECT * FROM (VALUES ${rows}) AS t(user_id, item_id, created_at)`,
    );
    await parquet(
      join(folder, 'items.parquet'),
      `SELECT * FROM (VALUES ('a', 'A''s', ['x', 'y']), ('d', 'D', NULL)) AS t(item_id, title, ` +
        'categories)',
    );
    const dataset = await readOwn(folder);
    expect(letters(dataset)).toEqual(expected);
    expect(textOf(dataset, 'a')).toEqual({ title: 'A\u0027s', brand: '', category: 'x y' });
    expect(textOf(dataset, 'd')).toEqual({ title: 'D', brand: '', category: '' });
    expect(textOf(dataset, 'b')).toEqual({ title: '', brand: '', category: '' });
  });

  it('MovieLens 100K, its Latin-1 titles and genre flags', async () => {
    const flags = (...on: number[]): string =>
      Array.from({ length: 19 }, (_, k) => (on.includes(k) ? 1 : 0)).join('|');
    const items = [
      '1|Toy Story (1995)|01-Jan-1995||http://x|' + flags(3, 4, 5),
      '2|Amélie|01-Jan-2001||http://x|' + flags(8),
    ].join('\n');
    const folder = folderWith({
      'u.data': [1, 2, 3, 1].map((item, k) => `196\t${item}\t3\t${881250949 + k}`).join('\n'),
      'u.item': Buffer.from(items, 'latin1'),
    });
    const dataset = await readOwn(folder, { name: 'ml-100k' });
    expect(letters(dataset)).toEqual({ 196: '1231' });
    expect(textOf(dataset, '1')).toEqual({
      title: 'Toy Story (1995)',
      brand: '',
      category: "Animation Children's Comedy",
    });
    expect(textOf(dataset, '2')).toEqual({ title: 'Amélie', brand: '', category: 'Drama' });
  });

  it('MovieLens 1M and the later CSV form', async () => {
    const one = folderWith({
      'ratings.dat': [1, 2, 3, 1].map((item, k) => `7::${item}::5::${978300760 + k}`).join('\n'),
      'movies.dat': "1::Toy Story (1995)::Animation|Children's|Comedy\n2::Star Wars: A::Drama\n",
    });
    const later = folderWith({
      'ratings.csv':
        'userId,movieId,rating,timestamp\n' +
        [1, 2, 3, 1].map((item, k) => `7,${item},5.0,${978300760 + k}`).join('\n'),
      'movies.csv':
        'movieId,title,genres\n' +
        "1,Toy Story (1995),Animation|Children's|Comedy\n" +
        '2,"Star Wars: A",Drama\n',
    });
    const [dataset, other] = [await readOwn(one, { name: 'ml' }), await readOwn(later, { name: 'ml' })];
    expect(letters(dataset)).toEqual({ 7: '1231' });
    expect(textOf(dataset, '1')).toEqual({
      title: 'Toy Story (1995)',
      brand: '',
      category: "Animation Children's Comedy",
    });
    expect(other.fingerprint).toBe(dataset.fingerprint);
  });

  it('RecBole items beside their interactions', async () => {
    const folder = folderWith({
      'shop.inter': csv('\t', 'user_id:token\titem_id:token\ttimestamp:float'),
      'shop.item': 'item_id:token\tmovie_title:token_seq\tclass:token_seq\na\tThe "A"\tx y\n',
    });
    const dataset = await readOwn(folder);
    expect(dataset.name).toBe('shop');
    expect(textOf(dataset, 'a')).toEqual({ title: 'The "A"', brand: '', category: 'x y' });
  });

  it('columns by option, quoted line breaks, file order instead of times', async () => {
    const folder = folderWith({
      'log.csv': `who,what\n${events.map(([user, item]) => `${user},${item}`).join('\n')}`,
      'things.csv': 'code,label\na,"two\nlines, one comma"\nb,B\n',
    });
    const options: OwnOptions = {
      items: join(folder, 'things.csv'),
      columns: { user: 'who', item: 'what', itemKey: 'code', title: 'label' },
      fileOrder: true,
    };
    const dataset = await readOwn(join(folder, 'log.csv'), options);
    expect(letters(dataset)).toEqual({ ann: 'cabd', bob: 'acbd' });
    expect(textOf(dataset, 'a')).toEqual({ title: 'two\nlines, one comma', brand: '', category: '' });
  });
});

describe('times', () => {
  const order = async (times: (string | number)[], options: OwnOptions = {}): Promise<string> => {
    const folder = folderWith({
      'x.csv': `user,item,time\n${times.map((time, k) => `u,${'abcdefgh'[k]},"${time}"`).join('\n')}`,
    });
    return letters(await readOwn(join(folder, 'x.csv'), options)).u;
  };

  it('may be seconds, fractions, milli-, micro- and nanoseconds, or small counters', async () => {
    expect(await order([1.5e9 + 0.5, 1.5e9, 1.4e9, 1.6e9])).toBe('cbad');
    for (const unit of [1e3, 1e6])
      expect(await order([1.5e9 * unit + 1, 1.5e9 * unit, 1.4e9 * unit, 1.6e9 * unit])).toBe('cbad');
    expect(
      await order([
        '1500000001000000000',
        '1500000000000000000',
        '1400000000000000000',
        '1600000000000000000',
      ]),
    ).toBe('cbad');
    expect(await order([3, 2, 1, 4])).toBe('cbad');
  });

  it('may be ISO dates, with and without time and zone', async () => {
    expect(
      await order(['2020-01-02', '2020-01-01T23:00:00Z', '2020-01-01 22:00:00', '2020-01-02T02:00:00+01:00']),
    ).toBe('cbad');
  });

  it('may have the year last; a day after the 12th shows which comes first', async () => {
    const days = ['02/01/2021', '31/12/2020', '01/03/2020', '02/01/2020 23:00'];
    const [first, second, third, fourth] = days;
    expect(await order([first, second, third, fourth])).toBe('dcba');
    expect(await order(['02-01-2021', '12-31-2020', '01-03-2020', '02-01-2020 11:00 PM'])).toBe('cdba');
    expect(await order(['2.1.2021', '31.12.2020', '1.3.2020', '2.1.2020'])).toBe('dcba');
    const same = ['1/2/2020 3:00 PM', '1/2/2020 12:30 AM', '2/1/2020 0:00', '2/1/2020 01:00'];
    expect(await order(same, { dateOrder: 'dmy' })).toBe('cdba');
    expect(await order(same, { dateOrder: 'mdy' })).toBe('bacd');
    const file = join(
      folderWith({ 'x.csv': `user,item,time\n${days.map((day) => `u,${day},${day}`).join('\n')}` }),
      'x.csv',
    );
    const { report } = await readOwnWithReport(file);
    expect(describeReadReport(report).join('\n')).toContain(
      'dates read as day/month/year, because of 31/12/2020',
    );
  });

  it.each<[string, string[]]>([
    ['digits alone', ['20210102', '20201231', '20200301', '20200102']],
    ['digits with a time', ['20210102000000', '20201231235959', '20201231235958', '20201230000000']],
    [
      'ISO 8601 without signs',
      ['20210102T000000Z', '20201231T235959Z', '20201231T235958Z', '20201230T000000Z'],
    ],
    ['a month by name', ['2-Jan-2021', '31-Dec-2020', '1 March 2020', '02 Jan 2020 11:00 PM']],
    ['the month first, by name', ['Jan 2, 2021', 'Dec. 31, 2020', 'March 1, 2020', 'January 2 2020 23:00']],
    [
      'mail',
      [
        'Sat, 02 Jan 2021 00:00:00 +0000',
        'Fri, 1 Jan 2021 00:30:00 +0100',
        '31 Dec 2020 23:00 GMT',
        '1 Dec 2020',
      ],
    ],
    ['a web server', [4, 3, 2, 1].map((second) => `31/Dec/2020:23:59:0${second} +0100`)],
    [
      'C and Twitter',
      [
        'Sat Jan  2 00:00:00 2021',
        'Fri Jan 01 23:00:00 +0000 2021',
        'Fri Jan 1 23:00:00 +0100 2021',
        'Thu Dec 31 23:59:59 UTC 2020',
      ],
    ],
    [
      'JavaScript',
      [4, 3, 2, 1].map((day) => `Fri Jan 0${day} 2021 00:00:00 GMT+0100 (Central European Standard Time)`),
    ],
    ['the reviewTime of Amazon', ['01 2, 2021', '12 31, 2020', '03 1, 2020', '01 2, 2020']],
  ])('may be dates as %s', async (_, texts) => {
    expect(await order(texts)).toBe('dcba');
  });

  it('are numbers if the first is one, and if a unit is given', async () => {
    expect(await order(['5', '20201231', '20200102', '7'])).toBe('adcb');
    expect(await order(['20201399', '20201231', '20200102', '7'], { timeUnit: 'seconds' })).toBe('dcba');
  });

  it('are dropped and counted if negative, empty or after 2099', async () => {
    const folder = folderWith({
      'x.csv': 'user,item,time\nu,a,1\nu,b,2\nu,c,3\nu,d,4\nu,e,-5\nu,f,\nu,g,99999999999\n,h,5\nu,,6\n',
    });
    const { dataset, report } = await readOwnWithReport(join(folder, 'x.csv'));
    expect(letters(dataset)).toEqual({ u: 'abcd' });
    expect(report.interactions).toEqual({
      read: 9,
      withoutId: 2,
      withoutTime: 3,
      repeated: 0,
      filtered: 0,
      kept: 4,
    });
  });
});

describe('bad input', () => {
  const failure = (files: Files, name: string, options: OwnOptions = {}): Promise<string> =>
    inputFailure(readOwn(join(folderWith(files), name), options));
  const good = csv(',', 'user,item,time');

  it('says which columns were found if one is missing, mistyped or ambiguous', async () => {
    expect(await failure({ 'x.csv': 'who,item,time\nu,a,1' }, 'x.csv')).toMatch(
      pattern(
        /x\.csv: expected a column for the user \(such as userid, user, reviewerid\), /,
        /got who, item, time\. Name it with columns\.user \(--columns user=NAME\)/,
      ),
    );
    expect(await failure({ 'x.csv': good }, 'x.csv', { columns: { user: 'usr' } })).toMatch(
      /expected a column "usr" as user, got user, item, time\. Did you mean "user"\?/,
    );
    expect(await failure({ 'x.csv': 'user_id,UserID,item,time\n1,2,3,4' }, 'x.csv')).toMatch(
      /expected one column as user, got user_id and UserID/,
    );
    expect(await failure({ 'x.csv': 'user,user,item,time\n1,2,3,4' }, 'x.csv')).toMatch(/"user" twice/);
    expect(await failure({ 'x.csv': '1,2,3\n1,5,4' }, 'x.csv')).toMatch(/got 1, 2, 3/);
  });

  it('names the line of a row with too few or too many fields or an open quote', async () => {
    expect(await failure({ 'x.csv': `${good}\nu,a` }, 'x.csv')).toMatch(
      /x\.csv line 10: expected 3 fields as in the first line, got 2/,
    );
    expect(await failure({ 'x.csv': `${good}\nu,a,1,2` }, 'x.csv')).toMatch(
      /line 10: expected 3 fields as in the first line, got 4/,
    );
    expect(await failure({ 'x.csv': `${good}\nu,"a,1\n` }, 'x.csv')).toMatch(
      /line 10: expected the quote that this line opens to be closed/,
    );
  });

  it('names the row of a time that is not a number, or of another kind than the rest', async () => {
    expect(await failure({ 'x.csv': `${good}\nu,a,soon` }, 'x.csv')).toMatch(
      /line 10: expected a number as time, as in line 2, got "soon"/,
    );
    expect(
      await failure({ 'x.csv': 'user,item,time\nu,a,2020-01-01\nu,b,31.12.2019\nu,b,12' }, 'x.csv'),
    ).toMatch(/line 3: expected a date \(2020-12-31\) as time, as in line 2, got "31\.12\.2019"/);
    const dates = (...texts: string[]) =>
      failure({ 'x.csv': `user,item,time\n${texts.map((text) => `u,a,${text}`).join('\n')}` }, 'x.csv');
    expect(await dates('01/02/2020', '03/04/2020')).toMatch(
      pattern(
        /line 2: expected dates whose day and month can be told apart, /,
        /got 01\/02\/2020 and none with a day after the 12th\. /,
        /Name their order with dateOrder: dmy for day\/month\/year, /,
        /mdy for month\/day\/year \(--date-order dmy\)/,
      ),
    );
    expect(await dates('31/01/2020', '01/31/2020')).toMatch(
      pattern(
        /line 3: expected dates as day\/month\/year as in .*line 2 \(31\/01\/2020\), /,
        /got month\/day\/year \(01\/31\/2020\)/,
      ),
    );
    expect(await dates('31/12/20')).toMatch(
      /expected a number or a date \(2020-12-31\) as time, got "31\/12\/20"/,
    );
    expect(await dates('31/02/2020')).toMatch(/expected a number or a date/);
    expect(
      await failure({ 'x.csv': `user,item,time\nu,a,12/31/2020` }, 'x.csv', { dateOrder: 'dmy' }),
    ).toMatch(/got "12\/31\/2020"/);
    expect(await failure({ 'x.csv': good }, 'x.csv', { dateOrder: 'ymd' as 'dmy' })).toMatch(
      /dateOrder: unknown order "ymd"/,
    );
    expect(await failure({ 'x.csv': `${good}\nu,a,inf` }, 'x.csv')).toMatch(/got "inf"/);
  });

  it('names the line of bad JSON', async () => {
    const lines = events.map(([user, item, time]) => JSON.stringify({ user, item, time })).join('\n');
    expect(await failure({ 'x.jsonl': `${lines}\n{"user":` }, 'x.jsonl')).toMatch(
      /x\.jsonl line 9: expected a JSON object/,
    );
    expect(await failure({ 'x.jsonl': `${lines}\n"text"` }, 'x.jsonl')).toMatch(
      /x\.jsonl line 9: expected a JSON object/,
    );
    expect(await failure({ 'x.jsonl': '' }, 'x.jsonl')).toMatch(/expected rows, got an empty file/);
  });

  it('refuses what is not a Parquet file, a damaged one, and one of an unknown kind', async () => {
    expect(await failure({ 'x.parquet': 'hello' }, 'x.parquet')).toMatch(
      /expected a Parquet file, got something else/,
    );
    expect(await failure({ 'x.parquet': 'PAR1 and nothing else PAR1' }, 'x.parquet')).toMatch(
      /expected a sound Parquet file, got one that is damaged/,
    );
    const folder = folderWith({});
    await parquet(
      join(folder, 'y.parquet'),
      'SELECT range AS user, range AS item, range AS time FROM range(5000)',
    );
    truncateSync(join(folder, 'y.parquet'), readFileSync(join(folder, 'y.parquet')).length - 20);
    await expect(readOwn(join(folder, 'y.parquet'))).rejects.toThrow(/expected a sound Parquet file/);
    expect(await failure({ 'x.pages': '' }, 'x.pages')).toMatch(/expected a file ending in .*, got x\.pages/);
    expect(await failure({ 'x.csv': '' }, 'x.csv')).toMatch(/expected rows, got an empty file/);
  });

  it('refuses items that match no interaction, missing files, and folders without usable files', async () => {
    expect(await failure({ 'interactions.csv': good, 'items.csv': 'item,title\nA,x\n' }, '.')).toMatch(
      /items\.csv: expected records of the items of .*, got none that matches/,
    );
    expect(await failure({ 'x.csv': good }, 'x.csv', { items: join(folderWith({}), 'none.csv') })).toMatch(
      /none\.csv: expected a readable file of items, got none/,
    );
    expect(await failure({}, 'none.csv')).toMatch(/expected a readable file or folder, got none/);
    expect(await failure({ 'a.txt': '' }, '.')).toMatch(
      /expected interactions\.\* and items\.\*, .*got a\.txt/,
    );
    expect(await failure({ 'a.inter': good, 'b.inter': good }, '.')).toMatch(/got a\.inter, b\.inter/);
  });

  it('takes a field of 10 MB and stops at the stated limit', async () => {
    const notes = events.map((event, k) => `${event.join(',')},${k === 3 ? 'n'.repeat(1e7) : ''}`);
    const long = `user,item,time,note\n${notes.join('\n')}`;
    expect(letters(await readOwn(join(folderWith({ 'x.csv': long }), 'x.csv')))).toEqual(expected);
    expect(await failure({ 'x.csv': long }, 'x.csv', { maxLineBytes: 1e6 })).toMatch(
      /expected lines of at most 1000000 bytes/,
    );
  });

  it('never writes outside the folder of prepared datasets, whatever the name', async () => {
    const folder = folderWith({ 'x.csv': good });
    const cache = join(folder, 'deep', 'cache');
    const { dataset } = await readOwnWithReport(join(folder, 'x.csv'), { name: '../../escape', cache });
    expect(dataset.name).toBe('../../escape');
    expect(readdirSync(cache)).toEqual([expect.stringMatching(/^escape-[0-9a-f]+\.dataset$/)]);
    expect(readdirSync(folder).sort()).toEqual(['deep', 'x.csv']);
  });
});
