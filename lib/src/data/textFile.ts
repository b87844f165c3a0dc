/**
 * Text of a file (plain or gzip, any encoding) in blocks of whole lines, or in pieces if a line may be larger
 * than memory. The same pass finds what is wrong: a gzip that is cut off or damaged, bytes that
 * are not in the encoding, sizes beyond the limits.
 */
import { isUtf8 } from 'node:buffer';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { InputError } from '../errors';
import { regularFile, unreadable } from '../readableFile';

export interface TextFileLimits {
  /** Bytes after decompression; by default 100 times the file's size, at least 1 GiB. */
  maxUncompressedBytes?: number;
  /** Longest line (or record over several lines) in bytes; LONGEST_LINE by default. */
  maxLineBytes?: number;
}

export interface TextFile {
  path: string;
  /** A label of the WHATWG Encoding Standard, such as utf-8, windows-1252, utf-16le or shift_jis. */
  encoding: string;
  limits: TextFileLimits;
}

export interface TextBlock {
  /** Number, from 1, of the line that the block begins in. */
  line: number;
  text: string;
  /**
   * Byte, from 1, of the first sequence that is not UTF-8, by number of the line; each is U+FFFD in the text.
   */
  invalid?: ReadonlyMap<number, number>;
  /** Bytes of the file after decompression, up to the end of the block. */
  bytes: number;
}

export const LONGEST_LINE = 2 ** 24;

const CHUNK = 1 << 20;
/** The first bytes of its content are certainly within this many bytes of a gzip file. */
const GZIP_START = 4096;
const GIB = 2 ** 30;
const LF = 10;
const CR = 13;

/** The file with its encoding: as its byte order mark says, otherwise the one given, otherwise UTF-8. */
export function textFile(path: string, limits: TextFileLimits, encoding?: string): TextFile {
  regularFile(path);
  const given = encoding === undefined ? 'utf-8' : encodingLabel(encoding);
  return { path, limits, encoding: markedEncoding(path) ?? given };
}

/** Blocks of whole lines, the last line's end left out; lines end with LF, CRLF or CR. */
export async function* lineBlocks(file: TextFile): AsyncGenerator<TextBlock & { lines: string[] }> {
  const maxLine = file.limits.maxLineBytes ?? LONGEST_LINE;
  const cut = (buffer: Buffer): number => {
    const last = buffer.lastIndexOf(LF);
    if (buffer.length - 1 - last > maxLine) throw tooLong(file.path, maxLine);
    return last + 1;
  };
  for await (const block of blocks(withLineFeeds(asUtf8(file)), cut)) {
    const lines = block.text.split('\n');
    if (lines[lines.length - 1] === '') lines.pop();
    for (let k = 0; k < lines.length; k++) {
      const line = lines[k];
      if (line.length * 3 > maxLine && Buffer.byteLength(line) > maxLine)
        throw tooLong(file.path, maxLine, block.line + k);
      if (line.endsWith('\r')) lines[k] = line.slice(0, -1);
    }
    yield { ...block, lines };
  }
}

/** Pieces of the text as they come, cut anywhere between two characters. */
export function textPieces(file: TextFile): AsyncGenerator<TextBlock> {
  return blocks(asUtf8(file), lastCharacterStart);
}

/** Reads a file from end to end. @throws InputError as the reading of its lines does. */
export async function checkWhole(path: string, limits: TextFileLimits): Promise<void> {
  for await (const chunk of bytesOf({ path, limits, encoding: 'utf-8' })) void chunk;
}

/** Whether a file is UTF-8 from end to end; "ascii" if it is text in many other encodings as well. */
export async function isUtf8File(path: string, limits: TextFileLimits): Promise<boolean | 'ascii'> {
  let ascii = true;
  for await (const { text, invalid } of textPieces({ path, limits, encoding: 'utf-8' })) {
    if (invalid) return false;
    ascii &&= !/[^\u0000-\u007f]/.test(text);
  }
  return ascii ? 'ascii' : true;
}

/**
 * True if the content begins as gzip does. @throws InputError if the name says gzip and the content does not.
 */
function isGzip(path: string): boolean {
  const start = firstBytes(path, 2);
  const gzip = isGzipStart(start);
  if (!gzip && path.endsWith('.gz')) {
    throw new InputError(
      path,
      `expected a gzip file, got ${start.length === 0 ? 'an empty file' : 'something else'}`,
      'Fetch it again, or rename it if it is plain text',
    );
  }
  return gzip;
}

export function isGzipStart(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The first bytes of a file. */
export function firstBytes(path: string, count: number): Buffer {
  regularFile(path);
  const buffer = Buffer.alloc(count);
  try {
    const file = openSync(path, 'r');
    try {
      return buffer.subarray(0, readSync(file, buffer, 0, count, 0));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Text up to where `cut` says, each time bytes arrive; at the end of the file, whatever is left. */
async function* blocks(
  chunks: AsyncIterable<Buffer>,
  cut: (buffer: Buffer) => number,
): AsyncGenerator<TextBlock> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  let bytes = 0;
  let column = 0;
  const block = (buffer: Buffer): TextBlock => {
    const invalid = isUtf8(buffer) ? undefined : invalidBytes(buffer, line, column);
    const made = { line, text: buffer.toString('utf8'), bytes: (bytes += buffer.length), invalid };
    for (let at = buffer.indexOf(LF); at !== -1; at = buffer.indexOf(LF, at + 1)) line++;
    const last = buffer.lastIndexOf(LF);
    column = last === -1 ? column + buffer.length : buffer.length - 1 - last;
    return made;
  };
  for await (const chunk of chunks) {
    const buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const end = cut(buffer);
    if (end > 0) yield block(buffer.subarray(0, end));
    rest = buffer.subarray(end);
  }
  if (rest.length > 0) yield block(rest);
}

/** The same, with each lone carriage return (old Macs) replaced by a line feed. */
async function* withLineFeeds(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held = false;
  for await (const chunk of chunks) {
    const buffer: Buffer = held ? Buffer.concat([Buffer.of(CR), chunk]) : chunk;
    held = buffer.at(-1) === CR;
    const end = held ? buffer.length - 1 : buffer.length;
    for (let at = buffer.indexOf(CR); at !== -1 && at < end; at = buffer.indexOf(CR, at + 1))
      if (buffer[at + 1] !== LF) buffer[at] = LF;
    yield buffer.subarray(0, end);
  }
  if (held) yield Buffer.of(LF);
}

/** Bytes as UTF-8, whatever the file's encoding, without a byte order mark. */
async function* asUtf8(file: TextFile): AsyncGenerator<Buffer> {
  if (file.encoding === 'utf-8') {
    let first = true;
    for await (const chunk of bytesOf(file)) {
      yield first && startsWith(chunk, [0xef, 0xbb, 0xbf]) ? chunk.subarray(3) : chunk;
      first = false;
    }
    return;
  }
  const decoder = new TextDecoder(file.encoding, { fatal: true });
  let line = 1;
  const decode = (chunk?: Buffer): Buffer => {
    try {
      const text = Buffer.from(chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode());
      for (let at = text.indexOf(LF); at !== -1; at = text.indexOf(LF, at + 1)) line++;
      return text;
    } catch (cause) {
      throw new InputError(
        `${file.path} line ${line} or later`,
        `expected text in ${file.encoding}, got bytes that are not`,
        'Give another encoding (--encoding), or check that the file was written completely',
        { cause },
      );
    }
  };
  for await (const chunk of bytesOf(file)) yield decode(chunk);
  yield decode();
}

/** The bytes after decompression. @throws InputError for a damaged file, and beyond the limit. */
async function* bytesOf({ path, limits }: TextFile): AsyncGenerator<Buffer> {
  const { size } = regularFile(path);
  const maxBytes = limits.maxUncompressedBytes ?? Math.max(GIB, 100 * size);
  let bytes = 0;
  for await (const chunk of decompressed(path)) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new InputError(
        path,
        `expected at most ${maxBytes} bytes after decompression, got more (file of ${size} bytes)`,
        'Set maxUncompressedBytes higher if the file is right',
      );
    yield chunk;
  }
}

async function* decompressed(path: string): AsyncGenerator<Buffer> {
  const unzip = isGzip(path) ? createGunzip({ chunkSize: CHUNK }) : undefined;
  const file = createReadStream(path, { highWaterMark: CHUNK });
  const source: Readable = unzip ?? file;
  if (unzip) {
    file.on('error', (error) => unzip.destroy(error));
    file.pipe(unzip);
  }
  try {
    for await (const chunk of source) yield chunk as Buffer;
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (/^E[A-Z]/.test(code)) throw unreadable(path, cause);
    if (!code.startsWith('Z_')) throw cause;
    throw new InputError(
      path,
      code === 'Z_BUF_ERROR'
        ? 'expected a complete gzip file, got one that is cut off'
        : 'expected a sound gzip file, got one that is damaged',
      'Fetch it again',
      { cause },
    );
  } finally {
    file.destroy();
    unzip?.destroy();
  }
}

/** By line number, the place of the first byte in that line that is not UTF-8. */
function invalidBytes(buffer: Buffer, firstLine: number, column: number): Map<number, number> {
  const found = new Map<number, number>();
  for (let start = 0, line = firstLine; start <= buffer.length; line++) {
    const next = buffer.indexOf(LF, start);
    const end = next === -1 ? buffer.length : next;
    const bytes = buffer.subarray(start, end);
    if (!isUtf8(bytes)) {
      const text = bytes.toString('utf8');
      const valid = Buffer.byteLength(text.slice(0, text.indexOf('\ufffd')));
      found.set(line, valid + 1 + (start === 0 ? column : 0));
    }
    start = end + 1;
  }
  return found;
}

/**
 * Where the last (possibly cut) character of the buffer begins: what precedes it can be checked alone.
 */
function lastCharacterStart(buffer: Buffer): number {
  let at = buffer.length - 1;
  while (at > 0 && at > buffer.length - 4 && (buffer[at] & 0xc0) === 0x80) at--;
  return Math.max(0, at);
}

/** Byte order marks. That of UTF-32 begins with that of UTF-16. */
const MARKS: readonly [encoding: string, bytes: number[]][] = [
  ['utf-32', [0xff, 0xfe, 0, 0]],
  ['utf-32', [0, 0, 0xfe, 0xff]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
  ['utf-8', [0xef, 0xbb, 0xbf]],
];

/** As the byte order mark says; undefined without one. @throws InputError for UTF-32. */
function markedEncoding(path: string): string | undefined {
  const start = contentStart(path, 4);
  const marked = MARKS.find(([, bytes]) => startsWith(start, bytes))?.[0];
  if (marked === 'utf-32') throw utf32(path);
  return marked;
}

/**
 * Refuses text of two or four bytes per character that is read as if it had one, by where its NUL bytes are.
 * @throws InputError with the encoding that fits.
 */
export function checkNoNulBytes({ path, encoding }: TextFile): void {
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

/** The first bytes of a file, or of what a gzip file holds. */
export function contentStart(path: string, count: number): Buffer {
  return isGzip(path) ? unzippedStart(path).subarray(0, count) : firstBytes(path, count);
}

/** The first bytes of a gzip file's content; none if it is damaged, which reading it will report. */
function unzippedStart(path: string): Buffer {
  try {
    return gunzipSync(firstBytes(path, GZIP_START), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
}

/** The label of an encoding in the standard, by any of its names. */
export function encodingLabel(encoding: string): string {
  try {
    return new TextDecoder(encoding).encoding;
  } catch (cause) {
    throw new InputError(
      'encoding',
      `expected the name of an encoding, got "${encoding}"`,
      'For example utf-8, windows-1252, utf-16le, shift_jis or gb18030',
      { cause },
    );
  }
}

function startsWith(bytes: Uint8Array, start: number[]): boolean {
  return start.every((byte, k) => bytes[k] === byte);
}

function tooLong(path: string, maxLine: number, line?: number): InputError {
  return new InputError(
    line === undefined ? path : `${path} line ${line}`,
    `expected lines of at most ${maxLine} bytes, got a longer one`,
    'Set maxLineBytes higher if the file is right',
  );
}
