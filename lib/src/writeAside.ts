/**
 * Writes files so that a reader sees the old or the new content, never half of it: aside, synced, renamed.
 *
 * What a killed process had written aside stays as `.<name>.<process>-<random>.tmp`; the next process that
 * writes into the folder removes it.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asideName, sweepAsides } from './asides';
import { writeProblem, type WriteAdvice } from './writeProblem';

/** Largest piece that is handed to the system at once. */
const PIECE = 1 << 26;

/**
 * Writes `content`, or its parts one after another, to `file`; makes its folder. @throws InputError if the
 * system refuses.
 */
export function writeFileAtomic(
  file: string,
  content: string | Uint8Array | Iterable<Uint8Array>,
  advice?: WriteAdvice,
): void {
  const folder = dirname(file);
  let aside: string | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    sweepAsides(folder);
    const path = join(folder, asideName(basename(file)));
    const descriptor = openSync(path, 'wx', 0o644);
    aside = path;
    try {
      for (const part of partsOf(content))
        for (let done = 0; done < part.length;)
          done += writeSync(descriptor, part, done, Math.min(PIECE, part.length - done));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(aside, file);
    syncFolderSync(folder);
  } catch (error) {
    if (aside !== undefined) rmSync(aside, { force: true });
    throw writeProblem(folder, basename(file), error, advice);
  }
}

/** The same for a file that `write` fills. Errors of `write` itself come as they are. */
export async function writeAside(
  file: string,
  write: (file: FileHandle) => Promise<void>,
  advice?: WriteAdvice,
): Promise<void> {
  const folder = dirname(file);
  let aside: string | undefined;
  try {
    await mkdir(folder, { recursive: true });
    sweepAsides(folder);
    const path = join(folder, asideName(basename(file)));
    const handle = await open(path, 'wx', 0o644);
    aside = path;
    try {
      await write(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
    await syncFolder(folder);
  } catch (error) {
    if (aside !== undefined) await rm(aside, { force: true });
    throw writeProblem(folder, basename(file), error, advice);
  }
}

/** Writes all bytes, in as many calls as that takes, at `position` or at the file's current position. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position?: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const length = Math.min(PIECE, bytes.length - done);
    const at = position === undefined ? undefined : position + done;
    done += (await file.write(bytes, done, length, at)).bytesWritten;
  }
}

/** Makes a rename durable. Windows cannot open folders; there the rename is left to the file system. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** syncFolder, at once. */
export function syncFolderSync(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function partsOf(content: string | Uint8Array | Iterable<Uint8Array>): Iterable<Uint8Array> {
  if (typeof content === 'string') return [Buffer.from(content)];
  return content instanceof Uint8Array ? [content] : content;
}
