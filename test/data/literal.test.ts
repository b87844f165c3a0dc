/** Python literals as in the metadata of 2014: what Python reads, and nothing that it would have to run. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAmazon } from '../../lib/src/data/sources';
import { parseLiteral } from '../../lib/src/data/records/literal';
import { reviewLines, writeGzip } from './support';
import { freshFolder } from '../support/folders';

describe('parseLiteral', () => {
  it.each<[string, unknown]>([
    [
      `{'asin': 'B1', "title": "It's", 'price': 1.5, 'n': -3, 'ok': True, 'no': None}`,
      { asin: 'B1', title: "It's", price: 1.5, n: -3, ok: true, no: null },
    ],
    [
      `{'categories': [['Toys & Games', 'Puzzles'], ['Old',]], 'rank': {'Toys': 12L}, 't': (1, 2)}`,
      { categories: [['Toys & Games', 'Puzzles'], ['Old']], rank: { Toys: 12 }, t: [1, 2] },
    ],
    [String.raw`{'t': 'a\'b\\c\n\xe9\u20ac\U0001F418\d'}`, { t: "a'b\\c\né€🐘\\d" }],
    [`{u'a': u'x', 'b': False}`, { a: 'x', b: false }],
    ['{}', {}],
  ])('reads %s', (text, expected) => {
    expect(JSON.parse(JSON.stringify(parseLiteral(text)))).toEqual(expected);
  });

  it.each([
    [`{'a': `, /a value at character 7/],
    [`{'a' 1}`, /expected : at/],
    [`{'a': 'x`, /closing '/],
    [`{'a': __import__('os')}`, /expected a value/],
    [`{} {}`, /expected the end/],
    ["{'a': '\\xzz'}", /hexadecimal/],
  ])('refuses %s', (text, message) => {
    expect(() => parseLiteral(text)).toThrow(message);
  });

  it('keeps a key such as __proto__ a key', () => {
    expect(Object.keys(parseLiteral(`{'__proto__': {'x': 1}}`) as object)).toEqual(['__proto__']);
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe('metadata of 2014', () => {
  const root = freshFolder();
  const domain = (name: string, metadata: string): string => {
    const folder = join(root, name);
    mkdirSync(folder);
    writeGzip(
      folder,
      'reviews_D_5.json.gz',
      reviewLines([...'abcd'].map((item, k) => ['u', item, 1.3e9 + k])),
    );
    writeGzip(folder, 'meta_D.json.gz', metadata);
    return folder;
  };

  it('is read as that of 2018', async () => {
    const lines = [
      `{'asin': 'a', 'title': "It's \\ud800 A", 'categories': [['Beauty', 'Nails']], 'imUrl': 'http://x'}`,
      `{'asin': 'c', 'brand': 'C & C'}`,
    ];
    const dataset = await readAmazon(domain('good', lines.join('\n')), 'D');
    const text = (key: string): unknown => dataset.itemTexts[dataset.itemKeys.indexOf(key)];
    expect(text('a')).toEqual({ title: "It's \ufffd A", brand: '', category: 'Beauty Nails' });
    expect(text('c')).toEqual({ title: '', brand: 'C & C', category: '' });
  });

  it('names the line that is wrong', async () => {
    await expect(readAmazon(domain('bad', `{'asin': 'a'}\n\n{'asin': }\n`), 'D')).rejects.toThrow(
      /meta_D\.json\.gz line 3: .*expected a value at character 10/,
    );
  });
});
