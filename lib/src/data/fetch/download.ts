/**
 * Downloads one file so that it is there whole and checked, or not at all: resumes what an interrupted run
 * left, retries with back-off, checks length and content, writes aside (`<file>.part`), syncs and renames.
 * Called by fetchDomain.ts and fetchModel.ts; knows neither domains nor models.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../errors';
import { checkWhole, firstBytes, isGzipStart } from '../textFile';
import { hashFile, mismatch, type FileHashes } from './hashFile';
import { PermanentError, RangeRefusedError, requestFrom, type Body } from './request';

/** What the file has to be. Everything given is checked. */
export interface Expected extends Partial<FileHashes> {
  /** A gzip file: decoded once, so that its own checksum decides. */
  gzip?: boolean;
}

export interface DownloadProgress {
  url: string;
  path: string;
  bytes: number;
  /** Undefined where the server does not say. */
  total?: number;
  /** Over this attempt. */
  bytesPerSecond: number;
  secondsLeft?: number;
}

export interface DownloadOptions {
  expected?: Expected;
  onProgress?: (progress: DownloadProgress) => void;
  /** A line for people about a retry. */
  onNotice?: (line: string) => void;
  /** Attempts in a row that bring no new byte before giving up; 5 by default. */
  attempts?: number;
  /** First wait between attempts; doubles up to 60 times as much. 1,000 by default. */
  backOffMs?: number;
  /** An attempt without a byte for this long is given up; 30,000 by default. */
  stallMs?: number;
  signal?: AbortSignal;
}

/** What the part file is the beginning of; kept beside it. */
interface PartInfo {
  url: string;
  /** ETag or Last-Modified: a part is only continued where the server still has this. */
  validator?: string;
  total?: number;
}

/**
 * Bytes and SHA-256 of the file that is now at `path`. @throws InputError where it cannot be had, with what
 * to do.
 */
export async function download(
  url: string,
  path: string,
  options: DownloadOptions = {},
): Promise<{ bytes: number; sha256: string }> {
  const { attempts = 5, backOffMs = 1000, onNotice } = options;
  await mkdir(dirname(path), { recursive: true });
  let [failures, damaged] = [0, 0];
  for (;;) {
    const before = await partSize(path);
    try {
      await continuePart(url, path, options);
      const facts = await checkPart(path, options.expected ?? {});
      await rename(`${path}.part`, path);
      await rm(`${path}.part.json`, { force: true });
      return facts;
    } catch (error) {
      options.signal?.throwIfAborted();
      const outOfSpace = (error as NodeJS.ErrnoException).code === 'ENOSPC';
      if (outOfSpace)
        throw new InputError(
          path,
          'expected room on the disk, got none',
          'Make room and run again; it goes on where it stopped',
          { cause: error },
        );
      if (error instanceof DamagedError) {
        // A damaged part is worth nothing: start over, once.
        await removePart(path);
        if (++damaged > 1)
          throw new InputError(url, `${error.message}, twice`, 'Try another mirror', { cause: error });
        onNotice?.(`${url}: ${error.message}; starting over`);
        continue;
      }
      if (error instanceof PermanentError)
        throw new InputError(url, error.message, error.advice, { cause: error });
      if (error instanceof RangeRefusedError) await removePart(path);
      failures = (await partSize(path)) > before ? 1 : failures + 1;
      if (failures >= attempts) {
        throw new InputError(
          url,
          `expected the file, got ${attempts} failures in a row (${messageOf(error)})`,
          'Run again later: it goes on where it stopped',
          { cause: error },
        );
      }
      const wait = Math.max(
        backOffMs * 2 ** Math.min(failures - 1, 6),
        (error as { retryAfterMs?: number }).retryAfterMs ?? 0,
      );
      onNotice?.(`${url}: ${messageOf(error)}; trying again in ${(wait / 1000).toFixed(1)} s`);
      await sleep(wait, undefined, { signal: options.signal });
    }
  }
}

/** Leaves `<path>.part` complete as far as the server's length says, or throws with what came so far kept. */
async function continuePart(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { stallMs = 30_000, signal } = options;
  const known = await readPartInfo(path, url);
  const have = known ? await partSize(path) : 0;
  if (known?.total !== undefined && have === known.total) return;
  const body = await requestFrom(url, { from: have, validator: known?.validator, stallMs, signal });
  try {
    const continues =
      have > 0 && body.from === have && (known?.total === undefined || body.total === known.total);
    if (have > 0 && body.from > 0 && !continues) {
      await removePart(path);
      throw new Error(
        `the server continued at byte ${body.from} of ${String(body.total)}, expected ${have} of ` +
          `${String(known?.total)}`,
      );
    }
    const wanted = options.expected?.bytes;
    if (wanted !== undefined && body.total !== undefined && body.total !== wanted) {
      throw new PermanentError(
        `expected a file of ${wanted} bytes, got one of ${body.total}`,
        'The file has changed at its source, or the mirror has another one',
      );
    }
    const start = continues ? have : 0;
    await requireRoom(path, (body.total ?? 0) - start);
    const info: PartInfo = { url, validator: body.validator, total: body.total };
    if (!continues) await rm(`${path}.part`, { force: true });
    await writeFile(`${path}.part.json`, JSON.stringify(info));
    await append(body, url, path, start, options);
  } finally {
    body.close();
  }
}

async function append(
  body: Body,
  url: string,
  path: string,
  start: number,
  { onProgress }: DownloadOptions,
): Promise<void> {
  const file = await open(`${path}.part`, 'a');
  const begun = performance.now();
  let bytes = start;
  try {
    for await (const chunk of body.chunks) {
      await file.writeFile(chunk);
      bytes += chunk.length;
      if (body.total !== undefined && bytes > body.total)
        throw new DamagedError(`expected ${body.total} bytes, got more`);
      const bytesPerSecond = (bytes - start) / Math.max(1e-3, (performance.now() - begun) / 1000);
      const secondsLeft = body.total === undefined ? undefined : (body.total - bytes) / bytesPerSecond;
      onProgress?.({ url, path, bytes, total: body.total, bytesPerSecond, secondsLeft });
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (body.total !== undefined && bytes < body.total)
    throw new Error(`the connection ended at byte ${bytes} of ${body.total}`);
}

class DamagedError extends Error {}

async function checkPart(path: string, expected: Expected): Promise<{ bytes: number; sha256: string }> {
  const part = `${path}.part`;
  if (!existsSync(part)) await writeFile(part, '');
  const got = (await hashFile(part))!;
  const problem = mismatch(got, expected);
  if (problem !== undefined) throw new DamagedError(problem);
  if (expected.gzip) {
    if (!isGzipStart(firstBytes(part, 2)))
      throw new DamagedError('expected a gzip file, got something else (a page of a web site?)');
    try {
      await checkWhole(part, { maxUncompressedBytes: Infinity, maxLineBytes: Infinity });
    } catch (cause) {
      throw new DamagedError(`expected a sound gzip file, got ${got.bytes} bytes that do not decode`, {
        cause,
      });
    }
  }
  return { bytes: got.bytes, sha256: got.sha256 };
}

async function requireRoom(path: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize < bytes) {
    throw new PermanentError(
      `expected room for ${bytes} bytes in ${dirname(path)}, got ${bavail * bsize}`,
      'Make room and run again',
    );
  }
}

async function partSize(path: string): Promise<number> {
  return stat(`${path}.part`).then(
    ({ size }) => size,
    () => 0,
  );
}

async function readPartInfo(path: string, url: string): Promise<PartInfo | undefined> {
  try {
    const info = JSON.parse(await readFile(`${path}.part.json`, 'utf8')) as PartInfo;
    return info.url === url ? info : undefined;
  } catch {
    // None, or cut off by a kill: the part is not continued then.
    return undefined;
  }
}

async function removePart(path: string): Promise<void> {
  await rm(`${path}.part`, { force: true });
  await rm(`${path}.part.json`, { force: true });
}

function messageOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message;
}
