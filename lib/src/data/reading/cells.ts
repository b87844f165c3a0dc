/** Values of a file as ids and texts. Repairs on the way are counted. */
import { InputError, excerpt } from '../../errors';
import type { Cell, Records, Row } from '../records/records';
import { parseLiteral } from '../records/literal';
import type { CountedKind, Findings } from './findings';

/** How programs write a missing value if a format has no sign for it (pandas, R, SQL, Excel, JavaScript). */
const MISSING = new Set([
  ...['NaN', 'nan', 'NAN', 'NA', 'N/A', 'n/a', '#N/A', '#NA', '<NA>', 'NULL', 'Null', 'null', 'None'],
  ...['\\N', 'NaT', '-nan', '-NaN', 'undefined', '(no genres listed)', 'NONE', '(null)', '(NULL)'],
  ...['<null>', '<NULL>', '0000-00-00', '0000-00-00 00:00:00', 'none', 'nil', '#N/A N/A', '1.#QNAN'],
  ...['#NULL!', '#REF!', '#VALUE!', '#DIV/0!', '#NAME?', '#NUM!'],
]);

/** Signs for a missing id: of web logs, of ARFF, of SAS. A title may be one of them. */
const MISSING_ID = new Set(['-', '--', '?', '.']);

/** A list written into a field, as pandas and databases do: ['Hair', "Care"]. */
const LIST = /^\[.*\]$/s;

/** Text that a spreadsheet is to keep as it is: ="007". */
const FORMULA = /^="(.*)"$/s;

/** A number as Excel shortens it (1.23457E+12), or a whole number beyond what a float holds exactly. */
const ROUNDED = /^\d(?:[.,]\d{1,5})?E\+\d\d$|^\d(?:\.\d+)?e\+(?:1[6-9]|[2-9]\d)$|^\d{17,}\.0$/;

/** Half of a character of two UTF-16 units, as a JSON escape may leave. */
const LONE_HALF = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const LONE_HALF_ALL = new RegExp(LONE_HALF, 'g');

export class CellReader {
  constructor(
    private readonly records: Records,
    private readonly findings: Findings,
  ) {}

  /**
   * An id without spaces around it; empty if it is missing.
   * @throws InputError for a list or object, and if bytes are not text, since two ids could then become one.
   */
  id(row: Row, at: number, column: string): string {
    const { path, separated } = this.records;
    const text = this.scalar(row, at, column);
    if (separated && MISSING_ID.has(text)) return this.missing(text, row, column);
    if (!separated && (MISSING.has(text) || MISSING_ID.has(text))) this.count('missingLike', row, text);
    if (separated && LIST.test(text) && listOf(text) !== undefined)
      throw new InputError(
        `${path} ${row.place}`,
        `expected one id as ${column}, got a list (${excerpt(text)})`,
        'Write one value per row (pandas: explode)',
      );
    if (text.includes('\ufffd') && row.invalid)
      throw new InputError(
        `${path} line ${row.invalid.line}`,
        `expected UTF-8, got byte ${row.invalid.byte} that is not (${column} ${excerpt(text)})`,
        'Give the encoding, for example encoding: "windows-1252" (--encoding windows-1252)',
      );
    if (LONE_HALF.test(text))
      throw new InputError(
        `${path} ${row.place}`,
        `expected whole characters as ${column}, got ${excerpt(text)}`,
      );
    if (ROUNDED.test(text)) this.count('rounded', row, text);
    return text;
  }

  /** The same without a look at encodings, for times. */
  scalar(row: Row, at: number, column: string): string {
    const cell = row.cells[at];
    if (cell === null || cell === undefined) return '';
    if (typeof cell === 'object')
      throw new InputError(
        `${this.records.path} ${row.place}`,
        `expected text or a number as ${column}, got ${excerpt(JSON.stringify(cell))}`,
        'Write one value per row',
      );
    const text = String(cell);
    const trimmed = text.trim();
    if (trimmed !== text) this.count('trimmed', row, text);
    return this.orMissing(this.withoutFormula(trimmed, row), row, column);
  }

  /** A text, or a list of texts joined by spaces; empty if it is missing. */
  text(row: Row, at: number, column: string): string {
    const cell = row.cells[at];
    if (cell === null || cell === undefined) return '';
    const texts = textsOf(cell);
    if (texts === undefined) {
      this.count('notText', row, JSON.stringify(cell));
      return '';
    }
    let text = texts.join(' ');
    if (LONE_HALF.test(text)) {
      this.count('brokenPair', row, text);
      text = text.replace(LONE_HALF_ALL, '\ufffd');
    }
    if (typeof cell !== 'string') return text;
    const list = this.records.separated && LIST.test(text) ? listOf(text) : undefined;
    if (list !== undefined && isTexts(list)) {
      this.count('writtenList', row, text);
      return list.join(' ');
    }
    return this.orMissing(this.withoutFormula(text, row), row, column);
  }

  private withoutFormula(text: string, row: Row): string {
    const found = this.records.separated ? FORMULA.exec(text) : null;
    if (found === null) return text;
    this.count('formula', row, text);
    return found[1];
  }

  private orMissing(text: string, row: Row, column: string): string {
    return this.records.separated && MISSING.has(text) ? this.missing(text, row, column) : text;
  }

  private missing(text: string, row: Row, column: string): '' {
    this.findings.count('missingWord', this.records.facts.name, `${row.place}, ${column}`, text);
    return '';
  }

  private count(kind: CountedKind, row: Row, value: string): void {
    this.findings.count(kind, this.records.facts.name, row.place, value);
  }
}

/** A list in the notation of JSON, Python or NumPy (no commas); undefined for anything else. */
function listOf(text: string): unknown[] | undefined {
  for (const written of [text, text.replace(/(['"])\s+(?=['"])/g, '$1, ')])
    try {
      const value = parseLiteral(written);
      if (Array.isArray(value)) return value;
    } catch {
      // Another notation, or no list.
    }
  return undefined;
}

/** True for [] too. Not for a title such as [1408]. */
function isTexts(list: readonly unknown[]): list is readonly string[] {
  return list.every((value) => typeof value === 'string');
}

/** All texts of a nested list in order; undefined if anything in it is not a text. */
function textsOf(value: Cell): string[] | undefined {
  if (value === null) return [];
  if (!Array.isArray(value)) return typeof value === 'object' ? undefined : [String(value)];
  const texts = value.map(textsOf);
  return texts.includes(undefined) ? undefined : (texts as string[][]).flat();
}
