/**
 * Writes safetensors files that other programs read: aside, synced, renamed, so that a reader never sees half
 * a file. Tables too large for memory are written by safetensorsRows.ts instead.
 */
import { randomBytes } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../../errors';
import { encodeSafetensorsHeader } from './header';
import { ELEMENT_BYTES, encodeBfloat16, encodeElements, WRITTEN_TYPE } from './types';
import type { NamedHostTensors } from '../types';

/** What float32 is written as. */
export type FloatType = 'F32' | 'BF16';

/**
 * The parts of a file, viewed rather than joined: header first, then each tensor's bytes in the order of the
 * header.
 */
export function safetensorsParts(
  tensors: NamedHostTensors,
  metadata: Readonly<Record<string, string>> = {},
  floats: FloatType = 'F32',
): Uint8Array[] {
  const entries = Object.entries(tensors).map(([name, tensor]) => {
    try {
      const short = floats === 'BF16' && tensor.dtype === 'float32';
      return {
        name,
        type: short ? 'BF16' : WRITTEN_TYPE[tensor.dtype],
        shape: tensor.shape,
        bytes: short ? encodeBfloat16(name, tensor) : encodeElements(name, tensor),
      };
    } catch (cause) {
      throw new InputError(
        'writeSafetensors',
        (cause as Error).message,
        'Give each tensor an array of its type and size',
        { cause },
      );
    }
  });
  // Wider elements first keep every tensor aligned; names make the bytes independent of the order of
  // insertion.
  entries.sort(
    (a, b) =>
      ELEMENT_BYTES[b.type] - ELEMENT_BYTES[a.type] || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  return [encodeSafetensorsHeader(entries, metadata), ...entries.map(({ bytes }) => bytes)];
}

/**
 * Writes tensors (float32 -> F32, int32 -> I32, bool -> BOOL) and string metadata. `floats`: BF16 rounds
 * float32 to half its bytes.
 */
export async function writeSafetensors(
  path: string,
  tensors: NamedHostTensors,
  metadata: Readonly<Record<string, string>> = {},
  floats: FloatType = 'F32',
): Promise<void> {
  const parts = safetensorsParts(tensors, metadata, floats);
  await writeAside(path, async (file) => {
    for (const part of parts) await writeAll(file, part);
  });
}

/**
 * Lets `write` fill a file beside `path`, syncs it and renames it into place; nothing is left behind where
 * `write` throws.
 */
export async function writeAside(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const aside = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  const file = await open(aside, 'wx');
  try {
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Writes all bytes, however many calls that takes: from `position`, or else where the file stands. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position?: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const length = Math.min(1 << 26, bytes.length - done);
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
