/**
 * A DuckDB of our own for one reading job: bounded memory, its files in a folder that is removed afterwards,
 * no network extensions. Only the readers in this folder use it.
 */
import { rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { temporaryFolder } from '../asides';
import { InputError } from '../errors';
import type { ReadLimits } from './readLimits';

const MEMORY_MIB = 1536;

/**
 * Sources up to this size (bytes on disk) are worked on in memory, which saves 0.1 s; larger ones in a
 * database file.
 */
const IN_MEMORY = 32 * 2 ** 20;

/**
 * Runs `work` with a fresh database for reading `sources`, and a folder for whatever it needs on disk
 * (removed at the end, whatever happens).
 */
export async function withDuckDB<T>(
  sources: readonly string[],
  limits: ReadLimits,
  work: (connection: DuckDBConnection, folder: string) => Promise<T>,
): Promise<T> {
  const bytes = sources.reduce((sum, path) => sum + statSync(path).size, 0);
  const scratch = limits.scratch ?? tmpdir();
  const folder = temporaryFolder('read', scratch);
  try {
    // Loaded here, because most users of this room never read a file and the binary takes its time.
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(
      bytes > IN_MEMORY ? join(folder, 'work.duckdb') : ':memory:',
      {
        memory_limit: `${limits.memoryMiB ?? MEMORY_MIB}MiB`,
        threads: String(limits.threads ?? availableParallelism()),
        temp_directory: join(folder, 'spill'),
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        preserve_insertion_order: 'true',
      },
    );
    const connection = await instance.connect();
    try {
      return await work(connection, folder);
    } catch (error) {
      throw shortage(error, scratch, limits) ?? error;
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The error in words where disk or memory did not suffice. */
function shortage(
  error: unknown,
  scratch: string,
  { memoryMiB = MEMORY_MIB }: ReadLimits,
): InputError | undefined {
  const { message = '', code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || /No space left|failed to offload/i.test(message)) {
    return new InputError(
      scratch,
      'expected room for what does not fit in memory, got none',
      'Make room, or name another folder with the option scratch',
      { cause: error },
    );
  }
  if (!message.startsWith('Out of Memory Error')) return undefined;
  return new InputError(
    'reading',
    `expected to get by with ${memoryMiB} MiB, got too much data for that`,
    'Raise the option memoryMiB',
    { cause: error },
  );
}

/** The chunks of a query's result as they come, never all in memory. */
export async function* chunksOf(connection: DuckDBConnection, sql: string): AsyncGenerator<DuckDBDataChunk> {
  const result = await connection.stream(sql);
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
    yield chunk;
}

/** The one row of a query of counts, by column name. */
export async function countsOf(connection: DuckDBConnection, sql: string): Promise<Record<string, number>> {
  const [row] = await (await connection.run(sql)).getRowObjects();
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
}

/** A string as SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A file's path as SQL literal: the signs that DuckDB would take for a pattern stand for themselves. */
export function pathLiteral(path: string): string {
  return literal(path.replace(/[*?[]/g, '[$&]'));
}

/** A name as SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
