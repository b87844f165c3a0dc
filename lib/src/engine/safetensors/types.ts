/**
 * Element types of safetensors files and what they become in JavaScript. Half precisions become float32
 * exactly, doubles rounded; 64-bit integers become int32 if every value fits.
 */
import type { DType, HostArray, HostTensor } from '../types';

/** Bytes per element of every type that a header may declare. */
export const ELEMENT_BYTES: Readonly<Record<string, number>> = Object.assign(Object.create(null) as object, {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
});

/** The type written for each of the engine's types. */
export const WRITTEN_TYPE: Readonly<Record<DType, string>> = { float32: 'F32', int32: 'I32', bool: 'BOOL' };

/** The types whose values can be read; the others of ELEMENT_BYTES can only be listed. */
const READABLE_TYPES = ['F64', 'F32', 'F16', 'BF16', 'I32', 'I64', 'U8', 'BOOL'] as const;

/**
 * The engine's form of raw little-endian elements: F64, F32, F16, BF16 -> float32; I32, I64, U8 -> int32;
 * BOOL -> bool (0 or 1). Throws a plain Error for an unreadable type, an I64 beyond 32 bits, or a BOOL that
 * is neither 0 nor 1.
 *
 * `bytes` may be viewed, not copied: its buffer must not be reused.
 */
export function decodeElements(type: string, bytes: Uint8Array): { dtype: DType; data: HostArray } {
  const { buffer, byteOffset, byteLength } = bytes;
  switch (type) {
    case 'F64':
      return {
        dtype: 'float32',
        data: Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8)),
      };
    case 'F32':
      return { dtype: 'float32', data: new Float32Array(buffer, byteOffset, byteLength / 4) };
    case 'I32':
      return { dtype: 'int32', data: new Int32Array(buffer, byteOffset, byteLength / 4) };
    case 'F16':
      return {
        dtype: 'float32',
        data: halvesToFloats(new Uint16Array(buffer, byteOffset, byteLength / 2), HALF),
      };
    case 'BF16':
      return {
        dtype: 'float32',
        data: halvesToFloats(new Uint16Array(buffer, byteOffset, byteLength / 2), BRAIN),
      };
    case 'U8':
      return { dtype: 'int32', data: Int32Array.from(bytes) };
    case 'BOOL': {
      const bad = bytes.findIndex((value) => value > 1);
      if (bad >= 0) throw new Error(`expected 0 or 1 in a BOOL tensor, got ${bytes[bad]} at element ${bad}`);
      return { dtype: 'bool', data: bytes };
    }
    case 'I64': {
      const wide = new BigInt64Array(buffer, byteOffset, byteLength / 8);
      const data = new Int32Array(wide.length);
      for (let i = 0; i < wide.length; i++) {
        data[i] = Number(BigInt.asIntN(32, wide[i]));
        if (BigInt(data[i]) !== wide[i])
          throw new Error(`expected 32-bit values in an I64 tensor, got ${wide[i]} at element ${i}`);
      }
      return { dtype: 'int32', data };
    }
    default:
      throw new Error(`expected one of the readable types ${READABLE_TYPES.join(', ')}, got ${type}`);
  }
}

/** The bytes of a tensor, viewed. Throws a plain Error if the data does not match the shape and type. */
export function encodeElements(name: string, tensor: HostTensor): Uint8Array {
  const { data, dtype, shape } = tensor;
  const size = shape.reduce((product, d) => product * d, 1);
  const expected = dtype === 'float32' ? Float32Array : dtype === 'int32' ? Int32Array : Uint8Array;
  if (!(data instanceof expected) || data.length !== size) {
    throw new Error(
      `tensor "${name}": expected ${expected.name} of ${size} elements for ${dtype} ` +
        `[${shape.join(', ')}], got ${data.constructor.name} of ${data.length}`,
    );
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * A float32 tensor as bfloat16, rounded to the nearest, ties to even. Throws a plain Error for another type
 * or a wrong size.
 */
export function encodeBfloat16(name: string, tensor: HostTensor): Uint8Array {
  const bytes = encodeElements(name, tensor);
  if (tensor.dtype !== 'float32') throw new Error(`tensor "${name}": expected float32, got ${tensor.dtype}`);
  const words = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const halves = Uint16Array.from(words, (word) => {
    // A NaN stays NaN: rounding up could carry its last bit into infinity.
    if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 0x40;
    return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  });
  return new Uint8Array(halves.buffer);
}

type HalfKind = typeof HALF | typeof BRAIN;
const HALF = 'half';
const BRAIN = 'brain';
const tables = new Map<HalfKind, Float32Array>();

/** All 65,536 values of a 16-bit type, once: decoding a large file is then one look-up per element. */
function tableOf(kind: HalfKind): Float32Array {
  let table = tables.get(kind);
  if (table === undefined) {
    table = new Float32Array(65536);
    const bits = new Uint32Array(table.buffer);
    for (let h = 0; h < 65536; h++) {
      if (kind === BRAIN) {
        bits[h] = h << 16;
        continue;
      }
      const exponent = (h >> 10) & 31;
      const fraction = h & 1023;
      const sign = (h & 0x8000) << 16;
      if (exponent === 31) bits[h] = sign | 0x7f800000 | (fraction << 13);
      else if (exponent > 0) bits[h] = sign | ((exponent + 112) << 23) | (fraction << 13);
      else table[h] = (sign ? -1 : 1) * fraction * 2 ** -24;
    }
    tables.set(kind, table);
  }
  return table;
}

function halvesToFloats(halves: Uint16Array, kind: HalfKind): Float32Array {
  const table = tableOf(kind);
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) floats[i] = table[halves[i]];
  return floats;
}
