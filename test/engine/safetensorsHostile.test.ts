/**
 * Hostile and damaged safetensors files: refused with a reason, never reading or allocating beyond the file's
 * size.
 */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/src/errors';
import { encodeSafetensors } from '../../lib/src/engine/safetensors/safetensors';
import { SafetensorsFile, type ByteSource } from '../../lib/src/engine/safetensors/reader';

function fileOf(header: unknown, dataBytes = 8, length?: bigint): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const first = Buffer.alloc(8);
  first.writeBigUInt64LE(length ?? BigInt(json.length));
  return Buffer.concat([first, json, Buffer.alloc(dataBytes)]);
}

/** Opens bytes as a file and reads every tensor, counting what the reader asks for. */
async function readAll(bytes: Uint8Array): Promise<{ requested: number; largest: number; error?: unknown }> {
  const asked = { requested: 0, largest: 0 };
  const source: ByteSource = {
    size: bytes.length,
    read: async (offset, length) => {
      asked.requested += length;
      asked.largest = Math.max(asked.largest, length);
      if (offset + length > bytes.length)
        throw new Error(`read beyond the file: ${offset} + ${length} of ${bytes.length}`);
      return Uint8Array.from(bytes.subarray(offset, offset + length));
    },
  };
  try {
    const file = await SafetensorsFile.from('hostile', source);
    for (const name of file.tensors.keys()) await file.read(name);
    return asked;
  } catch (error) {
    return { ...asked, error };
  }
}

const good = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
const cases: [string, Uint8Array, RegExp][] = [
  ['an empty file', new Uint8Array(0), /at least 8 bytes, got a file of 0/],
  ['a header length beyond the file', fileOf({ a: good }, 8, 1000n), /header length of 1000/],
  ['a header length of 2^53', fileOf({ a: good }, 8, 2n ** 53n), /header length of 9007199254740992/],
  [
    'a header length of 2^64 - 1',
    fileOf({ a: good }, 8, 2n ** 64n - 1n),
    /header length of 18446744073709551615/,
  ],
  ['a header length of 0', fileOf({ a: good }, 8, 0n), /expected "\{"/],
  ['no JSON', fileOf('{"a":', 8), /character 5/],
  ['an array', fileOf('[]', 0), /expected "\{"/],
  ['text after the object', fileOf('{} {}', 0), /nothing but white space/],
  ['invalid UTF-8', Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22, 0xff, 0x7d), /valid/],
  [
    'offsets beyond the file',
    fileOf({ a: { ...good, data_offsets: [0, 16] } }),
    /within the 8 bytes of data, got \[0, 16\]/,
  ],
  ['offsets backwards', fileOf({ a: { ...good, data_offsets: [8, 0] } }), /got \[8, 0\]/],
  [
    'offsets of 2^53',
    fileOf('{"a":{"dtype":"F32","shape":[2],"data_offsets":[9007199254740992,9007199254741000]}}'),
    /whole number below 2\^53/,
  ],
  ['negative offsets', fileOf('{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}'), /whole number/],
  ['fractional offsets', fileOf('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0.5,8]}}'), /","|"]"/],
  ['overlapping tensors', fileOf({ a: good, b: good }), /expected to begin at byte 8/],
  [
    'a hole between tensors',
    fileOf({ a: good, b: { ...good, data_offsets: [12, 20] } }, 20),
    /expected to begin at byte 8 of the data.*got 12/,
  ],
  ['bytes that no tensor owns', fileOf({ a: good }, 9), /expected \d+ bytes in all/],
  ['a truncated file', fileOf({ a: good }, 7), /within the 7 bytes of data/],
  ['a wrong element size', fileOf({ a: { ...good, dtype: 'F16' } }), /expected 4 bytes for F16/],
  ['an unknown type', fileOf({ a: { ...good, dtype: 'Q4' } }), /one of the types .*got "Q4"/],
  ['a type named like a method', fileOf({ a: { ...good, dtype: 'toString' } }), /got "toString"/],
  [
    'a shape whose product overflows to the right size',
    fileOf({ a: { ...good, shape: [2 ** 32, 2 ** 32, 2] } }),
    /expected fewer/,
  ],
  [
    'a shape of 2^53',
    fileOf('{"a":{"dtype":"F32","shape":[9007199254740993],"data_offsets":[0,8]}}'),
    /whole number below 2\^53/,
  ],
  [
    'duplicate names',
    fileOf(
      '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' +
        '"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
    ),
    /did not occur before/,
  ],
  [
    'names that are duplicates once unescaped',
    fileOf(
      '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' +
        '"\\u0061":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}',
    ),
    /did not occur before/,
  ],
  [
    'duplicate fields',
    fileOf('{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}'),
    /field that did not occur before/,
  ],
  [
    '__proto__ as a name',
    fileOf('{"__proto__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'),
    /not __proto__/,
  ],
  ['__proto__ in the metadata', fileOf('{"__metadata__":{"__proto__":"x"}}', 0), /not __proto__/],
  ['metadata that is no text', fileOf('{"__metadata__":{"a":1}}', 0), /expected a string/],
  [
    'an unknown field',
    fileOf('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"code":"x"}}'),
    /instead of "code"/,
  ],
  ['a missing field', fileOf('{"a":{"dtype":"F32","shape":[2]}}'), /two data_offsets/],
  ['deep nesting', fileOf(`{"a":${'['.repeat(100_000)}`, 0), /expected "\{"/],
];

describe('hostile safetensors', () => {
  it.each(cases)('refuses %s', async (_, bytes, message) => {
    const { error, requested } = await readAll(bytes);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
    expect(requested).toBeLessThanOrEqual(bytes.length);
  });

  it('does not touch prototypes', async () => {
    await readAll(fileOf('{"__proto__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'));
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });

  it('refuses or reads 10,000 fuzzed headers without asking for more than the file holds', async () => {
    let state = 12345;
    const random = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
    const base = Buffer.from(
      encodeSafetensors(
        {
          a: { shape: [2, 3], dtype: 'float32', data: new Float32Array(6) },
          b: { shape: [4], dtype: 'int32', data: new Int32Array(4) },
          c: { shape: [3], dtype: 'bool', data: new Uint8Array(3) },
        },
        { note: 'x' },
      ),
    );
    const headerEnd = 8 + Number(base.readBigUInt64LE(0));
    const tokens = [
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '0',
      '9',
      '9007199254740992',
      '-1',
      '1e9',
      '__proto__',
      '\\',
      '\\u0000',
      'F64',
      'I8',
      'null',
      '\0',
      '\xff',
    ];
    let refused = 0;
    for (let i = 0; i < 10_000; i++) {
      let bytes = Buffer.from(base);
      for (let edits = 1 + random(4); edits > 0; edits--) {
        const at = random(headerEnd);
        const kind = random(4);
        if (kind === 0) bytes[at] ^= 1 << random(8);
        else if (kind === 1)
          bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(6))]);
        else {
          const token = Buffer.from(tokens[random(tokens.length)], 'latin1');
          if (kind === 2) token.copy(bytes, Math.max(8, at));
          else
            bytes = Buffer.concat([
              bytes.subarray(0, Math.max(8, at)),
              token,
              bytes.subarray(Math.max(8, at)),
            ]);
        }
      }
      // Half of the time the length is mended, so that the fuzz reaches the JSON and the offsets.
      if (random(2) === 0)
        bytes.writeBigUInt64LE(BigInt(Math.max(0, headerEnd - 8 + bytes.length - base.length)), 0);
      const { error, requested, largest } = await readAll(bytes);
      if (error !== undefined) refused++;
      if (error !== undefined && !(error instanceof InputError)) throw error;
      expect(requested).toBeLessThanOrEqual(bytes.length);
      expect(largest).toBeLessThanOrEqual(bytes.length);
    }
    // the rest are edits that leave a valid file (padding, metadata, names)
    expect(refused).toBeGreaterThan(9_000);
  });
});
