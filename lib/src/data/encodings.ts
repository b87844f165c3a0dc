/** Which encoding a text file has: by its byte order mark, by its NUL bytes, or as somebody names it. */
import { InputError } from '../errors';
import { contentStart } from './fileBytes';

/** Byte order marks. That of UTF-32 begins with that of UTF-16. */
const MARKS: readonly [encoding: string, bytes: number[]][] = [
  ['utf-32', [0xff, 0xfe, 0, 0]],
  ['utf-32', [0, 0, 0xfe, 0xff]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
  ['utf-8', [0xef, 0xbb, 0xbf]],
];

/** As the byte order mark says; undefined without one. @throws InputError for UTF-32. */
export function markedEncoding(path: string): string | undefined {
  const start = contentStart(path, 4);
  const marked = MARKS.find(([, bytes]) => startsWith(start, bytes))?.[0];
  if (marked === 'utf-32') throw utf32(path);
  return marked;
}

/**
 * Refuses text of two or four bytes per character that is read as if it had one, by where its NUL bytes are.
 * @throws InputError with the encoding that fits.
 */
export function checkNoNulBytes(path: string, encoding: string): void {
  if (encoding.startsWith('utf-16')) return;
  const start = contentStart(path, 64);
  const nulsAt = (parity: 0 | 1): number =>
    start.filter((byte, at) => byte === 0 && at % 2 === parity).length;
  const [even, odd] = [nulsAt(0), nulsAt(1)];
  if (even + odd <= start.length / 4) return;
  if (even > 0 && odd > 0) throw utf32(path);
  const likely = odd > 0 ? 'utf-16le' : 'utf-16be';
  throw new InputError(
    path,
    'expected text, got NUL bytes as in UTF-16',
    `If it is UTF-16, give encoding: "${likely}" (--encoding ${likely})`,
  );
}

function utf32(path: string): InputError {
  return new InputError(path, 'expected text, got NUL bytes as in UTF-32', 'Save it as UTF-8');
}

/** Names that Python, R and Java have for an encoding, and the standard has not. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'utf-8-sig': 'utf-8',
  'utf-8-bom': 'utf-8',
  utf16: 'utf-16',
  'latin-1': 'latin1',
  'mac-roman': 'macintosh',
  macroman: 'macintosh',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
};

/** The label of an encoding in the standard, by any of its names there, in Python, R or Java. */
export function encodingLabel(encoding: string): string {
  const dashed = encoding.trim().toLowerCase().replaceAll('_', '-');
  const windows = dashed.replace(/^windows-?(?=\d)/, 'cp');
  const names = [encoding, dashed, OTHER_NAMES[dashed], OTHER_NAMES[windows], windows];
  for (const name of names) {
    const label = name === undefined ? undefined : labelOf(name);
    if (label !== undefined) return label;
  }
  throw new InputError(
    'encoding',
    `expected the name of an encoding, got "${encoding}"`,
    'For example utf-8, windows-1252, utf-16le, shift_jis or gb18030',
  );
}

/** As the standard has it; undefined for a name that it does not know. */
function labelOf(name: string): string | undefined {
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return undefined;
  }
}

export function startsWith(bytes: Uint8Array, start: number[]): boolean {
  return start.every((byte, k) => bytes[k] === byte);
}
