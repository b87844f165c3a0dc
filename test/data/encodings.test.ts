/** Encodings of text files: what is read as what, and what is said or advised. */
import { describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { type Files } from '../support/folders';
import { csv, EXPECTED, failure, HEAD, jsonl, rows, said } from './asPeopleBring';
import { histories, readFiles } from './support';

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const utf32 = (text: string): Buffer =>
  Buffer.concat(Array.from(text, (sign) => Buffer.from(Uint32Array.of(sign.codePointAt(0)!).buffer)));

describe('text of more than one byte per character', () => {
  it.each<[string, Files, string]>([
    ['UTF-16, low byte first', { 'x.csv': utf16(csv) }, 'utf-16le'],
    ['UTF-16, high byte first', { 'x.csv': utf16(csv).swap16() }, 'utf-16be'],
    ['JSON lines in UTF-16', { 'x.jsonl': utf16(jsonl) }, 'utf-16le'],
    ['UTF-16 within gzip', { 'x.csv.gz': gzipSync(utf16(csv).swap16()) }, 'utf-16be'],
  ])('%s without a mark is refused, and the advice reads it', async (_, files, encoding) => {
    expect(await failure(files)).toContain(
      `NUL bytes as in UTF-16. If it is UTF-16, give encoding: "${encoding}" (--encoding ${encoding})`,
    );
    const result = await readFiles(files, { encoding });
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toContain(`text read as ${encoding}`);
  });

  it('UTF-32 is named, with a mark and without', async () => {
    expect(await failure({ 'x.csv': utf32(csv) })).toMatch(/NUL bytes as in UTF-32\. Save it as UTF-8/);
    expect(await failure({ 'x.csv': utf32(`\ufeff${csv}`) })).toMatch(/as in UTF-32/);
  });

  it('UTF-16 that ends within a character may be incomplete', async () => {
    const files = { 'x.csv': Buffer.concat([utf16(`\ufeff${csv}`), Buffer.from('u')]) };
    expect(await failure(files)).toMatch(/line 10 or later: .*or check that the file was written completely/);
  });
});

describe('the encoding that is told', () => {
  it.each<[string, Buffer, string, string]>([
    ['UTF-8', Buffer.from(`\ufeff${csv}`), 'windows-1252', 'utf-8'],
    ['UTF-16', utf16(`\ufeff${csv}`), 'utf-8', 'utf-16le'],
  ])('gives way to the mark of %s, and it is said', async (_, content, encoding, marked) => {
    const result = await readFiles({ 'x.csv': content }, { encoding });
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toContain(
      `x.csv: text read as ${marked}, as its byte order mark says, not as ${encoding}`,
    );
  });

  it.each([
    ['latin-1', 'windows-1252'],
    ['windows1252', 'windows-1252'],
    ['iso8859_15', 'iso-8859-15'],
    ['mac_roman', 'macintosh'],
    ['cp932', 'shift_jis'],
    ['UTF16', 'utf-16le'],
  ])('may have the name that Python or R has for it: %s', async (name, encoding) => {
    const content = encoding === 'utf-16le' ? utf16(csv) : Buffer.from(csv);
    const result = await readFiles({ 'x.csv': content }, { encoding: name });
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toContain(`text read as ${encoding}`);
  });

  it("may be Python's utf-8-sig, whether there is a mark or not", async () => {
    for (const content of [csv, `\ufeff${csv}`]) {
      const result = await readFiles({ 'x.csv': content }, { encoding: 'utf-8-sig' });
      expect(histories(result.dataset)).toEqual(EXPECTED);
    }
    expect(await failure({ 'x.csv': csv }, { encoding: 'cp437' })).toMatch(
      /name of an encoding, got "cp437"/,
    );
  });

  it('is doubted if the file is UTF-8, since ids would be misread', async () => {
    const files = { 'x.csv': csv.replaceAll('ann', 'a\u00f1n') };
    expect(said(await readFiles(files, { encoding: 'windows-1252' }))).toContain(
      'x.csv: text read as windows-1252, as told, although all of it is UTF-8 as well',
    );
    expect(said(await readFiles({ 'x.csv': csv }, { encoding: 'windows-1252' }))).not.toContain('although');
  });
});

it('names of columns that are not UTF-8: the advice is the encoding', async () => {
  const files = { 'x.csv': Buffer.from(csv.replace('user', 'utilis\u00e9'), 'latin1') };
  expect(await failure(files)).toMatch(/these names are not UTF-8\. Give the encoding, for example/);
});

it('NUL bytes at the end, as a crash leaves them', async () => {
  expect(await failure({ 'x.csv': csv + '\0'.repeat(99) })).toMatch(
    /x\.csv line 10: expected text, got NUL bytes\. Check that it was written completely/,
  );
});

it('gzip within gzip', async () => {
  expect(await failure({ 'x.csv.gz': gzipSync(gzipSync(csv)) })).toMatch(
    /a gzip file within a gzip file\. Unpack it once/,
  );
});

it('lines of white space are blank', async () => {
  expect(histories((await readFiles({ 'x.csv': `${csv}   \n\t\n` })).dataset)).toEqual(EXPECTED);
  const tabs = { 'x.tsv': `user\titem\ttime\n${rows((...row) => row.join('\t'))}\t\t\n   \n` };
  const result = await readFiles(tabs);
  expect(histories(result.dataset)).toEqual(EXPECTED);
  expect(said(result)).toContain('1 row dropped: no user (x.tsv line 10)');
});

describe('separators', () => {
  it.each<[string, string, RegExp]>([
    ['a caret', csv.replaceAll(',', '^'), /got one column, "user\^item\^time"\. Give the sign .*--separator/],
    ['a control character', csv.replaceAll(',', '\x02'), /got one column, "user\\u0002item/],
    ['lines in quotes', csv.replace(/.+/g, '"$&"'), /in quotes as a whole, write the file again without/],
    ['a title above', `Export of today\n\n${csv}`, /Lines above the header need to be removed/],
  ])('%s: the advice can be followed', async (_, content, message) => {
    expect(await failure({ 'x.txt': content })).toMatch(message);
  });

  it('that the first line names wrongly is not said to be used if another is told', async () => {
    const result = await readFiles({ 'x.csv': `sep=,\n${csv.replaceAll(',', ';')}` }, { separator: ';' });
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).not.toContain('as the first line says');
  });

  it("of a file that only its name makes MovieLens'", async () => {
    expect(await failure({ 'ratings.dat': csv })).toMatch(
      /line 1: expected the fields of MovieLens' ratings\.dat, got one field\. .*give separator/,
    );
    expect(histories((await readFiles({ 'ratings.dat': csv }, { separator: ',' })).dataset)).toEqual(
      EXPECTED,
    );
  });

  it('within unquoted texts of the last column do not shift the others', async () => {
    const files = { 'interactions.csv': csv, 'items.csv': 'item,author\ni1,Doe, John\ni2,Roe, Jane\n' };
    expect(await failure(files)).toMatch(/items\.csv line 2: expected 2 fields as in the first line, got 3/);
    const numbered = { 'interactions.csv': `${HEAD}u,1,1\nu,2,2\nu,3,3\nu,4,4\n` };
    expect(await failure({ ...numbered, 'items.csv': files['items.csv'].replaceAll('\ni', '\n') })).toMatch(
      /none that matches .*; column 1 has no name and is ignored/,
    );
  });

  it('RecBole writes types into headers of any ending', async () => {
    const header = 'user_id:token\titem_id:token\ttimestamp:float\n';
    const result = await readFiles({
      'interactions.tsv': header + rows((...row) => row.join('\t')),
      'items.tsv': 'item_id:token\ttitle:token_seq\ni1\tThe "A"\n',
    });
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(result.dataset.itemTexts[result.dataset.itemKeys.indexOf('i1')].title).toBe('The "A"');
    expect(said(result)).toContain('items.tsv: header read as that of RecBole, with a type per column');
  });
});

describe('JSON', () => {
  it('several records on the lines, without commas', async () => {
    const two = jsonl.replace(/\n(?=.*"i[31]")/g, ' ');
    expect(two.split('\n')).toHaveLength(5);
    expect(histories((await readFiles({ 'x.jsonl': two })).dataset)).toEqual(EXPECTED);
  });

  it('records keyed by user, one object per line', async () => {
    expect(await failure({ 'x.jsonl': '{"ann":["i1"]}\n{"bob":["i2"]}\n' })).toMatch(
      /got ann, bob\. .*Records within another object need to be taken out of it/,
    );
  });

  it('keys that come up late are named', async () => {
    const item = (k: number): object =>
      k < 1050 ? { item: `z${k}` } : { item: `i${k % 4}`, title: `Title ${k}` };
    const items = Array.from({ length: 1100 }, (_, k) => `${JSON.stringify(item(k))}\n`).join('');
    expect(said(await readFiles({ 'interactions.csv': csv, 'items.jsonl': items }))).toMatch(
      /items\.jsonl: "title" comes after 1000 records only, such as in line \d+, and is not read/,
    );
  });
});
