/**
 * A DuckDB of our own for one reading job: bounded memory, its files in a folder that is removed afterwards, no network
 * extensions. Only the readers in this folder use it.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api';

export interface DuckDBLimits {
  /** What DuckDB may hold in memory before it goes to disk, in MiB; 1536 by default. */
  memoryMiB?: number;
  threads?: number;
}

/** Sources up to this size (bytes on disk) are worked on in memory, which saves 0.1 s; larger ones in a database file. */
const IN_MEMORY = 32 * 2 ** 20;

/**
 * Runs `work` with a fresh database for reading `sources`, and a folder for whatever it needs on disk (removed at the end,
 * whatever happens).
 */
export async function withDuckDB<T>(sources: readonly string[], limits: DuckDBLimits, work: (connection: DuckDBConnection, folder: string) => Promise<T>): Promise<T> {
  const bytes = sources.reduce((sum, path) => sum + statSync(path).size, 0);
  const folder = mkdtempSync(join(tmpdir(), 'elephant-read-'));
  try {
    const instance = await DuckDBInstance.create(bytes > IN_MEMORY ? join(folder, 'work.duckdb') : ':memory:', {
      memory_limit: `${limits.memoryMiB ?? 1536}MiB`,
      threads: String(limits.threads ?? availableParallelism()),
      temp_directory: join(folder, 'spill'),
      autoinstall_known_extensions: 'false',
      preserve_insertion_order: 'true',
    });
    const connection = await instance.connect();
    try {
      return await work(connection, folder);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The chunks of a query's result as they come, never all in memory. */
export async function* chunksOf(connection: DuckDBConnection, sql: string): AsyncGenerator<DuckDBDataChunk> {
  const result = await connection.stream(sql);
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) yield chunk;
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
