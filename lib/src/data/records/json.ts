/**
 * Records of JSON lines, of a JSON array, of objects written over several lines, and of Python literals in
 * any of these forms.
 */
import { InputError, excerpt } from '../../errors';
import type { SourceFile } from '../readReport';
import { lineBlocks, LONGEST_LINE, textPieces, type TextFile } from '../textFile';
import { parseLiteral } from './literal';
import { countReplaced, emptyFile, type Records, type Row } from './records';

/** Records whose keys are the columns; a key that comes up later only is not seen. */
const SAMPLE = 1000;

/** Keys that come up later are looked for in every so many records; the report names a few. */
const LATE_EVERY = 16;
const MOST_LATE = 5;

type Entry = Record<string, unknown>;
interface Text {
  line: number;
  text: string;
  invalid?: Row['invalid'];
}

/** @param said what was guessed; more is added while rows are read. */
export async function jsonRecords(file: TextFile, facts: SourceFile, said: string[]): Promise<Records> {
  const byLine = await hasRecordPerLine(file);
  const texts = byLine ? linesOf(file, facts) : elementsOf(file, facts);
  const columns = new Set<string>();
  if (!byLine) said.push('records read as elements of one JSON text, not one per line');
  let read = 0;
  let empty = true;
  sample: for await (const batch of texts) {
    empty = false;
    for (const text of batch) {
      Object.keys(parse(file.path, text)).forEach((key) => columns.add(key));
      if (++read === SAMPLE) break sample;
    }
  }
  const late = new Set<string>();
  const seeLate = (entry: Entry, line: number): void => {
    const unknown = Object.keys(entry).filter((key) => !columns.has(key) && !late.has(key));
    for (const key of unknown.slice(0, MOST_LATE - late.size)) {
      late.add(key);
      said.push(
        `${excerpt(key)} comes after ${SAMPLE} records only, such as in line ${line}, and is not read`,
      );
    }
  };
  if (read === 0) throw emptyFile(file.path, empty ? undefined : 'no records');
  return {
    path: file.path,
    columns: [...columns],
    facts,
    separated: false,
    said,
    named: true,
    rows: async function* (wanted) {
      let read = 0;
      for await (const batch of byLine ? linesOf(file, facts) : elementsOf(file, facts))
        yield batch.map((text) => {
          const entry = parse(file.path, text, wanted);
          if (++read % LATE_EVERY === 0) seeLate(entry, text.line);
          const cells = wanted.map((name) => (Object.hasOwn(entry, name) ? entry[name] : null));
          return { place: `line ${text.line}`, cells, invalid: text.invalid };
        });
    },
  };
}

/** Whether the first line is a record by itself. */
async function hasRecordPerLine(file: TextFile): Promise<boolean> {
  for await (const { text } of textPieces(file)) {
    const start = text.trimStart();
    if (start === '') continue;
    if (start.startsWith('[')) return false;
    const [line] = start.split('\n', 1);
    if (isRecord(line) || !start.startsWith('{')) return true;
    // Several records, one after the other, or a damaged one.
    return line.trimEnd().endsWith('}') && !/\}\s*\{/.test(line);
  }
  return true;
}

function isRecord(text: string): boolean {
  try {
    parseLiteral(text);
    return true;
  } catch {
    return false;
  }
}

async function* linesOf(file: TextFile, facts: SourceFile): AsyncGenerator<Text[]> {
  facts.replacedCharacters = 0;
  for await (const { line: start, lines, invalid, bytes } of lineBlocks(file)) {
    facts.uncompressedBytes = bytes;
    const texts: Text[] = [];
    for (let k = 0; k < lines.length; k++) {
      const byte = invalid?.get(start + k);
      if (byte !== undefined) countReplaced(facts, lines[k], start + k, byte);
      if (lines[k].trim() !== '')
        texts.push({
          line: start + k,
          text: lines[k],
          invalid: byte === undefined ? undefined : { line: start + k, byte },
        });
    }
    yield texts;
  }
}

/** The objects of an array, or of a file that has one after the other, wherever lines end. */
async function* elementsOf(file: TextFile, facts: SourceFile): AsyncGenerator<Text[]> {
  const longest = file.limits.maxLineBytes ?? LONGEST_LINE;
  const fail = (line: number, expected: string, got: string): InputError =>
    new InputError(
      `${file.path} line ${line}`,
      `expected ${expected}, got ${got}`,
      'The file needs a list of objects, or one object per line (pandas: orient="records", lines=True)',
    );
  let state: 'start' | 'between' | 'end' = 'start';
  let array = false;
  let depth = 0;
  let quote = '';
  let escaped = false;
  let current = { line: 1, parts: [] as string[], length: 0, invalid: undefined as Row['invalid'] };
  facts.replacedCharacters = 0;
  for await (const { line: firstLine, text, invalid, bytes } of textPieces(file)) {
    facts.uncompressedBytes = bytes;
    const [bad] = invalid ?? [];
    if (bad) countReplaced(facts, text, ...bad);
    const texts: Text[] = [];
    let line = firstLine;
    let begin = depth > 0 ? 0 : -1;
    const keep = (end: number): void => {
      const part = text.slice(begin, end);
      current.parts.push(part);
      current.length += part.length;
      if (bad) current.invalid ??= { line: bad[0], byte: bad[1] };
      if (current.length > longest)
        throw fail(current.line, `a record of at most ${longest} bytes that ends`, 'a longer one');
    };
    let within = depth > 0;
    let at: number = escaped ? 1 : 0;
    for (escaped = false; at < text.length;) {
      const pattern = within ? WITHIN : BETWEEN;
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      if (found === null) break;
      const sign = found[0];
      at = found.index + 1;
      if (sign === '\n') line++;
      else if (within) {
        if (quote !== '') {
          if (sign === '\\') escaped = ++at > text.length;
          else if (sign === quote) quote = '';
        } else if (sign === '"' || sign === "'") quote = sign;
        else if (sign === '{' || sign === '[') depth++;
        else if (sign !== '\\' && --depth === 0) {
          keep(at);
          texts.push({ line: current.line, text: current.parts.join(''), invalid: current.invalid });
          begin = -1;
          within = false;
        }
      } else if (state === 'end')
        throw fail(line, 'the end after the list', excerpt(text.slice(at - 1, at + 60)));
      else if (sign === '[' && state === 'start') array = true;
      else if (sign === ']' && array) state = 'end';
      else if (sign === '{') {
        current = { line, parts: [], length: 0, invalid: undefined };
        begin = at - 1;
        depth = 1;
        within = true;
      } else if (!(sign === ',' && state === 'between'))
        throw fail(line, 'a JSON object', excerpt(text.slice(at - 1, at + 60)));
      if (state === 'start') state = 'between';
    }
    if (begin >= 0) keep(text.length);
    yield texts;
  }
  if (depth > 0) throw fail(current.line, 'the object that begins here to end', 'the end of the file');
  if (array && state !== 'end') throw fail(1, 'the list that begins here to end', 'the end of the file');
}

const WITHIN = /["'{}[\]\\\n]/g;
const BETWEEN = /\S|\n/g;

/** @throws InputError naming the line. */
function parse(path: string, { line, text }: Text, once: readonly string[] = []): Entry {
  const fail = (problem: string): InputError =>
    new InputError(
      `${path} line ${line}`,
      problem,
      'The file needs one JSON object per line, or a list of objects',
    );
  let value: unknown;
  try {
    value = needsCare(text, once) ? parseLiteral(text, once) : JSON.parse(text);
  } catch {
    value = literal(text, once, fail);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw fail(`expected a JSON object, got ${excerpt(text)}`);
  return value as Entry;
}

/** Where JSON.parse would round a number, take Python for damaged, or not see that a key comes twice. */
function needsCare(text: string, once: readonly string[]): boolean {
  if (/\d{16}/.test(text) || /^\s*\{\s*u?'/.test(text)) return true;
  return once.some((name) => {
    const key = `"${name}"`;
    const at = text.indexOf(key);
    return at !== -1 && text.includes(key, at + key.length);
  });
}

function literal(text: string, once: readonly string[], fail: (problem: string) => InputError): unknown {
  try {
    return parseLiteral(text, once);
  } catch (cause) {
    const detail = /^\s*\{\s*["'u}]/.test(text) ? ` (${(cause as Error).message})` : '';
    throw fail(`expected a JSON object, got ${excerpt(text)}${detail}`);
  }
}
