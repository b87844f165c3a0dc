/**
 * Reads a user's own data: interactions (user, item, time) and items (item, texts), as CSV, JSON or Parquet,
 * or in the forms of MovieLens, RecBole and SASRec.pytorch. Filters, order, ids and report are those of the
 * Amazon reader.
 */
import { ratingsFormat } from '../amazonRatings';
import { prepared } from '../prepared';
import type { ReadLimits } from '../readLimits';
import { checkReaderOptions } from '../reading/readerOptions';
import type { DatasetWithReport, SourceOptions } from '../reading/readSource';
import type { TextFileLimits } from '../textFile';
import type { Dataset } from '../types';
import { ownSource } from './files';

export interface OwnOptions extends SourceOptions, TextFileLimits, ReadLimits {
  /** File of items; by default the one beside the interactions, if a folder is given. */
  items?: string;
  /** The dataset's name; by default the file's. */
  name?: string;
  /** Folder of prepared datasets, as for the Amazon reader. */
  cache?: string;
}

/**
 * Reads interactions of your own (user, item, time) and, if there are any, texts of the items (item, title,
 * brand, category): CSV, JSON or Parquet, MovieLens, RecBole and SASRec.pytorch files. Columns are found by
 * their usual names. Users and items of few interactions are left out, as for the paper's data;
 * `readOwnWithReport` says what was dropped.
 * @param path file of interactions, or a folder with interactions.* and items.*, MovieLens, RecBole or
 * Amazon files, or parts of interactions.
 * @throws InputError (file and line or row, what was expected, what it got).
 * @example
 * ```ts
 * import { readOwn } from 'elephant';
 * const dataset = await readOwn('examples/shop', { minUserInteractions: 3 });
 * console.log(dataset.users, dataset.items, dataset.itemTexts[0].title);
 * ```
 */
export async function readOwn(path: string, options: OwnOptions = {}): Promise<Dataset> {
  return (await readOwnWithReport(path, options)).dataset;
}

/**
 * As readOwn, with the report of what was read, taken, dropped and guessed.
 * @throws InputError as readOwn does.
 */
export async function readOwnWithReport(path: string, options: OwnOptions = {}): Promise<DatasetWithReport> {
  checkReaderOptions('own', options);
  const {
    items,
    name: given,
    cache,
    memoryMiB,
    threads,
    scratch,
    maxUncompressedBytes,
    maxLineBytes,
    ...content
  } = options;
  const { name: ownName, files } = ownSource(path, items);
  const name = given ?? ownName;
  const limits = { memoryMiB, threads, scratch, maxUncompressedBytes, maxLineBytes };
  const sources = [...files.interactions, ...files.items];
  return prepared(
    cache,
    { reader: 'own', name, sources, options: { ...content, name, beside: files.beside } },
    async () => {
      // Loaded here, because most users of this room never read a file.
      const { readSource } = await import('../reading/readSource');
      const told = ['separator', 'header', 'columns'].some((option) => option in content);
      const format = files.ratings && !told ? await ratingsFormat(files.interactions[0], limits) : {};
      return readSource({ name, kind: 'own' }, files, { ...content, ...format }, limits);
    },
  );
}
