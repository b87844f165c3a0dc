/**
 * A private DuckDB for one reading job: bounded memory, files in a folder that is removed afterwards, no
 * network extensions. Only the readers in this folder use it.
 */
import { rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import { temporaryFolder } from '../asides';
import { InputError } from '../errors';
import { regularFile, unreadable } from '../readableFile';
import type { ReadLimits } from './readLimits';

const MEMORY_MIB = 1536;

/**
 * Sources up to this size (bytes on disk) are worked on in memory, which saves 0.1 s; larger ones in a
 * database file.
 */
const IN_MEMORY = 32 * 2 ** 20;

/** Starts the database on the first call: a file that is refused before needs none. */
export type Database = () => Promise<DuckDBConnection>;

/**
 * Runs `work` with a fresh database for reading `sources`; what it needs on disk is in a folder that is
 * removed at the end, whatever happens.
 */
export async function withDuckDB<T>(
  sources: readonly string[],
  limits: ReadLimits,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const bytes = sources.reduce((sum, path) => sum + regularFile(path).size, 0);
  const scratch = limits.scratch ?? tmpdir();
  let started: { folder: string; instance?: DuckDBInstance; connection?: DuckDBConnection } | undefined;
  const start = async (): Promise<DuckDBConnection> => {
    started = { folder: scratchFolder(scratch) };
    // Loaded here, because most users of this room never read a file and the binary takes its time.
    const { DuckDBInstance } = await import('@duckdb/node-api');
    started.instance = await DuckDBInstance.create(
      bytes > IN_MEMORY ? join(started.folder, 'work.duckdb') : ':memory:',
      {
        memory_limit: `${limits.memoryMiB ?? MEMORY_MIB}MiB`,
        threads: String(limits.threads ?? availableParallelism()),
        temp_directory: join(started.folder, 'spill'),
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        preserve_insertion_order: 'true',
      },
    );
    started.connection = await started.instance.connect();
    await started.connection.run(`SET TimeZone = 'UTC'`);
    return started.connection;
  };
  let connection: Promise<DuckDBConnection> | undefined;
  try {
    return await work(() => (connection ??= start()));
  } catch (error) {
    throw shortage(error, scratch, limits) ?? error;
  } finally {
    started?.connection?.closeSync();
    started?.instance?.closeSync();
    if (started) rmSync(started.folder, { recursive: true, force: true });
  }
}

function scratchFolder(scratch: string): string {
  try {
    return temporaryFolder('read', scratch);
  } catch (cause) {
    throw unreadable(scratch, cause, 'a folder to write temporary files to');
  }
}

/** Whether disk or memory did not suffice: withDuckDB says so in words. */
export function isShortage(error: unknown): boolean {
  const { message = '', code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || /No space left|failed to offload|^Out of Memory Error/i.test(message);
}

/** The error in words, if disk or memory did not suffice. */
function shortage(
  error: unknown,
  scratch: string,
  { memoryMiB = MEMORY_MIB }: ReadLimits,
): InputError | undefined {
  if (!isShortage(error)) return undefined;
  const { message } = error as Error;
  if (!/^Out of Memory Error(?!.*failed to offload)/is.test(message)) {
    return new InputError(
      scratch,
      'expected disk space for data that do not fit in memory, got none',
      'Free some space, or name another folder with the option scratch (or the variable TMPDIR)',
      { cause: error },
    );
  }
  return new InputError(
    'reading',
    `expected data that can be read with ${memoryMiB} MiB, got too much`,
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
function literal(text: string): string {
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
