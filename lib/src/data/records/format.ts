/**
 * Finds the format of a user's file and opens it: Parquet by content, MovieLens and RecBole by name, JSON and
 * separated text by extension. The rest follows from the first lines, or from the options.
 */
import { basename } from 'node:path';
import { InputError, excerpt } from '../../errors';
import type { Database } from '../duckdb';
import { regularFile } from '../../readableFile';
import type { SourceFile } from '../readReport';
import {
  checkNoNulBytes,
  contentStart,
  encodingLabel,
  firstBytes,
  isUtf8File,
  lineBlocks,
  textFile,
  type TextFile,
  type TextFileLimits,
} from '../textFile';
import { delimitedRecords, needsBackslashes, splitLine, type DelimitedFormat } from './delimited';
import { areHistories, historyRecords } from './histories';
import { jsonRecords } from './json';
import { parquetRecords } from './parquet';
import { CHECK_WRITTEN, emptyFile, type Records } from './records';

/** What a text file does not always show. */
export interface FormatOptions {
  /** Between two fields; by default the commonest sign of the first line. */
  separator?: string;
  /** False if the first line is a row; columns are then named 1, 2, 3 and so on. */
  header?: boolean;
  /** False if double quotes are signs like any other. */
  quote?: boolean;
  /**
   * True if quotes within a quoted field follow a backslash; by default the first lines decide.
   */
  backslashes?: boolean;
  /** Label of an encoding, such as windows-1252; by default UTF-8, or as a byte order mark says. */
  encoding?: string;
}

/**
 * The 19 genre flags of MovieLens 100K, in the order of its u.item (source: README of ml-100k,
 * grouplens.org).
 */
const GENRES_100K = [
  'unknown',
  'Action',
  'Adventure',
  'Animation',
  "Children's",
  'Comedy',
  'Crime',
  'Documentary',
  'Drama',
  'Fantasy',
  'Film-Noir',
  'Horror',
  'Musical',
  'Mystery',
  'Romance',
  'Sci-Fi',
  'Thriller',
  'War',
  'Western',
];

/**
 * Files without a header that are known by their name (sources: the READMEs of ml-100k, ml-1m and ml-10m,
 * grouplens.org).
 */
const MOVIELENS: Record<string, { separator: string; columns: string[] }> = {
  'u.data': { separator: '\t', columns: ['user', 'item', 'rating', 'time'] },
  'u.item': {
    separator: '|',
    columns: ['item', 'title', 'release date', 'video release date', 'IMDb URL', ...GENRES_100K],
  },
  'ratings.dat': { separator: '::', columns: ['user', 'item', 'rating', 'time'] },
  'movies.dat': { separator: '::', columns: ['item', 'title', 'genres'] },
};

/** Columns of flags whose names of value 1 make the category. */
export const FLAG_COLUMNS: readonly string[] = GENRES_100K;

const AS_TABLE = 'Write the table as CSV or Parquet (pandas: to_csv, to_parquet)';

/** Files that begin so are no table in text. */
const NO_TABLE: readonly [start: string, what: string, advice: string][] = [
  ['PK\x03\x04', 'a ZIP archive or an Excel file', 'Unpack it, or save it as CSV'],
  ['\x80\x02', 'a Python pickle', AS_TABLE],
  ['\x80\x03', 'a Python pickle', AS_TABLE],
  ['\x80\x04', 'a Python pickle', AS_TABLE],
  ['\x80\x05', 'a Python pickle', AS_TABLE],
  ['\x93NUMPY', 'a NumPy array', AS_TABLE],
  ['\x89HDF', 'an HDF5 file', AS_TABLE],
  ['ARROW1', 'an Arrow file', AS_TABLE],
  ['Obj\x01', 'an Avro file', AS_TABLE],
  ['SQLite format 3', 'an SQLite database', 'Write the table as CSV (.mode csv)'],
  ['%PDF', 'a PDF', 'Save the table as CSV'],
  ['\x89PNG', 'a picture', 'Name the file of the table'],
  ['\xff\xd8\xff', 'a picture', 'Name the file of the table'],
  ['<?xml', 'XML', 'Write the table as CSV'],
  ['7z\xbc\xaf', 'a 7z archive', 'Unpack it'],
  ['Rar!', 'a RAR archive', 'Unpack it'],
  ['\xd0\xcf\x11\xe0', 'an Excel file', 'Save it as CSV'],
  ['\x1f\x8b', 'a gzip file within a gzip file', 'Unpack it once'],
  ['BZh', 'a bzip2 file', 'Unpack it, or pack it with gzip'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard file', 'Unpack it, or pack it with gzip'],
  ['\xfd7zXZ', 'an xz file', 'Unpack it, or pack it with gzip'],
  ['version https://git-lfs', 'a pointer of Git LFS', 'Fetch the file itself (git lfs pull)'],
  ['<!doctype html', 'a web page', 'Download the file itself'],
  ['<html', 'a web page', 'Download the file itself'],
];

/** @throws InputError if the file cannot be read, or is of a kind that is not known. */
export async function openRecords(
  database: Database,
  path: string,
  options: FormatOptions,
  limits: TextFileLimits,
): Promise<Records> {
  const { size } = regularFile(path);
  if (isParquet(path)) return parquetRecords(await database(), path);
  const name = bareName(path);
  const kind = kindOf(path, name, options);
  const movieLens = Object.hasOwn(MOVIELENS, name) ? MOVIELENS[name] : undefined;
  const latin1 = movieLens && options.encoding === undefined && !(await isUtf8File(path, limits));
  const file = textFile(path, limits, latin1 ? 'windows-1252' : options.encoding);
  checkNoNulBytes(file);
  const said = await saidOfEncoding(file, options.encoding);
  const facts: SourceFile = {
    name: basename(path),
    bytes: size,
    uncompressedBytes: size,
    encoding: file.encoding,
    replacedCharacters: 0,
  };
  if (kind === 'json') return jsonRecords(file, facts, said);
  if (movieLens && options.separator === undefined && options.header === undefined)
    return delimitedRecords(
      file,
      { ...movieLens, quoted: false, skip: 0, named: true, published: `MovieLens' ${name}` },
      facts,
      [...said, `columns as in MovieLens' ${name}`],
    );
  const top = await firstLines(file);
  if (top.every((line) => line.trim() === ''))
    throw emptyFile(path, top.length === 0 ? undefined : 'blank lines');
  if (top[0].includes('\0'))
    throw new InputError(path, 'expected text, got NUL bytes in the first line', CHECK_WRITTEN);
  if (options.separator === undefined && options.header === undefined && areHistories(top))
    return historyRecords(file, facts, said);
  const inOrder = isSasrec(top, options);
  const format = inOrder
    ? {
        separator: top[0].includes('\t') ? '\t' : ' ',
        quoted: false,
        columns: ['user', 'item'],
        skip: 0,
        named: true,
      }
    : formatOf(top, kind, options, said);
  if (inOrder) said.push('pairs of numbers read as user and item, as in SASRec.pytorch');
  return { ...delimitedRecords(file, format, facts, said), inOrder };
}

/** How the text is read, if that is not as UTF-8. `given`: the encoding of the options. */
async function saidOfEncoding(file: TextFile, given?: string): Promise<string[]> {
  const { path, encoding, limits } = file;
  if (given !== undefined && encodingLabel(given) !== encoding)
    return [`text read as ${encoding}, as its byte order mark says, not as ${given}`];
  if (encoding === 'utf-8') return [];
  if (given !== undefined && !encoding.startsWith('utf-') && (await isUtf8File(path, limits)) === true)
    return [`text read as ${encoding}, as told, although all of it is UTF-8 as well`];
  return [`text read as ${encoding}`];
}

/** True for Parquet. @throws InputError if the file cannot be read, or only its name says Parquet. */
function isParquet(path: string): boolean {
  if (firstBytes(path, 4).toString('latin1') === 'PAR1') return true;
  if (!path.toLowerCase().endsWith('.parquet')) return false;
  throw new InputError(
    path,
    'expected a Parquet file, got something else (it does not begin with PAR1)',
    'Correct its ending, or write it again',
  );
}

/** Where a tar archive names its form. */
const TAR_AT = 257;

function kindOf(
  path: string,
  name: string,
  { separator, header }: FormatOptions,
): 'json' | 'text' | 'atomic' {
  const bytes = contentStart(path, TAR_AT + 5).toString('latin1');
  if (bytes.slice(TAR_AT) === 'ustar')
    throw new InputError(path, 'expected text or Parquet, got a tar archive', 'Unpack it');
  const start = bytes.trimStart();
  const other = NO_TABLE.find(([magic]) => start.startsWith(magic) || start.toLowerCase().startsWith(magic));
  if (other) throw new InputError(path, `expected text or Parquet, got ${other[1]}`, other[2]);
  if (/\.(jsonl|ndjson|json)$/.test(name)) return 'json';
  if (/\.(inter|item)$/.test(name)) return 'atomic';
  if (/\.(csv|tsv|txt|tab|psv)$/.test(name) || Object.hasOwn(MOVIELENS, name)) return 'text';
  if (separator !== undefined || header !== undefined) return 'text';
  throw new InputError(
    path,
    'expected a file ending in .csv, .tsv, .txt, .jsonl, .ndjson, .json, .parquet, .inter or .item ' +
      `(also with .gz), or one of ${Object.keys(MOVIELENS).join(', ')}, got ${basename(path)}`,
    'For text with separators and another ending, give separator (--separator)',
  );
}

/**
 * Separator and columns from the first lines; what is not said by the options and no header goes to `said`.
 */
function formatOf(
  top: readonly string[],
  kind: 'text' | 'atomic',
  { separator: given, header = true, quote, backslashes: escaped }: FormatOptions,
  said: string[],
): DelimitedFormat {
  const start = headStart(top, given);
  if (start.comments > 0)
    said.push(`${start.comments === 1 ? 'a line' : `${start.comments} lines`} of comment (#) above left out`);
  const named = /^"?sep=(.{1,2}?)"?$/i.exec(top[start.line] ?? '')?.[1];
  if (named !== undefined && given === undefined)
    said.push(`separator ${excerpt(named)}, as the first line says`);
  const skipped = start.line + (named === undefined ? 0 : 1);
  const first = top[skipped] ?? '';
  const typed = /^[^:\s]+:(?:token|float)(?:_seq)?(\W|$)/.exec(first);
  const isAtomic = kind === 'atomic' || typed !== null;
  const atomic = isAtomic ? typed?.[1] || '\t' : undefined;
  if (typed !== null && kind === 'text') said.push('header read as that of RecBole, with a type per column');
  const quoted = quote ?? !isAtomic;
  const separator = given ?? named ?? atomic ?? commonest(first, quoted);
  const fields = splitLine(first, separator, quoted) ?? splitLine(first, separator, false)!;
  const rows = top.slice(skipped).filter((line) => line.trim() !== '');
  const backslashes = escaped ?? (quoted && needsBackslashes(rows, separator, fields.length));
  if (backslashes && escaped === undefined) said.push('quotes after a backslash read as part of their field');
  if (!header) {
    said.push('no header: the first line is a row');
    const columns = fields.map((_, k) => String(k + 1));
    return { separator, quoted, backslashes, columns, skip: skipped, named: false };
  }
  const columns = fields.map((field) => field.trim().replace(isAtomic ? /:\w+$/ : /$^/, ''));
  const place = unnamedColumn(
    rows.slice(1).map((row) => splitLine(row, separator, quoted)),
    columns.length,
  );
  if (place !== undefined) columns.splice(place, 0, '');
  columns.forEach((column, k) => {
    if (column === '') said.push(`column ${k + 1} has no name and is ignored`);
  });
  return { separator, quoted, backslashes, columns, skip: skipped + 1, named: true };
}

/** The first line that is not blank and no comment: # before fewer fields than the next other line has. */
function headStart(
  top: readonly string[],
  separator: string | undefined,
): { line: number; comments: number } {
  const filled = (from: number): number => top.findIndex((line, k) => k >= from && line.trim() !== '');
  const isComment = (line: string): boolean => /^\s*#/.test(line);
  const first = filled(0);
  const head = top.findIndex((line, k) => k >= first && line.trim() !== '' && !isComment(line));
  if (head <= first) return { line: first, comments: 0 };
  const sign = separator ?? commonest(top[head], false);
  const comments = top.slice(first, head).filter((line) => line.trim() !== '');
  const fields = (line: string): number => line.split(sign).length;
  return comments.every((line) => fields(line) < fields(top[head]))
    ? { line: head, comments: comments.length }
    : { line: first, comments: 0 };
}

/**
 * Where rows have one field more than the header: first, if it is a number that rises, as R writes the names
 * of rows; last, if it is empty, since rows end with a separator.
 */
function unnamedColumn(rows: readonly (readonly string[] | undefined)[], named: number): number | undefined {
  if (rows.length === 0 || rows.some((row) => row?.length !== named + 1)) return undefined;
  if (rows.every((row) => row!.at(-1) === '')) return named;
  const numbers = rows.map((row) => (/^\d+$/.test(row![0]) ? Number(row![0]) : NaN));
  return numbers.every((number, k) => number > (k === 0 ? -1 : numbers[k - 1])) ? 0 : undefined;
}

/** `user item` a line, both numbers, and nothing else. */
function isSasrec(top: readonly string[], { separator, header }: FormatOptions): boolean {
  return separator === undefined && header === undefined && top.every((line) => /^\d+[ \t]\d+ *$/.test(line));
}

function bareName(path: string): string {
  return basename(path).toLowerCase().replace(/\.gz$/, '');
}

async function firstLines(file: TextFile): Promise<string[]> {
  const found: string[] = [];
  for await (const { lines } of lineBlocks(file)) {
    found.push(...lines.slice(0, 50));
    if (found.length >= 50) break;
  }
  return found.slice(0, 50);
}

/** The separator that cuts a header line most often; a space only if no other does. */
function commonest(line: string, quoted: boolean): string {
  const fields = (sign: string): number =>
    (splitLine(line, sign, quoted) ?? splitLine(line, sign, false)!).length;
  const best = [',', '\t', ';', '|', '::'].reduce((a, b) => (fields(b) > fields(a) ? b : a));
  return fields(best) === 1 && fields(' ') > 1 ? ' ' : best;
}
