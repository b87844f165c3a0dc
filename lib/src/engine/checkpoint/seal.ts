/**
 * The SHA-256 that a checkpoint carries within itself. It is taken over the whole file with the hash's own 64
 * digits as zeros, so header, metadata and tensors are all covered and one file is enough.
 */
import { createHash } from 'node:crypto';
import { safetensorsParts } from '../safetensors/writer';
import type { NamedHostTensors } from '../types';

const ZEROS = '0'.repeat(64);
/**
 * The seal is the first metadata entry, so it is at the same place in every file: after the 8 bytes of length
 * and this text.
 */
const BEFORE = '{"__metadata__":{"sha256":"';
const SEAL_START = 8 + BEFORE.length;
const SEAL_END = SEAL_START + ZEROS.length;

/** The parts of a sealed safetensors file, in order. */
export function sealedParts(
  tensors: NamedHostTensors,
  metadata: Readonly<Record<string, string>>,
): Uint8Array[] {
  const parts = safetensorsParts(tensors, { sha256: ZEROS, ...metadata });
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  Buffer.from(hash.digest('hex')).copy(parts[0], SEAL_START);
  return parts;
}

/** What is wrong with a sealed file; undefined if its seal is right. */
export function sealProblem(file: Uint8Array): string | undefined {
  const found = Buffer.from(file.subarray(SEAL_START, SEAL_END)).toString('latin1');
  if (
    Buffer.from(file.subarray(8, SEAL_START)).toString('latin1') !== BEFORE ||
    !/^[0-9a-f]{64}$/.test(found)
  ) {
    return `expected a checkpoint with a seal, got ${file.length} bytes that begin otherwise`;
  }
  const hash = createHash('sha256')
    .update(file.subarray(0, SEAL_START))
    .update(ZEROS)
    .update(file.subarray(SEAL_END));
  const computed = hash.digest('hex');
  return computed === found
    ? undefined
    : `expected the SHA-256 ${found.slice(0, 12)}..., got ${computed.slice(0, 12)}...: the file is ` +
        'truncated or damaged';
}
