/**
 * Reader of Amazon review data in its public formats of 2014, 2018 and 2023 (JSON lines or Python literals,
 * gzip or plain; ratings-only CSV), filtered and ordered as method 2 says.
 */
import { findAmazonFiles, type AmazonSet } from './amazonFiles';
import { ratingsFormat } from './amazonRatings';
import type { FilterOptions } from './filters';
import { prepared } from './prepared';
import type { ReadLimits } from './readLimits';
import { checkReaderOptions } from './reading/readerOptions';
import type { DatasetWithReport } from './reading/readSource';
import type { TimeUnit } from './reading/times';
import type { TextFileLimits } from './textFile';
import type { Dataset } from './types';

/** Which file is read, how, and what of it is kept. */
export interface AmazonOptions extends FilterOptions, TextFileLimits, ReadLimits {
  /** Review file to read; by default the first that exists of 5core, full, ratings. */
  set?: AmazonSet;
  /** Unit of the times if their size does not show it: seconds until 2018, milliseconds in 2023. */
  timeUnit?: TimeUnit;
  /**
   * Folder of prepared datasets: read from there if the files and options are the same, written there
   * otherwise.
   */
  cache?: string;
}

/**
 * The dataset of one domain, from a folder of Amazon review files (2014, 2018 or 2023; `elephant fetch` gets
 * them). `domain` is a name of the paper ("Pantry") or of the files ("Prime_Pantry").
 * @throws InputError for the folder, the domain, damaged or wrong files, and if the filters leave nothing.
 * @example
 * ```ts
 * import { datasetStatistics, readAmazon } from 'elephant';
 * const pantry = await readAmazon('data/raw', 'Pantry', { minUserInteractions: 5 });
 * console.log(datasetStatistics(pantry));
 * ```
 */
export async function readAmazon(
  folder: string,
  domain: string,
  options: AmazonOptions = {},
): Promise<Dataset> {
  return (await readAmazonWithReport(folder, domain, options)).dataset;
}

/**
 * As readAmazon, with the report of what was read, taken, dropped and guessed.
 * @throws InputError as readAmazon does.
 */
export async function readAmazonWithReport(
  folder: string,
  domain: string,
  options: AmazonOptions = {},
): Promise<DatasetWithReport> {
  checkReaderOptions('amazon', options);
  const files = findAmazonFiles(folder, domain, options.set);
  const items = files.metadata === undefined ? [] : [files.metadata];
  const sources = [files.reviews, ...items];
  const { cache, set, memoryMiB, threads, scratch, maxUncompressedBytes, maxLineBytes, ...content } = options;
  const limits = { memoryMiB, threads, scratch, maxUncompressedBytes, maxLineBytes };
  return prepared(
    cache,
    { reader: 'amazon', name: files.domain, sources, options: { ...content, set: files.set } },
    async () => {
      // Loaded here, because most users of this room never read a file.
      const { readSource } = await import('./reading/readSource');
      const format = files.set === 'ratings' ? await ratingsFormat(files.reviews, limits) : {};
      return readSource(
        { name: files.domain, kind: 'amazon' },
        { interactions: [files.reviews], items },
        { ...content, ...format },
        limits,
      );
    },
  );
}
