/** Folders with a split, or with more than one file that may be meant: order, and what is not read. */
import { describe, expect, it } from 'vitest';
import { folderWith } from '../support/folders';
import { csv, EXPECTED, HEAD, parquet, rows, said } from './asPeopleBring';
import { histories, readFiles } from './support';
import { readOwnWithReport } from '../../lib/src/data/sources';

/** All rows at one time, so that the order of the files is that of the events. */
const part = (...items: number[]): string =>
  HEAD + ['ann', 'bob'].flatMap((user) => items.map((k) => `${user},i${k},5\n`)).join('');

describe('a split', () => {
  it.each([
    [['train.csv', 'valid.csv', 'test.csv']],
    [['train.csv', 'validation.csv', 'test.csv']],
    [['Shop.train.csv', 'Shop.val.csv', 'Shop.test.csv']],
    [['shop_train.csv', 'shop_dev.csv', 'shop_test.csv']],
    [['a-b-train.csv', 'a-b-valid.csv', 'a-b-test.csv']],
  ])('%j is read in the order of time', async ([train, valid, test]) => {
    const result = await readFiles({ [test]: part(4), [train]: part(1, 2), [valid]: part(3) });
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(result.report.files.map(({ name }) => name)).toEqual([train, valid, test]);
    expect(said(result)).not.toContain('not read');
  });

  it('has the name of the whole, or of the folder', async () => {
    const named = await readFiles({ 'Shop_train.csv': part(1, 2, 3), 'Shop_test.csv': part(4) });
    expect(named.dataset.name).toBe('Shop');
    const bare = await readFiles({ 'train.csv': part(1, 2, 3), 'test.csv': part(4) });
    expect(bare.dataset.name).toMatch(/^elephant-test-/);
  });

  it('in Parquet', async () => {
    const folder = folderWith({ note: '' });
    for (const [name, item] of [
      ['test', 4],
      ['train', 1],
      ['validation', 3],
    ])
      await parquet(`${folder}/${name}.parquet`, `SELECT 'u' AS user, ${item} AS item, 5 AS time`);
    const { dataset } = await readOwnWithReport(folder, { minUserInteractions: 0 });
    expect(histories(dataset)).toEqual({ u: ['1', '3', '4'] });
  });
});

describe('files that are not read', () => {
  it('are named, and interactions.* is taken first', async () => {
    const files = { 'interactions.csv': csv, 'ratings.csv': HEAD, 'tags.csv': 'x', 'README.txt': 'x' };
    const result = await readFiles(files);
    expect(histories(result.dataset)).toEqual(EXPECTED);
    expect(said(result)).toContain('not read, though in the same folder: ratings.csv, tags.csv');
  });

  it('of Amazon: all reviews beside the 5-core', async () => {
    const reviews = rows((user, item, k) =>
      JSON.stringify({ reviewerID: user, asin: item, unixReviewTime: k }),
    );
    const files = { 'X_5.json': reviews, 'X.json': reviews, 'meta_X.json': '{"asin":"i1","title":"A"}\n' };
    expect(said(await readFiles(files))).toContain('not read, though in the same folder: X.json');
  });

  it('are at most eight by name', async () => {
    const more = Object.fromEntries(Array.from({ length: 11 }, (_, k) => [`other${k}.csv`, 'x']));
    expect(said(await readFiles({ 'interactions.csv': csv, ...more }))).toMatch(
      /other0\.csv, .*other7\.csv and 3 more/,
    );
  });

  it('are taken for parts if they are Parquet; the refusal says how to name items', async () => {
    const folder = folderWith({ note: '' });
    await parquet(`${folder}/events.parquet`, "SELECT 'u' AS user, 'i' AS item, 5 AS time");
    await parquet(`${folder}/products.parquet`, "SELECT 'i' AS item, 'A' AS title");
    await expect(readOwnWithReport(folder)).rejects.toThrow(
      /If one of them is of items, name both files, the items with items \(--items\)/,
    );
  });
});

describe('folders that are named key=value', () => {
  it('give a column to the Parquet files in them, as text, and it is said', async () => {
    const folder = folderWith({ 'd/user=007/note': '', 'd/user=7/note': '' });
    for (const user of ['007', '7'])
      await parquet(
        `${folder}/d/user=${user}/x.parquet`,
        "SELECT 'i' || range AS item, 5 AS time FROM range(4)",
      );
    const result = await readOwnWithReport(`${folder}/d`);
    expect(Object.keys(histories(result.dataset)).sort()).toEqual(['007', '7']);
    expect(said(result)).toContain('user read from the names of folders (user=...)');
  });

  it("do not replace a file's own column", async () => {
    const folder = folderWith({ 'user=zoe/note': '' });
    const path = `${folder}/user=zoe/x.parquet`;
    await parquet(path, "SELECT 'ann' AS user, 'i' || range AS item, 5 AS time FROM range(4)");
    const result = await readOwnWithReport(path);
    expect(Object.keys(histories(result.dataset))).toEqual(['ann']);
    expect(said(result)).toContain('a folder is named user=... too; the column user of the file counts');
  });
});
