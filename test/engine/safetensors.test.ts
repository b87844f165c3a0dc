/**
 * safetensors files: what is written is read back, what Python wrote is read, tables are continued after a
 * kill.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  SafetensorsFile,
  checkRows,
  SafetensorsRowWriter,
  writeSafetensors,
} from '../../lib/src/engine/safetensors/safetensors';
import { writeAside } from '../../lib/src/writeAside';
import type { HostTensor, NamedHostTensors } from '../../lib/src/engine/types';
import { freshFolder } from '../support/folders';

const folder = freshFolder();
const python = process.env.ELEPHANT_PYTHON;

const sample = {
  'layer.0/weight': {
    shape: [2, 3],
    dtype: 'float32',
    data: Float32Array.of(1, -2.5, 3e-40, NaN, Infinity, -0),
  },
  ids: { shape: [4], dtype: 'int32', data: Int32Array.of(0, -1, 2147483647, -2147483648) },
  mask: { shape: [3, 1], dtype: 'bool', data: Uint8Array.of(1, 0, 1) },
  scalar: { shape: [], dtype: 'float32', data: Float32Array.of(7) },
  empty: { shape: [0, 5], dtype: 'float32', data: new Float32Array(0) },
  constructor: { shape: [1], dtype: 'int32', data: Int32Array.of(5) },
} as unknown as NamedHostTensors; // the last name is a member of Object's own type

/** A file from its header's JSON (text or value) and data. */
function fileOf(header: unknown, data = new Uint8Array(0)): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

describe('safetensors', () => {
  it('reads back what it wrote, special values and metadata included', async () => {
    const path = join(folder, 'sample.safetensors');
    await writeSafetensors(path, sample, { note: 'ünïcode "quoted"\n' });
    const { tensors, metadata } = await readSafetensors(path);
    expect(tensors).toEqual(sample);
    expect(metadata.get('note')).toBe('ünïcode "quoted"\n');
    expect(decodeSafetensors(readFileSync(path)).tensors).toEqual(sample);
    expect(
      Buffer.compare(encodeSafetensors(sample, { note: 'ünïcode "quoted"\n' }), readFileSync(path)),
    ).toBe(0);
    expect(readdirSync(folder)).toEqual(['sample.safetensors']);
  });

  it('gives equal bytes for equal tensors in any order', () => {
    const reversed = Object.fromEntries(Object.entries(sample).reverse());
    expect(Buffer.compare(encodeSafetensors(reversed), encodeSafetensors(sample))).toBe(0);
  });

  it('reads back any tensors (property)', () => {
    const tensor = fc.array(fc.nat(3), { maxLength: 4 }).chain((shape) => {
      const size = shape.reduce((product, d) => product * d, 1);
      return fc
        .float32Array({ minLength: size, maxLength: size })
        .map((data): HostTensor => ({ shape, dtype: 'float32', data }));
    });
    const name = fc
      .string({ unit: 'grapheme', maxLength: 8 })
      .filter((text) => !['__proto__', '__metadata__'].includes(text));
    fc.assert(
      fc.property(fc.dictionary(name, tensor, { noNullPrototype: true }), (tensors) => {
        expect(decodeSafetensors(encodeSafetensors(tensors)).tensors).toEqual(tensors);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('reads only the rows asked for', async () => {
    const path = join(folder, 'rows.safetensors');
    await writeSafetensors(path, {
      table: { shape: [4, 2], dtype: 'float32', data: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7) },
    });
    const file = await SafetensorsFile.open(path);
    expect(await file.readRows('table', 1, 3)).toEqual({
      shape: [2, 2],
      dtype: 'float32',
      data: Float32Array.of(2, 3, 4, 5),
    });
    await expect(file.readRows('table', 3, 5)).rejects.toThrow('expected rows within [0, 4], got [3, 5]');
    await expect(file.read('tabel')).rejects.toThrow('Did you mean "table"?');
    await file.close();
  });

  it('widens half precisions exactly and narrows 64-bit integers only if they fit', () => {
    // float16: 1, -2, 65504 (largest), 2^-24 (smallest subnormal), inf. bfloat16: 1, -3.140625.
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00);
    const file = fileOf(
      { h: { dtype: 'F16', shape: [5], data_offsets: [0, 10] } },
      new Uint8Array(halves.buffer),
    );
    expect(decodeSafetensors(file).tensors.h.data).toEqual(Float32Array.of(1, -2, 65504, 2 ** -24, Infinity));
    const brains = fileOf(
      { b: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] } },
      new Uint8Array(Uint16Array.of(0x3f80, 0xc049).buffer),
    );
    expect(decodeSafetensors(brains).tensors.b.data).toEqual(Float32Array.of(1, -3.140625));
    const wide = (value: bigint): Uint8Array =>
      fileOf(
        { i: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } },
        new Uint8Array(BigInt64Array.of(value).buffer),
      );
    expect(decodeSafetensors(wide(-5n)).tensors.i).toEqual({
      shape: [1],
      dtype: 'int32',
      data: Int32Array.of(-5),
    });
    expect(() => decodeSafetensors(wide(2n ** 31n))).toThrow(
      'expected 32-bit values in an I64 tensor, got 2147483648',
    );
    expect(() =>
      decodeSafetensors(fileOf({ m: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] } }, Uint8Array.of(2))),
    ).toThrow('expected 0 or 1');
  });

  it('leaves the old file and nothing else if writing fails', async () => {
    const path = join(folder, 'kept.safetensors');
    writeFileSync(path, 'old');
    await expect(
      writeAside(path, async (file) => {
        await file.write('half of the n');
        throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('names the tensor whose array does not fit its shape', async () => {
    const wrong = { w: { shape: [2], dtype: 'float32' as const, data: new Float32Array(3) } };
    await expect(writeSafetensors(join(folder, 'wrong.safetensors'), wrong)).rejects.toThrow(
      'tensor "w": expected Float32Array of 2 elements',
    );
    expect(existsSync(join(folder, 'wrong.safetensors'))).toBe(false);
  });
});

/** Changes one bit; a second time, back. */
function damage(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] ^= 1;
  writeFileSync(path, bytes);
}

describe('a table written row by row', () => {
  const table = { name: 'items', rows: 5, width: 3, metadata: { weights: 'abc' } };
  const row = (i: number): number[] => [i, i + 0.25, -i];

  it('is continued after a kill in the middle of a row', async () => {
    const path = join(folder, 'table.safetensors');
    const first = await SafetensorsRowWriter.open(path, table);
    await first.append(Float32Array.from([...row(0), ...row(1)]));
    await first.close();
    appendFileSync(`${path}.part`, Buffer.alloc(7)); // half a row
    expect(existsSync(path)).toBe(false);
    const second = await SafetensorsRowWriter.open(path, table);
    expect([second.rowsWritten, second.discarded]).toEqual([2, undefined]);
    await expect(second.finish()).rejects.toThrow('expected 5 rows before finish, got 2');
    await second.append(Float32Array.from([...row(2), ...row(3), ...row(4)]));
    await expect(second.append(Float32Array.from(row(5)))).rejects.toThrow('at most 0 more');
    await second.finish();
    const { tensors, metadata } = await readSafetensors(path);
    expect(tensors.items).toEqual({
      shape: [5, 3],
      dtype: 'float32',
      data: Float32Array.from([0, 1, 2, 3, 4].flatMap(row)),
    });
    expect(metadata.get('weights')).toBe('abc');
  });

  it('has a checksum that a changed byte does not match, before it is finished and after', async () => {
    const path = join(folder, 'damaged.safetensors');
    const first = await SafetensorsRowWriter.open(path, table);
    await first.append(Float32Array.from([...row(0), ...row(1)]));
    await first.close();
    damage(`${path}.part`, statSync(`${path}.part`).size - 10);
    const second = await SafetensorsRowWriter.open(path, table);
    expect([second.rowsWritten, second.discarded]).toEqual([0, 'damaged']);
    await second.append(Float32Array.from([0, 1, 2, 3, 4].flatMap(row)));
    await second.finish();
    const whole = async (): Promise<boolean> => {
      const { tensors, metadata } = await readSafetensors(path);
      const { shape, data } = tensors.items;
      return checkRows(
        path,
        { name: 'items', rows: shape[0], width: shape[1], metadata },
        data as Float32Array,
      );
    };
    expect(await whole()).toBe(true);
    const header = readFileSync(path).subarray(8).indexOf('}}') + 10;
    for (const at of [readFileSync(path).indexOf('abc'), header + 8, statSync(path).size - 1]) {
      damage(path, at);
      await expect(whole()).rejects.toThrow(/the checksum does not match/);
      damage(path, at);
    }
    expect(await whole()).toBe(true);
  });

  it('starts over if the unfinished file has other weights or is cut within its header', async () => {
    const path = join(folder, 'anew.safetensors');
    const first = await SafetensorsRowWriter.open(path, table);
    await first.append(Float32Array.from(row(0)));
    await first.close();
    const other = await SafetensorsRowWriter.open(path, { ...table, metadata: { weights: 'abd' } });
    expect([other.rowsWritten, other.discarded]).toEqual([0, 'of another table']);
    await other.append(Float32Array.from(row(9)));
    await other.close();
    truncateSync(`${path}.part`, 20);
    const third = await SafetensorsRowWriter.open(path, table);
    expect(third.rowsWritten).toBe(0);
    await third.close({ discard: true });
    expect(existsSync(`${path}.part`)).toBe(false);
  });
});

describe.skipIf(python === undefined)('Python’s safetensors (ELEPHANT_PYTHON)', () => {
  it('reads ours', async () => {
    const path = join(folder, 'ours.safetensors');
    await writeSafetensors(path, sample, { by: 'elephant' });
    const script = `
import sys, json, numpy as np
from safetensors import safe_open
with safe_open(sys.argv[1], framework="np") as f:
    ts = {k: f.get_tensor(k) for k in f.keys()}
    print(json.dumps({"meta": f.metadata(),
      "t": {k: [str(t.dtype), list(t.shape), t.tobytes().hex()] for k, t in ts.items()}}))`;
    const seen = JSON.parse(execFileSync(python!, ['-c', script, path], { encoding: 'utf8' })) as {
      meta: object;
      t: Record<string, [string, number[], string]>;
    };
    expect(seen.meta).toEqual({ by: 'elephant' });
    const expected = Object.fromEntries(
      Object.entries(sample).map(([name, { dtype, shape, data }]) => [
        name,
        [dtype, shape, Buffer.from(data.buffer).toString('hex')],
      ]),
    );
    expect(seen.t).toEqual(expected);
  });

  it('writes what we read: every readable type', async () => {
    const path = join(folder, 'theirs.safetensors');
    const script = `
import sys, torch
from safetensors.torch import save_file
x = torch.tensor([[1.0, -2.5], [1/3, 65504.0]])
save_file({"f32": x, "f16": x.half(), "bf16": x.bfloat16(),
           "i32": torch.tensor([1, -2], dtype=torch.int32), "i64": torch.tensor([[3], [-4]]),
           "u8": torch.tensor([0, 255], dtype=torch.uint8), "bool": torch.tensor([True, False])},
          sys.argv[1], metadata={"format": "pt"})`;
    execFileSync(python!, ['-c', script, path]);
    const { tensors, metadata } = await readSafetensors(path);
    expect(metadata.get('format')).toBe('pt');
    expect(tensors.f32).toEqual({
      shape: [2, 2],
      dtype: 'float32',
      data: Float32Array.of(1, -2.5, 1 / 3, 65504),
    });
    expect(tensors.f16.data).toEqual(Float32Array.of(1, -2.5, 0.333251953125, 65504));
    expect(tensors.bf16.data).toEqual(Float32Array.of(1, -2.5, 0.333984375, 65536));
    expect(tensors.i32).toEqual({ shape: [2], dtype: 'int32', data: Int32Array.of(1, -2) });
    expect(tensors.i64).toEqual({ shape: [2, 1], dtype: 'int32', data: Int32Array.of(3, -4) });
    expect(tensors.u8).toEqual({ shape: [2], dtype: 'int32', data: Int32Array.of(0, 255) });
    expect(tensors.bool).toEqual({ shape: [2], dtype: 'bool', data: Uint8Array.of(1, 0) });
  });
});
if (python === undefined)
  console.log('safetensors: Python’s reader and writer are not compared, ELEPHANT_PYTHON is not set');
