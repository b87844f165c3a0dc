/**
 * Finds the format of a user's file and opens it: Parquet by content, MovieLens and RecBole by name, JSON and
 * separated text by extension. The rest follows from the first lines, or from the options.
 */
import { basename } from 'node:path';
import { InputError, excerpt } from '../../errors';
import { regularFile } from '../../readableFile';
import type { Database } from '../duckdb';
import type { SourceFile } from '../readReport';
import { checkNoNulBytes, encodingLabel } from '../encodings';
import { contentStart, firstBytes } from '../fileBytes';
import { isUtf8File, lineBlocks, textFile, type TextFile, type TextFileLimits } from '../textFile';
import { delimitedRecords, needsBackslashes, splitLine, type DelimitedFormat } from './delimited';
import { areHistories, historyRecords } from './histories';
import { jsonRecords } from './json';
import { MOVIELENS } from './movieLens';
import { LONGEST_START, noTable } from './noTable';
import { parquetRecords } from './parquet';
import { CHECK_WRITTEN, emptyFile, type Records } from './records';

/** Most lines of a header. */
const LONGEST_HEADER = 10;

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
  checkNoNulBytes(file.path, file.encoding);
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

function kindOf(
  path: string,
  name: string,
  { separator, header }: FormatOptions,
): 'json' | 'text' | 'atomic' {
  const bytes = contentStart(path, LONGEST_START).toString('latin1');
  const other = noTable(bytes);
  if (other) throw new InputError(path, `expected text or Parquet, got ${other.what}`, other.advice);
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
  const lines = quote === false ? 1 : headerLines(top.slice(skipped), given ?? named);
  const first = top.slice(skipped, skipped + lines).join('\n');
  const typed = /^[^:\s]+:(?:token|float)(?:_seq)?(\W|$)/.exec(first);
  const isAtomic = kind === 'atomic' || typed !== null;
  const atomic = isAtomic ? typed?.[1] || '\t' : undefined;
  if (typed !== null && kind === 'text') said.push('header read as that of RecBole, with a type per column');
  const quoted = quote ?? !isAtomic;
  const separator = given ?? named ?? atomic ?? commonest(first, quoted);
  const fields = splitLine(first, separator, quoted) ?? splitLine(first, separator, false)!;
  const rows = [first, ...top.slice(skipped + lines)].filter((line) => line.trim() !== '');
  const backslashes = escaped ?? (quoted && needsBackslashes(rows, separator, fields.length));
  if (backslashes && escaped === undefined) said.push('quotes after a backslash read as part of their field');
  if (!header) {
    said.push('no header: the first line is a row');
    const columns = fields.map((_, k) => String(k + 1));
    return { separator, quoted, backslashes, columns, skip: skipped, named: false };
  }
  const columns = fields.map((field) =>
    field
      .trim()
      .replace(/\s*\n\s*/g, ' ')
      .replace(isAtomic ? /:\w+$/ : /$^/, ''),
  );
  const place = unnamedColumn(
    rows.slice(1).map((row) => splitLine(row, separator, quoted)),
    columns.length,
  );
  if (place !== undefined) columns.splice(place, 0, '');
  columns.forEach((column, k) => {
    if (column === '') said.push(`column ${k + 1} has no name and is ignored`);
  });
  return { separator, quoted, backslashes, columns, skip: skipped + lines, named: true };
}

/** Lines of the header: more than one if a name in quotes goes over the end of a line. */
function headerLines(top: readonly string[], separator?: string): number {
  for (let lines = 1; lines <= Math.min(LONGEST_HEADER, top.length); lines++) {
    const text = top.slice(0, lines).join('\n');
    if (splitLine(text, separator ?? commonest(text, true), true) !== undefined) return lines;
  }
  return 1;
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

/** What Hive writes between fields. */
const HIVE = '\u0001';

/** The separator that cuts a header line most often; a space only if no other does. */
function commonest(line: string, quoted: boolean): string {
  const fields = (sign: string): number =>
    (splitLine(line, sign, quoted) ?? splitLine(line, sign, false)!).length;
  const best = [',', '\t', ';', '|', '::', HIVE].reduce((a, b) => (fields(b) > fields(a) ? b : a));
  return fields(best) === 1 && fields(' ') > 1 ? ' ' : best;
}
