/**
 * Looks through a text file (plain or gzip) before DuckDB reads it, and walks its lines where something is to
 * be explained. DuckDB is fast but takes a gzip cut at a line's end for whole, refuses a byte order mark and
 * stops at bytes that are not UTF-8; this pass finds all three at the speed of zlib. Called by the readers of
 * Amazon and own files.
 */
import { isUtf8 } from 'node:buffer';
import { closeSync, createReadStream, createWriteStream, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { InputError } from '../errors';

export interface TextFileLimits {
  /** Bytes after decompression; by default 100 times the file's size, at least 1 GiB. */
  maxUncompressedBytes?: number;
  /** Longest line in bytes; LONGEST_LINE by default. */
  maxLineBytes?: number;
}

export interface TextFileFacts {
  gzip: boolean;
  /** On disk. */
  bytes: number;
  uncompressedBytes: number;
  /** Starts with a byte order mark. */
  byteOrderMark: boolean;
  /** Holds byte sequences that are not UTF-8. */
  invalidUtf8: boolean;
}

/** 16 MiB: the buffers that DuckDB reads lines with are twice as large. */
export const LONGEST_LINE = 2 ** 24;

const CHUNK = 1 << 20;
const GIB = 2 ** 30;

/**
 * Reads the file once from end to end.
 * @throws InputError where it cannot be read, is no gzip although named so, is cut off or damaged, or is
 * beyond the limits.
 */
export async function inspectTextFile(path: string, limits: TextFileLimits = {}): Promise<TextFileFacts> {
  const bytes = sizeOf(path);
  const gzip = isGzip(path);
  const maxBytes = limits.maxUncompressedBytes ?? Math.max(GIB, 100 * bytes);
  const maxLine = limits.maxLineBytes ?? LONGEST_LINE;
  const facts: TextFileFacts = {
    gzip,
    bytes,
    uncompressedBytes: 0,
    byteOrderMark: false,
    invalidUtf8: false,
  };
  let lineBytes = 0;
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of decoded(path, gzip)) {
    if (facts.uncompressedBytes === 0) facts.byteOrderMark = startsWithMark(chunk);
    facts.uncompressedBytes += chunk.length;
    if (facts.uncompressedBytes > maxBytes) {
      throw new InputError(
        path,
        `expected at most ${maxBytes} bytes after decompression, got more (file of ${bytes} bytes)`,
        'Set maxUncompressedBytes higher if the file is right',
      );
    }
    const firstBreak = chunk.indexOf(10);
    if (lineBytes + (firstBreak === -1 ? chunk.length : firstBreak) > maxLine) {
      throw new InputError(
        path,
        `expected lines of at most ${maxLine} bytes, got a longer one that begins at byte ` +
          `${facts.uncompressedBytes - chunk.length - lineBytes}`,
        'Set maxLineBytes higher if the file is right',
      );
    }
    lineBytes = firstBreak === -1 ? lineBytes + chunk.length : chunk.length - 1 - chunk.lastIndexOf(10);
    if (!facts.invalidUtf8) {
      const text = tail.length > 0 ? Buffer.concat([tail, chunk]) : chunk;
      const whole = lastCharacterStart(text);
      facts.invalidUtf8 = !isUtf8(text.subarray(0, whole));
      tail = Buffer.from(text.subarray(whole));
    }
  }
  facts.invalidUtf8 ||= !isUtf8(tail);
  return facts;
}

/**
 * Writes the file's text as clean UTF-8: no byte order mark, bytes that are not UTF-8 as U+FFFD. Resolves to
 * how many of those there were.
 */
export async function writeRepairedCopy(
  path: string,
  to: string,
  encoding: 'utf-8' | 'latin1' = 'utf-8',
): Promise<number> {
  const decoder = new TextDecoder(encoding);
  let replaced = 0;
  const count = (text: string): string => {
    for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', at + 1)) replaced++;
    return text;
  };
  const repair = new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(null, count(decoder.decode(chunk, { stream: true }))),
    flush: (done) => done(null, count(decoder.decode())),
  });
  await pipeline(decoded(path, isGzip(path)), repair, createWriteStream(to, { flags: 'wx' }));
  return replaced;
}

/** The lines of a text file with their number from 1, without line ends and byte order mark. */
export async function* linesOf(path: string): AsyncGenerator<{ number: number; text: string }> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let number = 0;
  for await (const chunk of decoded(path, isGzip(path))) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines)
      yield { number: ++number, text: line.endsWith('\r') ? line.slice(0, -1) : line };
  }
  rest += decoder.decode();
  if (rest !== '') yield { number: ++number, text: rest.replace(/\r$/, '') };
}

/**
 * True where the content begins as gzip does. @throws InputError where the name says gzip and the content
 * does not.
 */
export function isGzip(path: string): boolean {
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

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function* decoded(path: string, gzip: boolean): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK });
  const unzip = gzip ? createGunzip({ chunkSize: CHUNK }) : undefined;
  const source: Readable = unzip ?? file;
  if (unzip) {
    file.on('error', (error) => unzip.destroy(error));
    file.pipe(unzip);
  }
  try {
    for await (const chunk of source) yield chunk as Buffer;
  } catch (cause) {
    if (!isSystemError(cause, /^Z_/)) throw isSystemError(cause, /^E/) ? unreadable(path, cause) : cause;
    const cut = cause.code === 'Z_BUF_ERROR';
    throw new InputError(
      path,
      cut
        ? 'expected a whole gzip file, got one that is cut off'
        : `expected a sound gzip file, got one that is damaged (${cause.message})`,
      'Fetch it again',
      { cause },
    );
  } finally {
    file.destroy();
    unzip?.destroy();
  }
}

function isSystemError(error: unknown, code: RegExp): error is NodeJS.ErrnoException {
  return error instanceof Error && code.test((error as NodeJS.ErrnoException).code ?? '');
}

function unreadable(path: string, cause: unknown): InputError {
  const missing = isSystemError(cause, /^ENOENT$/);
  return new InputError(
    path,
    `expected a readable file, got ${missing ? 'none' : (cause as Error).message}`,
    `Check the path and the rights of ${basename(path)}`,
    { cause },
  );
}

function startsWithMark(chunk: Buffer): boolean {
  return chunk.length >= 3 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
}

/**
 * Where the last (possibly cut) character of the buffer begins, so that what precedes can be judged alone.
 */
function lastCharacterStart(buffer: Buffer): number {
  let at = buffer.length - 1;
  while (at > 0 && at > buffer.length - 4 && (buffer[at] & 0xc0) === 0x80) at--;
  return Math.max(0, at);
}
