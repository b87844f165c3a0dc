/** Times and ids that have lost digits, or have more than are compared; sentinels; dates of other kinds. */
import { describe, expect, it } from 'vitest';
import { readAmazonWithReport, readOwnWithReport } from '../../lib/src/data/sources';
import { folderWith, type Files } from '../support/folders';
import { csv, EXPECTED, failure, HEAD, jsonl, parquet, rows, said } from './asPeopleBring';
import { histories, readFiles } from './support';

const timed = (time: (k: number) => string): Files => ({
  'x.csv': HEAD + rows((user, item, k) => `${user},${item},"${time(k)}"`),
});
const ids = (...items: string[]): Files => ({
  'x.csv': HEAD + items.map((item, k) => `u,${item},${k}\n`).join(''),
});

describe('times', () => {
  it.each<[string, (k: number) => string]>([
    ['12 digits', (k) => `20200101100${k}`],
    ['17 digits', (k) => `2020010110000000${k}`],
  ])('dates of %s', async (_, time) => {
    const result = await readFiles(timed(time));
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toContain('times: dates');
    expect(said(result)).not.toContain('finer');
  });

  it('serial days of Excel are no seconds, and it is said', async () => {
    const result = await readFiles(timed((k) => `4410${k}.25`));
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toContain('times up to 44104.25 are too small for seconds since 1970');
    expect(said(await readFiles(timed((k) => `160000000${k}`)))).not.toContain('too small');
  });

  it('that Excel has shortened are named', async () => {
    expect(said(await readFiles(timed(() => '1.6E+09')))).toContain(
      '8 values that a spreadsheet or a float has rounded: different ones may have become one',
    );
    expect(said(await readFiles(timed((k) => `1.60000000${k}e9`)))).not.toContain('rounded');
  });

  it.each<[string, (k: number) => string, boolean]>([
    ['nanoseconds that differ in the last digit', (k) => `160000000000000000${k}`, true],
    ['a fraction of seven digits', (k) => `2020-01-01 00:00:00.000000${k}`, true],
    ['nanoseconds of whole microseconds', (k) => `160000000012345${k}000`, false],
    ['a fraction of six digits', (k) => `2020-01-01 00:00:00.00000${k}`, false],
  ])('%s', async (_, time, finer) => {
    const text = said(await readFiles(timed(time)));
    expect(text.includes('8 times finer than a microsecond')).toBe(finer);
  });

  it.each([
    ['a zero date of MySQL', '0000-00-00 00:00:00', '1 value taken as missing'],
    ['the least date of .NET', '0001-01-01 00:00:00', 'time before 1970 or after 2099'],
  ])('%s is no time', async (_, sentinel, message) => {
    const files = {
      'x.csv': `${HEAD}${rows((u, i, k) => `${u},${i},2020-01-0${k} 00:00:00`)}ann,i9,${sentinel}\n`,
    };
    const result = await readFiles(files);
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toContain(message);
  });

  it('of 0 among others are kept and counted, in numbers and in dates', async () => {
    const numbers = await readFiles({ 'x.csv': `${csv}ann,i9,0\n` });
    expect(histories(numbers.dataset).ann).toEqual(['i9', ...EXPECTED.ann]);
    expect(said(numbers)).toContain('1 row kept of time 0 (1970-01-01), which may stand for a missing time');
    const dates = rows((u, i, k) => `${u},${i},2020-01-0${k}`);
    expect(said(await readFiles({ 'x.csv': `${HEAD}${dates}ann,i9,1970-01-01\n` }))).toContain(
      'kept of time 0',
    );
    expect(said(await readFiles(timed((k) => `${k - 1}`)))).not.toContain('time 0');
  });

  it('months of other languages are not taken for English ones', async () => {
    expect(await failure({ 'x.csv': `${HEAD}u,a,5 marraskuuta 2020\n` })).toMatch(/got "5 marraskuuta 2020"/);
    const months = ['January', 'Feb', 'sept', 'Sep.', 'DEC'];
    const files = { 'x.csv': HEAD + months.map((month, k) => `u,i${k},5 ${month} 2020\n`).join('') };
    expect(histories((await readFiles(files)).dataset).u).toEqual(['i0', 'i1', 'i2', 'i3', 'i4']);
  });

  it('Amazon: reviewTime where there is no other, and ratings with another header', async () => {
    const reviews = rows((user, item, k) =>
      JSON.stringify({ reviewerID: user, asin: item, reviewTime: `09 1${k}, 2016` }),
    );
    const ratings = `item,user,rating,timestamp\n${rows((u, i, k) => `${i},${u},5.0,160000000${k}`)}`;
    const folder = folderWith({ 'X_5.json': reviews, 'Y.csv': ratings });
    for (const domain of ['X', 'Y'])
      expect(histories((await readAmazonWithReport(folder, domain)).dataset)).toEqual(EXPECTED);
  });
});

describe('ids', () => {
  it.each<[string, string[], boolean]>([
    ['shortened by Excel', ['1.23457E+12', '1.23458E+12', 'a', 'b'], true],
    ['floats of pandas', ['1.2345678901234568e+18', 'a', 'b', 'c'], true],
    ['of 17 digits and .0', ['12345678901234568.0', 'a', 'b', 'c'], true],
    ['of 17 digits', ['12345678901234568', 'a', 'b', 'c'], false],
    ['in hexadecimal', ['1e5', '2e10', '3E+5A', 'b'], false],
  ])('%s', async (_, items, rounded) => {
    const result = await readFiles(ids(...items));
    expect(histories(result.dataset).u).toEqual(items);
    expect(said(result).includes('spreadsheet or a float has rounded')).toBe(rounded);
  });

  it('that elsewhere mean a missing value are counted in JSON, which has null', async () => {
    const missing = jsonl.replaceAll('"ann"', '"nan"');
    const result = await readFiles({ 'x.jsonl': missing });
    expect(Object.keys(histories(result.dataset))).toEqual(['nan', 'bob']);
    expect(said(result)).toContain('4 ids that elsewhere mean a missing value, taken as they are');
  });

  it('of Parquet that are not UTF-8 are told from a damaged file', async () => {
    const path = `${folderWith({ note: '' })}/x.parquet`;
    await parquet(path, "SELECT '\\xE9'::BLOB AS user, 'i' AS item, 5 AS time");
    await expect(readOwnWithReport(path)).rejects.toThrow(
      /x\.parquet: expected text in UTF-8, got bytes that are not/,
    );
  });
});

it('a title of spaces is none', async () => {
  const result = await readFiles({
    'interactions.csv': HEAD + rows((...row) => row.join(',')),
    'items.csv': 'item,title\ni1,"  "\ni2,B\n',
  });
  expect(result.report.itemTexts).toMatchObject({ withoutTitle: 3, withoutText: 3 });
});
