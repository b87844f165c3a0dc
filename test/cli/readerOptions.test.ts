/** How commands are told to read files, and what they say of it: on standard error and in --json. */
import { Command } from 'commander';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addReaderOptions, readerOptions, type ReaderOptions } from '../../lib/src/cli/readerOptions';
import { freshFolder } from '../support/folders';
import { elephantAt } from '../support/elephant';

const root = freshFolder();

function given(...args: string[]): ReaderOptions {
  const program = addReaderOptions(new Command().exitOverride());
  program.parse(args, { from: 'user' });
  return program.opts<ReaderOptions>();
}

describe('options of readers', () => {
  it('a separator may be written as messages show it', () => {
    for (const written of ['\\u0001', '\\x01'])
      expect(readerOptions(given('--separator', written), 'own')).toEqual({ separator: '\u0001' });
  });

  it('are those of the library', () => {
    expect(readerOptions(given(), 'none')).toEqual({});
    expect(
      readerOptions(
        given(
          ...[
            '--columns',
            'user=who, am I,item=2',
            '--columns',
            'time=a=b',
            '--separator',
            'tab',
            '--no-header',
          ],
          ...['--no-quotes', '--encoding', 'latin1', '--time-unit', 'ms', '--file-order'],
          ...['--min-user-interactions', '2', '--drop-duplicates', '--ties-in-time', 'itemKey'],
        ),
        'own',
      ),
    ).toEqual({
      columns: { user: 'who, am I', item: '2', time: 'a=b' },
      separator: '\t',
      header: false,
      quote: false,
      encoding: 'latin1',
      timeUnit: 'milliseconds',
      fileOrder: true,
      minUserInteractions: 2,
      duplicates: 'drop',
      ties: 'itemKey',
    });
  });

  it('are refused if they mean nothing', () => {
    expect(() => given('--columns', 'who')).toThrow(/--columns: expected role=name, got "who"/);
    expect(() => given('--time-unit', 'weeks')).toThrow(/--time-unit: unknown unit "weeks"/);
    expect(() => readerOptions(given('--no-header'), 'amazon')).toThrow(/--no-header: .*got --data/);
    expect(() => readerOptions(given('--drop-duplicates'), 'none')).toThrow(/--drop-duplicates: .*got none/);
    expect(() => readerOptions(given('--time-unit', 's'), 'none')).toThrow(/got none/);
    expect(readerOptions(given('--time-unit', 's'), 'amazon')).toEqual({ timeUnit: 'seconds' });
  });
});

it('a training says what it read, on standard error and in --json', { timeout: 120_000 }, async () => {
  const lines = Array.from({ length: 40 }, (_, k) =>
    JSON.stringify({ reviewerID: `u${k % 8}`, asin: `i${k % 7}`, unixReviewTime: 1.4e9 + k }),
  );
  const folder = join(root, 'amazon');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'X_5.json'),
    [
      ...lines,
      lines[0],
      '{"reviewerID":"\\u001b[2Jshort","asin":"i1","unixReviewTime":1}',
      '{"asin":"i1"}',
      '',
    ].join('\n'),
  );
  const args = ['train', '--data', folder, '--domain', 'X', '--epochs', '1', '--dim', '8', '--json'];
  const { code, out, err } = await elephantAt({ cwd: root }, ...args);
  expect(code, err).toBe(0);
  expect(err).toContain('rows: 43 read, 41 kept; dropped: 1 without user or item, 1 by filters');
  expect(err).toContain('1 user with fewer than 4 interactions dropped ("\\u001b[2Jshort" with 1)');
  expect(err).toContain('1 row dropped: no user (X_5.json line 43)');
  const kept = '1 row kept that repeats an earlier one in user, item and time';
  expect(err).toContain(
    `${kept}; duplicates: "drop" (--drop-duplicates) leaves it out (user "u0", item "i0")`,
  );
  expect(err.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  const { read } = JSON.parse(out) as { read: Record<string, unknown> };
  expect(read).toMatchObject({
    columns: { interactions: { user: 'reviewerID', item: 'asin', time: 'unixReviewTime' } },
    interactions: { read: 43, kept: 41 },
    times: 'seconds',
  });
  const { findings } = read as { findings: object[] };
  expect(findings).toContainEqual(expect.objectContaining({ kind: 'repeatedRow', count: 1 }));
});

it.each<[string, string[], RegExp]>([
  ['a domain of files that have none', ['--domain', 'Arts'], /--domain: got --interactions as well/],
  [
    'a table of texts without any text',
    ['--table', 'lexical'],
    /--table lexical: expected items with texts, got 4 without any, such as .*--items/,
  ],
  [
    'times of a file that is told to have none',
    ['--file-order', '--time-unit', 's'],
    /fileOrder: .*got timeUnit as well/,
  ],
])('train refuses %s', { timeout: 60_000 }, async (_, args, message) => {
  const file = join(root, 'events.csv');
  const rows = Array.from({ length: 16 }, (_, k) => `u${k % 4},i${(k * 5 + (k >> 2)) % 4},${k}`);
  writeFileSync(file, ['user,item,time', ...rows].join('\n'));
  const { code, err } = await elephantAt({ cwd: root }, 'train', '--interactions', file, ...args);
  expect(err).toMatch(message);
  expect(err).not.toMatch(/\n {4}at /);
  expect(code).toBe(2);
});
