/**
 * Downloads one file, whole and checked, or not at all. Resumes an interrupted download, retries with
 * back-off, checks length and content, writes aside (`<file>.part`), syncs and renames. Knows neither domains
 * nor models.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../errors';
import { systemCode, writeProblem } from '../../writeProblem';
import { type Format, formatProblem } from './format';
import { hashFile, mismatch, type FileHashes } from './hashFile';
import { fewestBytes, PermanentError, RangeRefusedError, requestFrom, type Body } from './request';

/** What the file has to be. Everything given is checked. */
export interface Expected extends Partial<FileHashes> {
  format?: Format;
}

/** How far the download of one file is. */
export interface DownloadProgress {
  url: string;
  path: string;
  bytes: number;
  /** Undefined if the server does not say. */
  total?: number;
  /** Over this attempt. */
  bytesPerSecond: number;
  secondsLeft?: number;
}

export interface DownloadOptions {
  expected?: Expected;
  /** Called as bytes come. */
  onProgress?: (progress: DownloadProgress) => void;
  /** A line for people about a retry. */
  onNotice?: (line: string) => void;
  /** Attempts in a row that bring hardly a new byte before giving up; 5 by default. */
  attempts?: number;
  /** First wait between attempts; doubles up to 60 times as much. 1,000 by default. */
  backOffMs?: number;
  /** Milliseconds below 256 bytes per second after which an attempt is given up; 30,000 by default. */
  stallMs?: number;
  /** Of a file whose length neither we know nor the server says; 64 GiB by default. */
  mostBytes?: number;
  signal?: AbortSignal;
}

const IN_FOLDER = {
  full: 'Free some space and run again; it resumes where it stopped',
  another: 'name another folder with --to',
};
const MOST_BYTES = 64 * 2 ** 30;
const STALL_MS = 30_000;

/** What the part file is the beginning of; kept beside it. */
interface PartInfo {
  url: string;
  /** ETag or Last-Modified: a part is continued only if the server still has this. */
  validator?: string;
  total?: number;
}

/**
 * Bytes and SHA-256 of the file that is now at `path`. @throws InputError if it cannot be had, with what to
 * do.
 */
export async function download(
  url: string,
  path: string,
  options: DownloadOptions = {},
): Promise<{ bytes: number; sha256: string }> {
  const { attempts = 5, backOffMs = 1000, stallMs = STALL_MS, onNotice } = options;
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (cause) {
    throw writeProblem(dirname(path), basename(path), cause, IN_FOLDER);
  }
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
      // A connection may be refused with the codes of a file.
      if ((error as NodeJS.ErrnoException).syscall !== 'connect') {
        const problem = writeProblem(dirname(path), basename(path), error, IN_FOLDER);
        if (problem !== error) throw problem;
      }
      if (error instanceof DamagedError) {
        // A damaged part is worth nothing: start over, once.
        await removePart(path);
        if (++damaged > 1)
          throw new InputError(url, `${error.message}, twice`, 'Try another mirror', { cause: error });
        onNotice?.(`${url}: ${error.message}; starting over`);
        continue;
      }
      if (error instanceof EndlessError) await removePart(path);
      if (error instanceof PermanentError)
        throw new InputError(url, error.message, error.advice, { cause: error });
      if (error instanceof RangeRefusedError) await removePart(path);
      failures = (await partSize(path)) - before >= fewestBytes(stallMs) ? 1 : failures + 1;
      if (failures >= attempts) {
        throw new InputError(
          url,
          `expected the file, got ${attempts} failures in a row (${messageOf(error)})`,
          'Run again later: it resumes where it stopped',
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

/** Leaves `<path>.part` complete as far as the server's length says, or throws, keeping what was received. */
async function continuePart(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { stallMs = STALL_MS, signal } = options;
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
        'The file has changed at its source, or the mirror has a different one',
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
  { onProgress, expected, mostBytes = MOST_BYTES }: DownloadOptions,
): Promise<void> {
  const file = await open(`${path}.part`, 'a');
  const begun = performance.now();
  const most = expected?.bytes ?? body.total ?? mostBytes;
  let bytes = start;
  try {
    for await (const chunk of body.chunks) {
      bytes += chunk.length;
      if (bytes > most)
        throw new EndlessError(`expected at most ${most} bytes, got more`, 'Try another mirror');
      await file.writeFile(chunk);
      const bytesPerSecond = (bytes - start) / Math.max(1e-3, (performance.now() - begun) / 1000);
      const secondsLeft = body.total === undefined ? undefined : (body.total - bytes) / bytesPerSecond;
      onProgress?.({ url, path, bytes, total: body.total, bytesPerSecond, secondsLeft });
    }
    await file.sync();
  } catch (error) {
    // Of a file without a known end the part would fill the disk again.
    if (systemCode(error) === 'ENOSPC' && body.total === undefined && expected?.bytes === undefined)
      await removePart(path);
    throw error;
  } finally {
    await file.close();
  }
  if (body.total !== undefined && bytes < body.total)
    throw new Error(`the connection ended at byte ${bytes} of ${body.total}`);
}

class DamagedError extends Error {}

/** More comes than the file can have. */
class EndlessError extends PermanentError {}

async function checkPart(path: string, expected: Expected): Promise<{ bytes: number; sha256: string }> {
  const part = `${path}.part`;
  if (!existsSync(part)) await writeFile(part, '');
  const got = (await hashFile(part))!;
  const problem = mismatch(got, expected);
  if (problem !== undefined) throw new DamagedError(problem);
  // Where a hash is known it has decided.
  if (expected.format !== undefined && !isPinned(expected)) {
    const other = await formatProblem(part, expected.format);
    if (other !== undefined) throw new DamagedError(other);
  }
  return { bytes: got.bytes, sha256: got.sha256 };
}

/** Whether a hash says which file it has to be. */
export function isPinned({ sha256, gitBlob }: Expected): boolean {
  return sha256 !== undefined || gitBlob !== undefined;
}

async function requireRoom(path: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize < bytes) {
    throw new PermanentError(
      `expected space for ${bytes} bytes in ${dirname(path)}, got ${bavail * bsize}`,
      'Free some space and run again',
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
