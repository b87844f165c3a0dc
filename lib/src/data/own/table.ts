/**
 * A user's file as something DuckDB can select from: CSV and its kin, JSON lines or Parquet, with the names
 * of its columns. Called by readOwn.ts.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { InputError } from '../../errors';
import { identifier, literal, pathLiteral } from '../duckdb';
import {
  checkTextFile,
  compression,
  readJsonSql,
  runOnJsonLines,
  type CheckedFile,
  type JsonColumns,
} from '../jsonLines';
import type { SourceFile } from '../readReport';
import { linesOf, type TextFileLimits } from '../textFile';
import { encodingOf, formatOf, isParquet, type TextFormat } from './format';

export interface Table {
  /** What the user knows it as. */
  path: string;
  columns: string[];
  facts: SourceFile;
  /** SQL expression of a column as text; NULL stays NULL. */
  text(column: string): string;
  /** SQL expression of a column as JSON, so that lists stay lists. */
  json(column: string): string;
  /**
   * Creates `name` from a SELECT list over the file, rows in file order. @throws InputError naming the line
   * at fault.
   */
  createTable(name: string, select: string): Promise<void>;
}

export async function openTable(
  connection: DuckDBConnection,
  path: string,
  folder: string,
  limits: TextFileLimits,
): Promise<Table> {
  if (isParquet(path)) return parquetTable(connection, path);
  const file = await checkTextFile(path, folder, limits, encodingOf(path));
  const format = await formatOf(path, file.path);
  return format.kind === 'jsonLines' ? jsonTable(connection, file) : delimitedTable(connection, file, format);
}

function delimitedTable(
  connection: DuckDBConnection,
  file: CheckedFile,
  format: TextFormat & { kind: 'delimited' },
): Table {
  const { columns, delimiter, quoted, header } = format;
  const twice = columns.find((column, k) => columns.indexOf(column) !== k);
  if (twice !== undefined)
    throw new InputError(
      file.original,
      `expected different names in the header, got "${twice}" twice`,
      'Rename one of the columns',
    );
  const quote = quoted ? `'"'` : `''`;
  const types = columns.map((column) => `${literal(column)}: 'VARCHAR'`).join(', ');
  const source =
    `read_csv(${pathLiteral(file.path)}, auto_detect = false, header = ${header}, delim = ` +
    `${literal(delimiter)}, quote = ${quote}, escape = ${quote}, max_line_size = ${file.maxLineBytes}, ` +
    `compression = '${compression(file)}', columns = {${types}})`;
  return {
    path: file.original,
    columns,
    facts: file.facts,
    text: identifier,
    // In MovieLens and its like, several categories stand in one field with bars between.
    json: (column) => `to_json(replace(${identifier(column)}, '|', ' '))`,
    createTable: async (name, select) => {
      try {
        await connection.run(`CREATE TABLE ${name} AS SELECT ${select} FROM ${source}`);
      } catch (cause) {
        throw delimitedError(file, columns.length, cause as Error);
      }
    },
  };
}

function delimitedError(file: CheckedFile, columns: number, cause: Error): Error {
  const line = /CSV Error on Line: (\d+)/.exec(cause.message)?.[1];
  if (line === undefined) return cause;
  const got = /Found: (\d+)/.exec(cause.message)?.[1];
  const problem =
    got !== undefined
      ? `expected ${columns} fields as in the first line, got ${got}`
      : `expected ${columns} fields, got something else ` +
        `(${cause.message.split('\n').find((text) => /found|detected|exceeds/i.test(text)) ?? 'unreadable'})`;
  return new InputError(
    `${file.original} line ${line}`,
    problem,
    'Mend or remove the line; a field that holds the separator needs double quotes',
    { cause },
  );
}

/** Columns are the keys of the first thousand lines; a key that comes up later only is not seen. */
async function jsonTable(connection: DuckDBConnection, file: CheckedFile): Promise<Table> {
  const keys = new Set<string>();
  let read = 0;
  for await (const { text } of linesOf(file.path)) {
    if (++read > 1000) break;
    const line = parsed(text);
    if (typeof line === 'object' && line !== null && !Array.isArray(line))
      Object.keys(line).forEach((key) => keys.add(key));
  }
  const columns = [...keys];
  const types: JsonColumns = Object.fromEntries(columns.map((column) => [column, 'JSON']));
  return {
    path: file.original,
    columns,
    facts: file.facts,
    text: (column) => `json_extract_string(${identifier(column)}, '$')`,
    json: identifier,
    createTable: (name, select) =>
      runOnJsonLines(
        connection,
        file,
        types,
        `CREATE TABLE ${name} AS SELECT ${select} FROM ` +
          `${columns.length > 0 ? readJsonSql(file, types) : '(SELECT 1) WHERE false'}`,
      ),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The line is named when DuckDB reads the file.
    return undefined;
  }
}

async function parquetTable(connection: DuckDBConnection, path: string): Promise<Table> {
  const source = `read_parquet(${pathLiteral(path)})`;
  const bytes = statSync(path).size;
  const broken = (cause: unknown): InputError =>
    new InputError(
      path,
      'expected a sound Parquet file, got one that cannot be read ' +
        `(${(cause as Error).message.split('\n')[0]})`,
      'Write it again',
      { cause },
    );
  let columns: string[];
  try {
    columns = (await (await connection.run(`DESCRIBE SELECT * FROM ${source}`)).getRowObjects()).map((row) =>
      String(row.column_name),
    );
  } catch (cause) {
    throw broken(cause);
  }
  return {
    path,
    columns,
    facts: { name: basename(path), bytes, uncompressedBytes: bytes, replacedCharacters: 0 },
    text: (column) => `CAST(${identifier(column)} AS VARCHAR)`,
    json: (column) => `to_json(${identifier(column)})`,
    createTable: async (name, select) => {
      try {
        await connection.run(`CREATE TABLE ${name} AS SELECT ${select} FROM ${source}`);
      } catch (cause) {
        throw broken(cause);
      }
    },
  };
}
