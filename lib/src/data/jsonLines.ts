/**
 * Reads JSON lines into DuckDB tables, and where DuckDB refuses a file, finds the line at fault and says so
 * in our words. Called by the readers of Amazon and own files.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { basename, join } from 'node:path';
import { InputError } from '../errors';
import { identifier, literal, pathLiteral } from './duckdb';
import type { SourceFile } from './readReport';
import { inspectTextFile, linesOf, LONGEST_LINE, writeRepairedCopy, type TextFileLimits } from './textFile';

/** A file that DuckDB can read as it stands: checked, and copied aside in clean UTF-8 where it was not. */
export interface CheckedFile {
  /** What to open. */
  path: string;
  gzip: boolean;
  /** What the user knows it as. */
  original: string;
  facts: SourceFile;
  maxLineBytes: number;
}

/** @param encoding how to read bytes that are not UTF-8 (in which all else is). */
export async function checkTextFile(
  path: string,
  folder: string,
  limits: TextFileLimits,
  encoding: 'utf-8' | 'latin1' = 'utf-8',
): Promise<CheckedFile> {
  const { bytes, uncompressedBytes, gzip, byteOrderMark, invalidUtf8 } = await inspectTextFile(path, limits);
  const facts: SourceFile = { name: basename(path), bytes, uncompressedBytes, replacedCharacters: 0 };
  const maxLineBytes = limits.maxLineBytes ?? LONGEST_LINE;
  if (!byteOrderMark && !invalidUtf8) return { path, gzip, original: path, facts, maxLineBytes };
  const copy = join(folder, `repaired-${basename(path).replace(/\.gz$/, '')}`);
  facts.replacedCharacters = await writeRepairedCopy(path, copy, encoding);
  return { path: copy, gzip: false, original: path, facts, maxLineBytes };
}

/** How DuckDB is to open the file: by its content, whatever its name. */
export function compression(file: CheckedFile): 'gzip' | 'uncompressed' {
  return file.gzip ? 'gzip' : 'uncompressed';
}

/** The columns wanted from each line, by key: a DuckDB type. A key that a line lacks is NULL. */
export type JsonColumns = Record<string, 'VARCHAR' | 'BIGINT' | 'JSON'>;

/** `read_json(...)` over a checked file. */
export function readJsonSql(file: CheckedFile, columns: JsonColumns): string {
  const types = Object.entries(columns).map(([name, type]) => `${identifier(name)}: ${literal(type)}`);
  return (
    `read_json(${pathLiteral(file.path)}, format = 'newline_delimited', compression = ` +
    `'${compression(file)}', maximum_object_size = ${file.maxLineBytes}, columns = {${types.join(', ')}})`
  );
}

/**
 * Runs a statement that reads JSON lines. @throws InputError that names file and line where a line is not as
 * expected.
 */
export async function runOnJsonLines(
  connection: DuckDBConnection,
  file: CheckedFile,
  columns: JsonColumns,
  sql: string,
): Promise<void> {
  try {
    await connection.run(sql);
  } catch (cause) {
    await explain(file, columns, cause);
    throw cause;
  }
}

async function explain(file: CheckedFile, columns: JsonColumns, cause: unknown): Promise<void> {
  for await (const { number, text } of linesOf(file.path)) {
    if (text.trim() === '') continue;
    const fail = (problem: string, advice: string): never => {
      throw new InputError(`${file.original} line ${number}`, problem, advice, { cause });
    };
    let line: unknown;
    try {
      line = JSON.parse(text);
    } catch {
      fail(`expected a JSON object, got ${excerpt(text)}`, 'The file needs one JSON object a line');
    }
    if (typeof line !== 'object' || line === null || Array.isArray(line))
      fail(`expected a JSON object, got ${excerpt(text)}`, 'The file needs one JSON object a line');
    for (const [name, type] of Object.entries(columns)) {
      const value = (line as Record<string, unknown>)[name];
      if (type === 'BIGINT' && value !== undefined && value !== null && !isNumber(value)) {
        fail(
          `expected a number as ${name}, got ${excerpt(JSON.stringify(value))}`,
          'Mend or remove the line',
        );
      }
    }
  }
}

/** The keys of the first object of a file, for messages about missing ones. */
export async function keysOfFirstLine(file: CheckedFile): Promise<string[]> {
  for await (const { text } of linesOf(file.path)) {
    if (text.trim() !== '') return Object.keys(JSON.parse(text) as object);
  }
  return [];
}

function isNumber(value: unknown): boolean {
  return (
    (typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')) &&
    Number.isFinite(Number(value))
  );
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
