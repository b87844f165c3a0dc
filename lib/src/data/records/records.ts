/** Rows of a user's file, whatever its format, for the readers of interactions and of items. */
import { InputError } from '../../errors';
import type { SourceFile } from '../readReport';

/** A value as the file has it: text or number, null for a missing one, or a list or object of JSON. */
export type Cell = unknown;

export interface Row {
  /** Where it stands, such as "line 7"; Parquet has rows. */
  place: string;
  /** In the order of the columns that were asked for. */
  cells: Cell[];
  /** Where the row holds bytes that are not UTF-8: the first of them. */
  invalid?: { line: number; byte: number };
}

export interface Records {
  path: string;
  columns: readonly string[];
  facts: SourceFile;
  /** Text with separators: it may have a header or none, and has no sign for a missing value. */
  separated: boolean;
  /** What was guessed about the format, for the report. */
  said: readonly string[];
  /** The file's own way to say that it has no times: a row's place is its time. */
  inOrder?: boolean;
  /** Whether the columns have names of the file's own, rather than numbers from 1. */
  named: boolean;
  /** All rows in the order of the file, in batches. @throws InputError with file and place. */
  rows(columns: readonly string[]): AsyncGenerator<Row[]>;
}

/** The first rows, at most `count`. */
export async function firstRows(records: Records, columns: readonly string[], count: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of records.rows(columns)) {
    rows.push(...batch.slice(0, count - rows.length));
    if (rows.length >= count) break;
  }
  return rows;
}

export const CHECK_WRITTEN = 'Check that it was written completely';

/** @param got what is there in the place of rows. */
export function emptyFile(path: string, got = 'an empty file'): InputError {
  return new InputError(path, `expected rows, got ${got}`, CHECK_WRITTEN);
}

/** What a file without rows is, in words. */
export function withoutRows({ separated, named, columns }: Records): string {
  return separated && named
    ? `only a header (${columns.slice(0, 8).join(', ')}${columns.length > 8 ? ', ...' : ''}) and no rows ` +
        'below it'
    : 'a table without rows';
}

/** Counts the bytes of a text that were not UTF-8, the first of them at `byte` of a line. */
export function countReplaced(facts: SourceFile, text: string, line: number, byte: number): void {
  facts.replacedCharacters += text.split('\ufffd').length - 1;
  facts.replacedPlace ??= `line ${line}, byte ${byte}`;
}
