/**
 * Reads safetensors files: first the header, which is checked, then only the requested tensors or rows. Not a
 * loader of models: names are taken as they are. Used for checkpoints, item tables and published weights.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { InputError, unknownName } from '../../errors';
import { regularFile, unreadable } from '../../readableFile';
import { headerLength, parseSafetensorsHeader, type SafetensorsHeader, type StoredTensor } from './header';
import { decodeElements } from './types';
import type { HostTensor, NamedHostTensors } from '../types';

/** Where bytes come from: a file, or memory in tests. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `offset`, in a buffer of their own. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

const CHUNK = 1 << 26; // bytes per system call; Node refuses 2 GiB and more

/** An open safetensors file. Close it when done. */
export class SafetensorsFile {
  private constructor(
    /** The path, for messages. */
    readonly where: string,
    private readonly source: ByteSource,
    private readonly header: SafetensorsHeader,
    private readonly handle?: FileHandle,
  ) {}

  /** Opens a file and checks its header. @throws InputError if it is missing, damaged or hostile. */
  static async open(path: string): Promise<SafetensorsFile> {
    regularFile(path, 'a safetensors file');
    const handle = await open(path, 'r').catch((cause: unknown) => {
      throw unreadable(path, cause, 'a safetensors file');
    });
    try {
      const stat = await handle.stat();
      return await SafetensorsFile.from(path, fileSource(handle, stat.size, path), handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Opens any source of bytes; `where` is its name in messages. */
  static async from(where: string, source: ByteSource, handle?: FileHandle): Promise<SafetensorsFile> {
    const length = headerLength(where, await source.read(0, Math.min(8, source.size)), source.size);
    const header = parseSafetensorsHeader(where, await source.read(8, length), source.size);
    return new SafetensorsFile(where, source, header, handle);
  }

  get metadata(): ReadonlyMap<string, string> {
    return this.header.metadata;
  }

  /** Names, stored types and shapes, without reading any values. */
  get tensors(): ReadonlyMap<string, StoredTensor> {
    return this.header.tensors;
  }

  /** Reads one tensor: F64, F32, F16, BF16 as float32; I32, I64, U8 as int32; BOOL as bool. */
  async read(name: string): Promise<HostTensor> {
    const stored = this.stored(name);
    return { shape: stored.shape, ...(await this.decode(name, stored.type, stored.offset, stored.bytes)) };
  }

  /** Reads rows `from` (inclusive) to `to` (exclusive) of a tensor's first axis. */
  async readRows(name: string, from: number, to: number): Promise<HostTensor> {
    const { type, shape, offset, bytes } = this.stored(name);
    const rows = shape[0] ?? 0;
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || from > to || to > rows) {
      throw new InputError(
        this.where,
        `tensor "${name}": expected rows within [0, ${rows}], got [${from}, ${to}]`,
      );
    }
    const rowBytes = rows === 0 ? 0 : bytes / rows;
    return {
      shape: [to - from, ...shape.slice(1)],
      ...(await this.decode(name, type, offset + from * rowBytes, (to - from) * rowBytes)),
    };
  }

  async close(): Promise<void> {
    await this.handle?.close();
  }

  private stored(name: string): StoredTensor {
    const stored = this.header.tensors.get(name);
    if (stored === undefined) throw unknownName(this.where, 'tensor', name, [...this.header.tensors.keys()]);
    return stored;
  }

  private async decode(
    name: string,
    type: string,
    offset: number,
    bytes: number,
  ): Promise<Omit<HostTensor, 'shape'>> {
    try {
      return decodeElements(type, await this.source.read(offset, bytes));
    } catch (cause) {
      if (cause instanceof InputError) throw cause;
      throw new InputError(
        this.where,
        `tensor "${name}": ${(cause as Error).message}`,
        'Convert the tensor with another program',
        { cause },
      );
    }
  }
}

/** A whole file, or the tensors whose names pass, in JavaScript's memory. */
export async function readSafetensors(
  path: string,
  filter: (name: string) => boolean = () => true,
): Promise<{ metadata: ReadonlyMap<string, string>; tensors: NamedHostTensors }> {
  const file = await SafetensorsFile.open(path);
  try {
    const tensors: NamedHostTensors = {};
    for (const name of file.tensors.keys()) if (filter(name)) tensors[name] = await file.read(name);
    return { metadata: file.metadata, tensors };
  } finally {
    await file.close();
  }
}

function fileSource(handle: FileHandle, size: number, path: string): ByteSource {
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const { bytesRead } = await handle.read(bytes, done, Math.min(CHUNK, length - done), offset + done);
        if (bytesRead === 0)
          throw new InputError(
            path,
            `expected ${size} bytes, got a file that became shorter while it was read`,
            'Read it again',
          );
        done += bytesRead;
      }
      return bytes;
    },
  };
}
