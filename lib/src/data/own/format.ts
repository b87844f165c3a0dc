/**
 * Tells the format of a user's file: Parquet and gzip by content, MovieLens and RecBole by name, the rest by
 * extension and first line. Called by table.ts.
 */
import { basename } from 'node:path';
import { InputError } from '../../errors';
import { firstBytes, linesOf } from '../textFile';

export type TextFormat =
  | { kind: 'jsonLines' }
  | {
      kind: 'delimited';
      delimiter: string;
      /** Whether fields may be in double quotes. */
      quoted: boolean;
      header: boolean;
      columns: string[];
    };

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
const MOVIELENS: Record<string, { delimiter: string; columns: string[] }> = {
  'u.data': { delimiter: '\t', columns: ['user', 'item', 'rating', 'time'] },
  'u.item': {
    delimiter: '|',
    columns: ['item', 'title', 'release date', 'video release date', 'IMDb URL', ...GENRES_100K],
  },
  'ratings.dat': { delimiter: '::', columns: ['user', 'item', 'rating', 'time'] },
  'movies.dat': { delimiter: '::', columns: ['item', 'title', 'genres'] },
};

/** Columns of flags whose names of value 1 make the category. */
export const FLAG_COLUMNS: readonly string[] = GENRES_100K;

/** True for Parquet. @throws InputError where the file cannot be read, or only its name says Parquet. */
export function isParquet(path: string): boolean {
  if (firstBytes(path, 4).toString('latin1') === 'PAR1') return true;
  if (!path.toLowerCase().endsWith('.parquet')) return false;
  throw new InputError(
    path,
    'expected a Parquet file, got something else (it does not begin with PAR1)',
    'Give it the ending it deserves, or write it again',
  );
}

/** How bytes that are not UTF-8 are meant. */
export function encodingOf(path: string): 'utf-8' | 'latin1' {
  return bareName(path) in MOVIELENS ? 'latin1' : 'utf-8';
}

/**
 * @param path the file as the user names it.
 * @param readable the checked file with the same text.
 * @throws InputError where the ending is unknown or there is no first line.
 */
export async function formatOf(path: string, readable: string): Promise<TextFormat> {
  const name = bareName(path);
  if (name in MOVIELENS) return { kind: 'delimited', ...MOVIELENS[name], quoted: false, header: false };
  if (/\.(jsonl|ndjson|json)$/.test(name)) return { kind: 'jsonLines' };
  const atomic = /\.(inter|item)$/.test(name);
  if (!atomic && !/\.(csv|tsv|txt)$/.test(name)) {
    throw new InputError(
      path,
      'expected a file ending in .csv, .tsv, .txt, .jsonl, .ndjson, .json, .parquet, .inter or .item ' +
        `(also with .gz), or one of ${Object.keys(MOVIELENS).join(', ')}, got ${basename(path)}`,
    );
  }
  const first = await firstLine(path, readable);
  const delimiter = atomic ? '\t' : commonest(first);
  const columns = splitLine(first, delimiter, !atomic).map((column) =>
    atomic ? column.replace(/:\w+$/, '') : column.trim(),
  );
  return { kind: 'delimited', delimiter, quoted: !atomic, header: true, columns };
}

function bareName(path: string): string {
  return basename(path).toLowerCase().replace(/\.gz$/, '');
}

async function firstLine(path: string, readable: string): Promise<string> {
  for await (const { text } of linesOf(readable)) return text;
  throw new InputError(
    path,
    'expected a header and rows, got an empty file',
    'Check that it was written completely',
  );
}

/** The separator that occurs most in a header line, among comma, tab, semicolon and bar. */
function commonest(line: string): string {
  const count = (sign: string): number => line.split(sign).length;
  return [',', '\t', ';', '|'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

/** Fields of one line; within double quotes the delimiter is text and a doubled quote is one. */
function splitLine(line: string, delimiter: string, quoted: boolean): string[] {
  if (!quoted) return line.split(delimiter);
  const fields: string[] = [];
  let [field, inside] = ['', false];
  for (let k = 0; k < line.length; k++) {
    if (line[k] === '"' && inside && line[k + 1] === '"') field += line[k++];
    else if (line[k] === '"') inside = !inside;
    else if (line[k] === delimiter && !inside) {
      fields.push(field);
      field = '';
    } else field += line[k];
  }
  return [...fields, field];
}
