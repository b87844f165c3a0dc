/**
 * Writes one large float32 table row by row into a safetensors file, in constant memory, and resumes after a
 * kill: rows already on disk are kept. The header has a checksum of everything written, so rows are kept, and
 * read back, only if they are those that were computed. For tables of item vectors; anything that fits in
 * memory uses writeSafetensors.
 */
import { createHash, type Hash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../../errors';
import { syncFolder, writeAll } from '../../writeAside';
import { encodeSafetensorsHeader } from './header';

export interface RowTable {
  /** Name of the tensor in the file. */
  name: string;
  rows: number;
  /** Numbers per row. */
  width: number;
  /**
   * What the rows were computed from. An unfinished file is continued only if this is the same to the letter.
   */
  metadata?: Readonly<Record<string, string>>;
}

/** Entries of the header besides the metadata: SHA-256 in hex digits, and how many rows it covers. */
interface Checksum {
  sha256: string;
  rowsWritten: string;
}

const BLANK: Checksum = { sha256: '0'.repeat(64), rowsWritten: '0'.repeat(12) };
const CHECKSUM = /"sha256":"([0-9a-f]{64})","rowsWritten":"(\d{12})"/;

/** Appends rows to a part file and renames it to `path` when all are there. */
export class SafetensorsRowWriter {
  private constructor(
    readonly path: string,
    readonly table: RowTable,
    /** Where the rows are until the table is finished. */
    readonly part: string,
    /** Why rows of the part file were discarded; undefined if they were kept, or there were none. */
    readonly discarded: 'damaged' | 'of another table' | undefined,
    private readonly file: FileHandle,
    private readonly hash: Hash,
    private written: number,
  ) {}

  /** Opens a table, resuming an unfinished one with the same header if its rows match their checksum. */
  static async open(path: string, table: RowTable, part = `${path}.part`): Promise<SafetensorsRowWriter> {
    const { rows, width } = table;
    if (
      ![rows, width].every((n) => Number.isSafeInteger(n) && n >= 0) ||
      !Number.isSafeInteger(4 * rows * width)
    ) {
      throw new InputError(path, `expected whole numbers of rows and width, got ${rows} x ${width}`);
    }
    const file = await open(part, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return open(part, 'wx+');
      throw error;
    });
    try {
      const { written, hash, discarded } = await rowsOf(file, table);
      await file.truncate(written === 0 ? 0 : headerOf(table).length + 4 * written * width);
      const writer = new SafetensorsRowWriter(path, table, part, discarded, file, hash, written);
      await writer.writeHeader();
      return writer;
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
    const bytes = bytesOf(values);
    await writeAll(this.file, bytes, headerOf(this.table).length + 4 * this.written * width);
    await this.file.datasync();
    this.hash.update(bytes);
    this.written += count;
    // After the rows: a kill in between leaves a header that does not count them.
    await this.writeHeader();
  }

  /** Closes the table and gives it its name. @throws InputError if rows are missing. */
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
    await rename(this.part, this.path);
    await syncFolder(dirname(this.path));
  }

  /** Closes without finishing. The rows stay for the next open, or are deleted with `discard`. */
  async close(options: { discard?: boolean } = {}): Promise<void> {
    await this.file.close();
    if (options.discard === true) await rm(this.part, { force: true });
  }

  private async writeHeader(): Promise<void> {
    await writeAll(this.file, headerOf(this.table, checksumOf(this.hash, this.written)), 0);
  }
}

/**
 * Whether a table that was read has a checksum: false if another program wrote it. `metadata` is that of the
 * file. @throws InputError if header or rows are not those that were written.
 */
export function checkRows(
  where: string,
  { metadata, ...table }: Omit<RowTable, 'metadata'> & { metadata: ReadonlyMap<string, string> },
  data: Float32Array,
): boolean {
  const { sha256, rowsWritten, ...facts } = Object.fromEntries(metadata);
  if (sha256 === undefined || rowsWritten === undefined) return false;
  const hash = startOf({ ...table, metadata: facts }).update(bytesOf(data));
  const right = checksumOf(hash, table.rows);
  if (sha256 !== right.sha256 || rowsWritten !== right.rowsWritten)
    throw new InputError(
      where,
      'expected the values that were written, got others: the checksum does not match',
      'The file is damaged: write it again',
    );
  return true;
}

/** The header. Its length does not depend on the checksum. */
function headerOf({ name, rows, width, metadata }: RowTable, checksum: Checksum = BLANK): Uint8Array {
  return encodeSafetensorsHeader([{ name, type: 'F32', shape: [rows, width] }], {
    ...metadata,
    ...checksum,
  });
}

/** The hash starts with the header, so a table with other metadata has another checksum. */
function startOf(table: RowTable): Hash {
  return createHash('sha256').update(headerOf(table));
}

function checksumOf(hash: Hash, rows: number): Checksum {
  return { sha256: hash.copy().digest('hex'), rowsWritten: String(rows).padStart(12, '0') };
}

/** The rows of an unfinished file that are known to be right, and the hash up to them. */
async function rowsOf(
  file: FileHandle,
  table: RowTable,
): Promise<{ written: number; hash: Hash; discarded?: 'damaged' | 'of another table' }> {
  const none = { written: 0, hash: startOf(table) };
  const { size } = await file.stat();
  if (size === 0) return none;
  const found = Buffer.alloc(headerOf(table).length);
  await file.read(found, 0, found.length, 0);
  const [, sha256, rowsWritten] = CHECKSUM.exec(found.toString('utf8')) ?? [];
  if (sha256 === undefined || !found.equals(headerOf(table, { sha256, rowsWritten })))
    return { ...none, discarded: 'of another table' };
  const hash = startOf(table);
  const written = Number(rowsWritten);
  const end = found.length + 4 * written * table.width;
  const bytes = Buffer.alloc(1 << 20);
  for (let at = found.length; at < end;) {
    const { bytesRead } = await file.read(bytes, 0, Math.min(bytes.length, end - at), at);
    if (bytesRead === 0) break;
    hash.update(bytes.subarray(0, bytesRead));
    at += bytesRead;
  }
  return checksumOf(hash, written).sha256 === sha256 ? { written, hash } : { ...none, discarded: 'damaged' };
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
