/**
 * The header of a safetensors file: 8 bytes of length, JSON, then the tensors' bytes without gaps. Every
 * number in it is checked against the file's size before it is used to allocate anything.
 */
import { InputError } from '../../errors';
import { scanSafetensorsHeader } from './scanner';
import { ELEMENT_BYTES } from './types';

/** The reference implementation refuses longer headers too. */
export const MAX_HEADER_BYTES = 100_000_000;

const CONVERT =
  'Convert it where you trust it: in Python, with safetensors.numpy.save_file or safetensors.torch.save_file';
/** Files that people take for safetensors, by how they begin. */
const OTHER_KINDS: readonly [start: RegExp, what: string, advice: string][] = [
  [/^\x93NUMPY/, 'a NumPy array (.npy)', CONVERT],
  [/^PK\x03\x04/, 'a ZIP archive, as NumPy (.npz) and PyTorch (.pt, .bin) write', CONVERT],
  [/^\x80[\x02-\x05]/, 'a Python pickle', CONVERT],
  [/^\x89HDF/, 'an HDF5 file', CONVERT],
  [/^GGUF/, 'a GGUF file', CONVERT],
  [/^\x1f\x8b/, 'a gzip file', 'Unpack it'],
  [/^version /, 'a pointer of Git LFS', 'Fetch the file itself (git lfs pull)'],
  [/^\s*</, 'a web page', 'Download the file itself'],
  [/^[\t\n\r\x20-\x7e]{8}$/, 'text', CONVERT],
];

function otherKind(first8: Uint8Array): { what: string; advice: string } | undefined {
  const start = Buffer.from(first8).toString('latin1');
  const found = OTHER_KINDS.find(([pattern]) => pattern.test(start));
  return found && { what: found[1], advice: found[2] };
}

/** A tensor as stored: type by its safetensors name, shape, and the place of its bytes in the file. */
export interface StoredTensor {
  readonly type: string;
  readonly shape: readonly number[];
  /** First byte, counted from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Where the tensors' bytes begin: 8 + the length of the JSON. */
  readonly dataStart: number;
}

/**
 * The length of the JSON from the file's first 8 bytes. @throws InputError if it is impossible for a file of
 * this size.
 */
export function headerLength(where: string, first8: Uint8Array, fileSize: number): number {
  if (fileSize < 8 || first8.length < 8)
    throw refused(where, `expected at least 8 bytes, got a file of ${fileSize}`);
  const length = new DataView(first8.buffer, first8.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(fileSize - 8)) {
    const other = otherKind(first8);
    if (other !== undefined)
      throw new InputError(where, `expected a safetensors file, got ${other.what}`, other.advice);
    throw refused(
      where,
      `expected a header within the file of ${fileSize} bytes, got a header length of ${length}`,
    );
  }
  if (length > BigInt(MAX_HEADER_BYTES))
    throw refused(where, `expected a header of at most ${MAX_HEADER_BYTES} bytes, got ${length}`);
  return Number(length);
}

/** Reads and checks the JSON. @throws InputError naming the tensor at fault. */
export function parseSafetensorsHeader(where: string, json: Uint8Array, fileSize: number): SafetensorsHeader {
  const dataStart = 8 + json.length;
  const dataBytes = fileSize - dataStart;
  let declared;
  try {
    if (json[0] !== 0x7b) throw new Error('expected "{" as the first character of the header');
    declared = scanSafetensorsHeader(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json));
  } catch (cause) {
    throw refused(where, (cause as Error).message, cause);
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, begin, end }] of declared.tensors) {
    const label = `tensor ${JSON.stringify(name)}`;
    const width = ELEMENT_BYTES[dtype];
    if (width === undefined)
      throw refused(
        where,
        `${label}: expected one of the types ${Object.keys(ELEMENT_BYTES).join(', ')}, got ` +
          `${JSON.stringify(dtype)}`,
      );
    if (begin > end || end > dataBytes) {
      throw refused(
        where,
        `${label}: expected offsets within the ${dataBytes} bytes of data, got [${begin}, ${end}]`,
      );
    }
    const bytes = byteSize(shape, width, dataBytes);
    if (bytes !== end - begin) {
      throw refused(
        where,
        `${label}: expected ${bytes ?? "fewer than the file's"} bytes for ${dtype} ` +
          `[${shape.join(', ')}], got offsets for ${end - begin}`,
      );
    }
    tensors.set(name, { type: dtype, shape, offset: dataStart + begin, bytes });
  }
  // Of tensors that share an offset, empty ones come first: they begin and end where their neighbour begins.
  const inOrder = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes);
  let next = dataStart;
  for (const [name, { offset, bytes }] of inOrder) {
    if (offset !== next)
      throw refused(
        where,
        `tensor ${JSON.stringify(name)}: expected to begin at byte ${next - dataStart} of the data, ` +
          `where the one before ends, got ${offset - dataStart}`,
      );
    next = offset + bytes;
  }
  if (next !== fileSize)
    throw refused(where, `expected ${next} bytes in all by the header, got a file of ${fileSize}`);
  return { metadata: declared.metadata, tensors, dataStart };
}

/** What a header is made from: tensors in the order of their bytes. */
export interface HeaderEntry {
  name: string;
  type: string;
  shape: readonly number[];
}

/** Length and JSON of a new file, padded with spaces so that the data begins at a multiple of 8. */
export function encodeSafetensorsHeader(
  entries: readonly HeaderEntry[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const parts: string[] = [];
  if (Object.keys(metadata).length > 0) parts.push(`"__metadata__":${JSON.stringify(metadata)}`);
  const names = new Set<string>(['__metadata__', '__proto__']);
  let begin = 0;
  for (const { name, type, shape } of entries) {
    if (names.has(name))
      throw new InputError(
        'safetensors',
        `expected different tensor names other than __metadata__ and __proto__, got ${JSON.stringify(name)}`,
        'Rename it',
      );
    names.add(name);
    const end = begin + shape.reduce((product, d) => product * d, ELEMENT_BYTES[type]);
    parts.push(
      `${JSON.stringify(name)}:${JSON.stringify({ dtype: type, shape, data_offsets: [begin, end] })}`,
    );
    begin = end;
  }
  const json = new TextEncoder().encode(`{${parts.join(',')}}`);
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, 8);
  return bytes;
}

/** Bytes of a shape; undefined if they exceed `limit`. Stops before a product could lose precision. */
function byteSize(shape: readonly number[], width: number, limit: number): number | undefined {
  if (shape.includes(0)) return 0;
  let bytes = width;
  for (const d of shape) {
    bytes *= d;
    if (bytes > limit) return undefined;
  }
  return bytes;
}

function refused(where: string, problem: string, cause?: unknown): InputError {
  return new InputError(
    where,
    problem,
    'The file is damaged or not a safetensors file: fetch or write it again',
    cause === undefined ? undefined : { cause },
  );
}
