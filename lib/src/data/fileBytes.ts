/**
 * The bytes of a file, plain or gzip, with what can be wrong with them: a gzip that is cut off or damaged,
 * sizes beyond the limit.
 */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { InputError } from '../errors';
import { regularFile, unreadable } from '../readableFile';

const CHUNK = 1 << 20;
/** The first bytes of its content are certainly within this many bytes of a gzip file. */
const GZIP_START = 4096;
const GIB = 2 ** 30;

/**
 * The bytes after decompression, at most `maxUncompressedBytes` (by default 100 times the file's size, at
 * least 1 GiB). @throws InputError for a damaged file, and beyond the limit.
 */
export async function* bytesOf(path: string, maxUncompressedBytes?: number): AsyncGenerator<Buffer> {
  const { size } = regularFile(path);
  const maxBytes = maxUncompressedBytes ?? Math.max(GIB, 100 * size);
  let bytes = 0;
  for await (const chunk of decompressed(path)) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new InputError(
        path,
        `expected at most ${maxBytes} bytes after decompression, got more (file of ${size} bytes)`,
        'If the file is right, unpack it, or set maxUncompressedBytes higher',
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
