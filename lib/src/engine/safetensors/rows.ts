/**
 * Writes one large float32 table row by row into a safetensors file, in constant memory, and goes on after a
 * kill: rows already on disk are kept. For tables of item embeddings; everything that fits in memory uses
 * writeSafetensors.
 */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../../errors';
import { encodeSafetensorsHeader } from './header';
import { syncFolder } from './writer';

export interface RowTable {
  /** Name of the tensor in the file. */
  name: string;
  rows: number;
  /** Numbers per row. */
  width: number;
  /**
   * What the rows were computed from. An unfinished file is continued only where this is the same to the
   * letter.
   */
  metadata?: Readonly<Record<string, string>>;
}

/** Appends rows to `path + ".part"` and renames it to `path` when all are there. */
export class SafetensorsRowWriter {
  private constructor(
    readonly path: string,
    readonly table: RowTable,
    private readonly file: FileHandle,
    private readonly headerBytes: number,
    private written: number,
  ) {}

  /** Opens a table, continuing an unfinished one of the same header. */
  static async open(path: string, table: RowTable): Promise<SafetensorsRowWriter> {
    const { name, rows, width, metadata } = table;
    if (
      ![rows, width].every((n) => Number.isSafeInteger(n) && n >= 0) ||
      !Number.isSafeInteger(4 * rows * width)
    ) {
      throw new InputError(path, `expected whole numbers of rows and width, got ${rows} x ${width}`);
    }
    const header = encodeSafetensorsHeader([{ name, type: 'F32', shape: [rows, width] }], metadata);
    const part = `${path}.part`;
    const file = await open(part, 'r+').catch(() => open(part, 'wx+'));
    try {
      const { size } = await file.stat();
      const found = new Uint8Array(Math.min(size, header.length));
      await file.read(found, 0, found.length, 0);
      const same = Buffer.compare(found, header) === 0;
      // Only whole rows count: the last append may have been cut short.
      const written =
        !same || width === 0 ? 0 : Math.min(rows, Math.floor((size - header.length) / (4 * width)));
      await file.truncate(same ? header.length + 4 * written * width : 0);
      if (!same) await file.write(header, 0, header.length, 0);
      return new SafetensorsRowWriter(path, table, file, header.length, written);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** How many rows are on disk; the next row appended has this index. */
  get rowsWritten(): number {
    return this.written;
  }

  /** Appends whole rows and waits until they are on disk. */
  async append(values: Float32Array): Promise<void> {
    const { rows, width } = this.table;
    const count = width === 0 ? 0 : values.length / width;
    if (!Number.isInteger(count) || this.written + count > rows) {
      throw new InputError(
        this.path,
        `expected whole rows of ${width} numbers, at most ${rows - this.written} more, got ` +
          `${values.length} numbers`,
      );
    }
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const start = this.headerBytes + 4 * this.written * width;
    for (let done = 0; done < bytes.length;) {
      done += (await this.file.write(bytes, done, Math.min(1 << 26, bytes.length - done), start + done))
        .bytesWritten;
    }
    await this.file.datasync();
    this.written += count;
  }

  /** Closes the table and gives it its name. Throws InputError where rows are missing. */
  async finish(): Promise<void> {
    const { rows, width } = this.table;
    if (width > 0 && this.written !== rows) {
      throw new InputError(
        this.path,
        `expected ${rows} rows before finish, got ${this.written}`,
        'Append the rest',
      );
    }
    await this.file.sync();
    await this.file.close();
    await rename(`${this.path}.part`, this.path);
    await syncFolder(dirname(this.path));
  }

  /** Closes without finishing: the rows stay for the next open, or go with `discard`. */
  async close(options: { discard?: boolean } = {}): Promise<void> {
    await this.file.close();
    if (options.discard === true) await rm(`${this.path}.part`, { force: true });
  }
}
