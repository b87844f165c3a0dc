/** Length and hashes of a file in one pass. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

export interface FileHashes {
  bytes: number;
  sha256: string;
  /** Git's object id of the content: SHA-1 over "blob <bytes>\0" and the bytes. */
  gitBlob: string;
}

/** Undefined if there is no such file. */
export async function hashFile(path: string): Promise<FileHashes | undefined> {
  const bytes = await stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
  if (bytes === undefined) return undefined;
  const sha256 = createHash('sha256');
  const gitBlob = createHash('sha1').update(`blob ${bytes}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    sha256.update(chunk as Buffer);
    gitBlob.update(chunk as Buffer);
  }
  return { bytes, sha256: sha256.digest('hex'), gitBlob: gitBlob.digest('hex') };
}

/**
 * The first of the given expectations that the file does not meet, in words; undefined if it meets them all.
 */
export function mismatch(file: FileHashes, expected: Partial<FileHashes>): string | undefined {
  for (const check of ['bytes', 'sha256', 'gitBlob'] as const) {
    const wanted = expected[check];
    if (wanted !== undefined && file[check] !== wanted)
      return `expected ${check} ${wanted}, got ${file[check]}`;
  }
  return undefined;
}
