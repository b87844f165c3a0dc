/**
 * safetensors in memory, and the entry point to the rest: the one file format for weights, checkpoints and
 * item tables. Python's `safetensors` reads what is written here, and the other way round.
 */
import { headerLength, parseSafetensorsHeader } from './header';
import { decodeElements } from './types';
import { InputError } from '../../errors';
import { safetensorsParts } from './writer';
import type { NamedHostTensors } from '../types';

export { SafetensorsFile, readSafetensors } from './reader';
export { SafetensorsRowWriter, checkRows } from './rows';
export { writeSafetensors } from './writer';

/**
 * The bytes of a file holding these tensors (float32 -> F32, int32 -> I32, bool -> BOOL). Equal tensors give
 * equal bytes.
 */
export function encodeSafetensors(
  tensors: NamedHostTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const parts = safetensorsParts(tensors, metadata);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * All tensors of a file in memory, copied out of `bytes`, and its metadata. F64, F32, F16, BF16 become
 * float32; I32, I64, U8 int32; BOOL bool. @throws InputError, beginning with `where`, if the bytes are
 * damaged or hostile.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  where = 'safetensors',
): { tensors: NamedHostTensors; metadata: ReadonlyMap<string, string> } {
  const length = headerLength(where, bytes.subarray(0, 8), bytes.length);
  const header = parseSafetensorsHeader(where, bytes.subarray(8, 8 + length), bytes.length);
  const tensors: NamedHostTensors = {};
  for (const [name, { type, shape, offset, bytes: size }] of header.tensors) {
    try {
      tensors[name] = {
        shape,
        ...decodeElements(type, Uint8Array.from(bytes.subarray(offset, offset + size))),
      };
    } catch (cause) {
      throw new InputError(where, `tensor "${name}": ${(cause as Error).message}`, undefined, { cause });
    }
  }
  return { tensors, metadata: header.metadata };
}
