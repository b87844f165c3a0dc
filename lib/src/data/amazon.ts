/**
 * Reader of Amazon review data in its public formats of 2018 and 2014 (JSON lines, gzip; ratings-only CSV),
 * filtered and ordered as method 2 says. DuckDB reads the files, so 10^8 rows stay within bounded memory;
 * small files take the same way. Called by experiments, notebooks and the command line.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '../errors';
import { findAmazonFiles, type AmazonFiles, type AmazonSet } from './amazonFiles';
import { makeDataset } from './dataset';
import { countsOf, pathLiteral, withDuckDB } from './duckdb';
import type { FilterOptions } from './filters';
import { collectItemTexts } from './itemTexts';
import {
  checkTextFile,
  compression,
  keysOfFirstLine,
  readJsonSql,
  runOnJsonLines,
  type CheckedFile,
  type JsonColumns,
} from './jsonLines';
import { prepared } from './prepared';
import { asJsonLines } from './pythonLines';
import type { ReadLimits } from './readLimits';
import type { ReadReport } from './readReport';
import { sequencesFromRaw } from './sequences';
import type { TextFileLimits } from './textFile';
import type { Dataset } from './types';

export interface AmazonOptions extends FilterOptions, TextFileLimits, ReadLimits {
  /** Review file to read; by default the first that exists of 5core, full, ratings. */
  set?: AmazonSet;
  /**
   * Folder of prepared datasets: read from there where the files and options are the same, written there
   * otherwise.
   */
  cache?: string;
}

const REVIEW_COLUMNS: JsonColumns = { reviewerID: 'VARCHAR', asin: 'VARCHAR', unixReviewTime: 'BIGINT' };
const METADATA_COLUMNS: JsonColumns = {
  asin: 'VARCHAR',
  title: 'VARCHAR',
  brand: 'VARCHAR',
  category: 'JSON',
  categories: 'JSON',
};

/**
 * The dataset of one domain. @throws InputError (folder, domain, damaged or wrong files, nothing left by the
 * filters).
 */
export async function readAmazon(
  folder: string,
  domain: string,
  options: AmazonOptions = {},
): Promise<Dataset> {
  return (await readAmazonWithReport(folder, domain, options)).dataset;
}

/** The same, with the count of what was read, kept and dropped. */
export async function readAmazonWithReport(
  folder: string,
  domain: string,
  options: AmazonOptions = {},
): Promise<{ dataset: Dataset; report: ReadReport }> {
  const files = findAmazonFiles(folder, domain, options.set);
  const sources = files.metadata ? [files.reviews, files.metadata] : [files.reviews];
  const { cache, memoryMiB, threads, scratch, maxUncompressedBytes, maxLineBytes, ...content } = options;
  const read = (): Promise<{ dataset: Dataset; report: ReadReport }> =>
    withDuckDB(sources, { memoryMiB, threads, scratch }, (connection, work) =>
      readFiles(connection, work, files, content, { maxUncompressedBytes, maxLineBytes }),
    );
  return prepared(
    cache,
    { reader: 'amazon', name: files.domain, sources, options: { ...content, set: files.set } },
    read,
  );
}

async function readFiles(
  connection: DuckDBConnection,
  work: string,
  files: AmazonFiles,
  filter: FilterOptions,
  limits: TextFileLimits,
): Promise<{ dataset: Dataset; report: ReadReport }> {
  const reviews = await checkTextFile(files.reviews, work, limits);
  await (files.set === 'ratings' ? loadRatings(connection, reviews) : loadReviews(connection, reviews));
  const { counts, ...sequences } = await sequencesFromRaw(connection, files.reviews, filter);
  await connection.run('DROP TABLE raw');

  const metadata = files.metadata ? await checkTextFile(files.metadata, work, limits) : undefined;
  const readable = metadata && (await asJsonLines(metadata, Object.keys(METADATA_COLUMNS), work));
  const { texts, counts: textCounts } = await loadTexts(connection, readable, sequences.itemKeys);
  const dataset = makeDataset({
    name: files.domain,
    kind: 'amazon',
    ...sequences,
    itemTexts: texts,
    exclusion: filter.exclusion,
  });
  return {
    dataset,
    report: {
      files: [reviews, ...(metadata ? [metadata] : [])].map((file) => file.facts),
      ...counts,
      itemTexts: textCounts,
    },
  };
}

async function loadReviews(connection: DuckDBConnection, file: CheckedFile): Promise<void> {
  const sql =
    'CREATE TABLE raw AS SELECT reviewerID AS u, asin AS i, unixReviewTime AS t FROM ' +
    `${readJsonSql(file, REVIEW_COLUMNS)}`;
  await runOnJsonLines(connection, file, REVIEW_COLUMNS, sql);
  const seen = await countsOf(
    connection,
    'SELECT count(*) AS rows, count(u) AS reviewerID, count(i) AS asin, count(t) AS unixReviewTime FROM ' +
      'raw',
  );
  const absent = Object.keys(REVIEW_COLUMNS).filter((name) => seen[name] === 0);
  if (seen.rows > 0 && absent.length > 0) {
    const keys = await keysOfFirstLine(file);
    throw new InputError(
      file.original,
      `expected the keys ${Object.keys(REVIEW_COLUMNS).join(', ')}, got no ${absent.join(' and no ')} ` +
        `among ${keys.join(', ')}`,
      'For files of another format use the reader of your own data',
    );
  }
}

/**
 * Ratings without texts: four columns, no header. 2018: item, user, rating, time; 2014: user, item, rating,
 * time. Which of the two is told by the user ids, which are longer than the ten signs of an item's.
 */
async function loadRatings(connection: DuckDBConnection, file: CheckedFile): Promise<void> {
  const columns = `{'a': 'VARCHAR', 'b': 'VARCHAR', 'rating': 'DOUBLE', 't': 'BIGINT'}`;
  const source =
    `read_csv(${pathLiteral(file.path)}, header = false, auto_detect = false, delim = ',', quote = '"', ` +
    `escape = '"', compression = '${compression(file)}', columns = ${columns})`;
  try {
    const { users } = await countsOf(
      connection,
      'SELECT count(*) FILTER (length(a) > length(b)) * 2 > count(*) AS users FROM (SELECT a, b FROM ' +
        `${source} LIMIT 1000)`,
    );
    await connection.run(
      `CREATE TABLE raw AS SELECT ${users ? 'a AS u, b AS i' : 'b AS u, a AS i'}, t FROM ${source}`,
    );
  } catch (cause) {
    const line = /Line:? (\d+)/i.exec((cause as Error).message)?.[1];
    throw new InputError(
      `${file.original}${line ? ` line ${line}` : ''}`,
      'expected lines of item,user,rating,time without a header, got something else',
      'Mend the line, or read the file as your own data',
      { cause },
    );
  }
}

async function loadTexts(
  connection: DuckDBConnection,
  file: CheckedFile | undefined,
  itemKeys: string[],
): ReturnType<typeof collectItemTexts> {
  if (!file) return collectItemTexts(connection, 'SELECT NULL, NULL, NULL, NULL LIMIT 0', itemKeys);
  const load =
    'CREATE TABLE metadata AS SELECT asin, title, brand, coalesce(category, categories) AS category FROM ' +
    `${readJsonSql(file, METADATA_COLUMNS)}`;
  await runOnJsonLines(connection, file, METADATA_COLUMNS, load);
  return collectItemTexts(
    connection,
    'SELECT asin, title, brand, CAST(category AS VARCHAR) FROM metadata ORDER BY rowid',
    itemKeys,
  );
}
