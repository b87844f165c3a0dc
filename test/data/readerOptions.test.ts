/** What readers are told: misspelt names, values of another kind, contradictions, and what has no effect. */
import { describe, expect, it } from 'vitest';
import { readAmazonWithReport, readOwn, type OwnOptions } from '../../lib/src/data/sources';
import { folderWith } from '../support/folders';
import { inputFailure } from '../support/inputFailure';
import { csv, failure, HEAD, jsonl, said } from './asPeopleBring';
import { readFiles } from './support';

describe('options of the library', () => {
  it.each<[object, RegExp]>([
    [{ minUserInteraction: 2 }, /unknown option "minUserInteraction"\. Did you mean "minUserInteractions"/],
    [{ separaator: ';' }, /unknown option "separaator"\. Did you mean "separator"/],
    [{ minUserInteractions: '3' }, /minUserInteractions: expected a whole number of at least 0, got "3"/],
    [{ header: 'no' }, /option header: expected true or false, got "no"/],
    [{ fileOrder: 'yes' }, /option fileOrder: expected true or false/],
    [{ quote: '"' }, /option quote: expected true or false/],
    [{ threads: 0 }, /option threads: expected a whole number of at least 1, got 0/],
    [{ memoryMiB: 'much' }, /option memoryMiB: expected a whole number of at least 1, got "much"/],
    [{ maxLineBytes: -1 }, /option maxLineBytes: expected a whole number/],
    [{ cache: 5 }, /option cache: expected a name, got 5/],
    [{ columns: 'user=a' }, /columns: expected columns by role, got "user=a"/],
    [{ columns: ['user', 'item'] }, /columns: expected columns by role/],
    [{ columns: { user: null } }, /columns\.user: expected the name of a column, .*got null/],
    [{ columns: { user: 0 }, header: false }, /columns\.user: .*its number from 1, got 0/],
    [{ columns: { user: 'item' } }, /expected different columns as user and item, got "item" for both/],
    [{ columns: { title: 'title' } }, /columns\.title: expected a file of items, got none/],
    [{ fileOrder: true, columns: { time: 'time' } }, /fileOrder: .*got columns\.time as well/],
    [{ fileOrder: true, timeUnit: 'seconds' }, /fileOrder: .*got timeUnit as well/],
    [{ dateOrder: 'constructor' }, /dateOrder: unknown order "constructor"/],
  ])('%j is refused', async (options, message) => {
    expect(await failure({ 'x.csv': csv }, options as OwnOptions)).toMatch(message);
  });

  it('that are no object are refused', async () => {
    for (const options of [null, 5, [], 'x'])
      await expect(readOwn('x.csv', options as object)).rejects.toThrow(/options: expected an object with/);
  });

  it('an unknown set of Amazon is refused by name', async () => {
    const folder = folderWith({ 'X_5.json': '{}' });
    const reading = readAmazonWithReport(folder, 'X', { set: 'core5' as '5core' });
    expect(await inputFailure(reading)).toMatch(/option set: unknown set "core5"\. Did you mean "5core"/);
  });

  it('that have no effect are named', async () => {
    expect(said(await readFiles({ 'x.jsonl': jsonl }, { separator: ';', quote: false }))).toContain(
      'separator, quote not used: no file is text with separators',
    );
    const dates = `${HEAD}${[1, 2, 3, 4].map((k) => `u,i${k},2020-01-0${k}\n`).join('')}`;
    const text = said(await readFiles({ 'x.csv': dates }, { timeUnit: 'seconds', dateOrder: 'dmy' }));
    expect(text).toContain('timeUnit (--time-unit) is not used: the times are dates');
    expect(text).toContain('dateOrder (--date-order) is not used: no date ends with the year');
  });

  it('a unit that makes all times impossible: the advice names it', async () => {
    const files = { 'x.csv': csv.replace(/(?<=\d)\n/g, '000\n') };
    expect(await failure(files, { timeUnit: 'seconds' })).toMatch(
      /none with a possible time .*or the unit of the times with timeUnit \(--time-unit\)/,
    );
  });

  it('an order of dates that a date contradicts: the message names it', async () => {
    expect(await failure({ 'x.csv': `${HEAD}u,a,01/16/2020\n` }, { dateOrder: 'dmy' })).toMatch(
      /or day\/month\/year as dateOrder says\) as time, got "01\/16\/2020"/,
    );
  });
});
