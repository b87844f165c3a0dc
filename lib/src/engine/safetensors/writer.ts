/**
 * Writes safetensors files that other programs read: aside, synced, renamed, so that a reader never sees half
 * a file. Tables too large for memory are written by rows.ts instead.
 */
import { InputError } from '../../errors';
import { writeAll, writeAside } from '../../writeAside';
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
  // Wider elements first keep every tensor aligned. Sorting by name makes the bytes independent of insertion
  // order.
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
