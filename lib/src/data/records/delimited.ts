/**
 * Rows of a text file with separators: CSV, TSV, MovieLens, RecBole, and any other format with one row per
 * line.
 */
import { InputError, excerpt } from '../../errors';
import type { SourceFile } from '../readReport';
import { lineBlocks, LONGEST_LINE, type TextFile } from '../textFile';
import { CHECK_WRITTEN, countReplaced, type Records, type Row } from './records';

export interface DelimitedFormat {
  separator: string;
  /** Whether fields may be in double quotes, in which a doubled quote means one. */
  quoted: boolean;
  /** Whether in such fields a quote after a backslash is one too. */
  backslashes?: boolean;
  columns: readonly string[];
  /** Lines before the first row: header, and what stands above it. */
  skip: number;
  /** False for numbers from 1 in the place of names. */
  named: boolean;
  /** The published file that has this format, if the name of the file says so. */
  published?: string;
}

export function delimitedRecords(
  file: TextFile,
  format: DelimitedFormat,
  facts: SourceFile,
  said: readonly string[],
): Records {
  return {
    path: file.path,
    columns: format.columns,
    facts,
    separated: true,
    said,
    named: format.named,
    rows: (columns) =>
      rows(
        file,
        format,
        facts,
        columns.map((name) => format.columns.indexOf(name)),
      ),
  };
}

async function* rows(
  file: TextFile,
  { separator, quoted, backslashes, columns, skip, published }: DelimitedFormat,
  facts: SourceFile,
  wanted: readonly number[],
): AsyncGenerator<Row[]> {
  const fields = new FieldReader(separator, quoted, backslashes);
  // Tabs may be between empty fields.
  const blank = separator === '\t' ? /^ *$/ : /^\s*$/;
  const longest = file.limits.maxLineBytes ?? LONGEST_LINE;
  let first = 0;
  let bad: Row['invalid'];
  const fail = (line: number, problem: string): InputError =>
    new InputError(
      `${file.path} line ${line}`,
      problem,
      'Correct or remove the line; a field that contains the separator needs double quotes. If quotes are ' +
        'ordinary characters, give quote: false (--no-quotes); if a backslash precedes quotes in a field, ' +
        'backslashes: true (--backslashes)',
    );
  facts.uncompressedBytes = 0;
  facts.replacedCharacters = 0;
  for await (const { line: start, lines, invalid, bytes } of lineBlocks(file)) {
    facts.uncompressedBytes = bytes;
    const batch: Row[] = [];
    for (let k = 0; k < lines.length; k++) {
      const line = start + k;
      if (line <= skip) continue;
      const byte = invalid?.get(line);
      if (byte !== undefined) {
        countReplaced(facts, lines[k], line, byte);
        bad ??= { line, byte };
      }
      if (!fields.open) {
        if (blank.test(lines[k])) continue;
        first = line;
      }
      const problem = fields.take(lines[k]);
      if (problem !== undefined) throw fail(line, problem);
      if (fields.open) {
        if (fields.length > longest)
          throw fail(first, 'expected the quote that this line opens to be closed, got none');
        continue;
      }
      const values = fields.values;
      if (values.length !== columns.length) {
        if (published !== undefined && values.length === 1) throw notPublished(file.path, first, published);
        if (lines[k].includes('\0')) throw nulBytes(file.path, line);
        throw fail(first, wrongCount(columns, values));
      }
      batch.push({ place: `line ${first}`, cells: wanted.map((at) => values[at]), invalid: bad });
      bad = undefined;
    }
    yield batch;
  }
  if (fields.open) throw fail(first, 'expected the quote that this line opens to be closed, got the end');
}

function notPublished(path: string, line: number, published: string): InputError {
  return new InputError(
    `${path} line ${line}`,
    `expected the fields of ${published}, got one field`,
    'If the file is of another form, give separator (--separator), or rename it',
  );
}

function nulBytes(path: string, line: number): InputError {
  return new InputError(`${path} line ${line}`, 'expected text, got NUL bytes', CHECK_WRITTEN);
}

function wrongCount(columns: readonly string[], values: readonly string[]): string {
  const sole = values.length === 1 ? ` (${excerpt(values[0])})` : '';
  return `expected ${columns.length} fields as in the first line, got ${values.length}${sole}`;
}

/** Fields of one line if nothing is quoted over a line's end. */
export function splitLine(line: string, separator: string, quoted: boolean): string[] | undefined {
  const reader = new FieldReader(separator, quoted);
  return reader.take(line) === undefined && !reader.open ? reader.values : undefined;
}

/**
 * True if these lines, the first of a file, are rows of that many fields only if quotes within a field stand
 * after a backslash.
 */
export function needsBackslashes(lines: readonly string[], separator: string, fields: number): boolean {
  const fits = (backslashes: boolean): boolean => {
    const reader = new FieldReader(separator, true, backslashes);
    return lines.every(
      (line) => reader.take(line) === undefined && (reader.open || reader.values.length === fields),
    );
  };
  return lines.some((line) => line.includes('\\"')) && !fits(false) && fits(true);
}

/** Cuts lines into fields; a quoted field may go over several lines. */
class FieldReader {
  values: string[] = [];
  /** Within quotes at the end of the line. */
  open = false;
  /** Length of the open field. */
  length = 0;
  private parts: string[] = [];

  constructor(
    private readonly separator: string,
    private readonly quoted: boolean,
    private readonly backslashes = false,
  ) {}

  /** @returns what is wrong with the line. */
  take(line: string): string | undefined {
    if (this.separator === ' ') line = line.trim().replace(/ {2,}/g, ' ');
    if (!this.open && !(this.quoted && line.includes('"'))) {
      this.values = line.split(this.separator);
      return undefined;
    }
    if (this.open) this.add('\n');
    else this.values = [];
    for (let at = 0; ;) {
      if (!this.open) {
        const start = this.separator === ' ' ? at : at + /^ */.exec(line.slice(at, at + 100))![0].length;
        if (line[start] !== '"') {
          const end = line.indexOf(this.separator, at);
          this.values.push(line.slice(at, end === -1 ? undefined : end));
          if (end === -1) return undefined;
          at = end + this.separator.length;
          continue;
        }
        this.open = true;
        at = start + 1;
      }
      const end = this.nextQuote(line, at);
      this.add(this.unescaped(line.slice(at, end === -1 ? undefined : end)));
      if (end === -1) return undefined;
      at = end + 1;
      if (line[at] === '"') {
        this.add('"');
        at++;
        continue;
      }
      this.close();
      const after = line.slice(at).trimStart();
      if (after === '') return undefined;
      if (!line.startsWith(this.separator, at)) {
        if (!after.startsWith(this.separator))
          return `expected a separator after a closing quote, got ${excerpt(after)}`;
        at = line.length - after.length;
      }
      at += this.separator.length;
    }
  }

  /** Where the next quote is that no backslash makes a sign like any other; -1 if there is none. */
  private nextQuote(line: string, from: number): number {
    let at = line.indexOf('"', from);
    while (this.backslashes && at !== -1) {
      const before = /\\*$/.exec(line.slice(from, at))![0].length;
      if (before % 2 === 0) break;
      at = line.indexOf('"', at + 1);
    }
    return at;
  }

  private unescaped(text: string): string {
    return this.backslashes ? text.replace(/\\(["\\])/g, '$1') : text;
  }

  private add(part: string): void {
    this.parts.push(part);
    this.length += part.length;
  }

  private close(): void {
    this.values.push(this.parts.join(''));
    this.parts = [];
    this.length = 0;
    this.open = false;
  }
}
