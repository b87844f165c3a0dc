/**
 * What was fetched into a folder, with checksums (`checksums.json`). A listed file that still has its length
 * and hash is not fetched again.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../writeAside';
import { download, isPinned, type DownloadOptions, type Expected } from './download';
import { formatProblem } from './format';
import { hashFile, mismatch, type FileHashes } from './hashFile';

/** A file of the folder, and what it was fetched as. */
export interface FetchedFile {
  /** Path within the folder. */
  name: string;
  url: string;
  bytes: number;
  sha256: string;
}

type Checksums = Record<string, Omit<FetchedFile, 'name'>>;

/**
 * Makes sure that `folder/name` is there and whole: as the hashes expected, if there are any, otherwise as it
 * was when it was listed. One that is there without either is someone's own: it is left, and listed with its
 * hash, if it is sound. `again`: fetched in any case.
 */
export async function ensureFile(
  folder: string,
  name: string,
  url: string,
  { again = false, ...options }: DownloadOptions & { again?: boolean },
): Promise<FetchedFile & { fresh: boolean }> {
  const path = join(folder, name);
  const listed = (await readChecksums(folder))[name];
  const present = again ? undefined : await hashFile(path);
  if (present !== undefined) {
    const problem = await problemOf(path, present, options.expected ?? {}, listed?.sha256);
    if (problem === undefined) {
      const file = { name, url: listed?.url ?? url, bytes: present.bytes, sha256: present.sha256 };
      if (listed?.sha256 !== present.sha256) await record(folder, file);
      return { ...file, fresh: false };
    }
    options.onNotice?.(`${path} is not the expected file (${problem}); fetching it again`);
  }
  const file = { name, url, ...(await download(url, path, options)) };
  await record(folder, file);
  return { ...file, fresh: true };
}

/** Why a file that is there will not do; undefined if it will. */
async function problemOf(
  path: string,
  present: FileHashes,
  { format, ...hashes }: Expected,
  listed: string | undefined,
): Promise<string | undefined> {
  if (isPinned(hashes)) return mismatch(present, hashes);
  if (listed !== undefined) return mismatch(present, { sha256: listed });
  return mismatch(present, hashes) ?? (format && (await formatProblem(path, format)));
}

async function readChecksums(folder: string): Promise<Checksums> {
  try {
    return JSON.parse(await readFile(join(folder, 'checksums.json'), 'utf8')) as Checksums;
  } catch {
    // None yet. It is written whole or not at all, so it cannot be cut off.
    return {};
  }
}

async function record(folder: string, { name, ...facts }: FetchedFile): Promise<void> {
  const all = { ...(await readChecksums(folder)), [name]: facts };
  writeFileAtomic(join(folder, 'checksums.json'), `${JSON.stringify(all, null, 2)}\n`);
}
