/** Rows of a Parquet file, read by DuckDB. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { basename, dirname } from 'node:path';
import { InputError } from '../../errors';
import { chunksOf, identifier, isShortage, pathLiteral } from '../duckdb';
import { regularFile } from '../../readableFile';
import type { Records, Row } from './records';

export async function parquetRecords(connection: DuckDBConnection, path: string): Promise<Records> {
  const { size: bytes } = regularFile(path);
  const table = (withFolders: boolean): string =>
    `read_parquet(${pathLiteral(path)}, binary_as_string = true, hive_partitioning = ${withFolders}, ` +
    'hive_types_autocast = false)';
  const describe = (source: string): Promise<Record<string, unknown>[]> =>
    sound(path, async () => (await connection.run(`DESCRIBE SELECT * FROM ${source}`)).getRowObjects());
  const names = (await describe(table(false))).map((row) => String(row.column_name).toLowerCase());
  const keys = partitionKeys(path);
  const both = keys.filter((key) => names.includes(key.toLowerCase()));
  // DuckDB would take the folder's value for the file's.
  const fromFolders = keys.length > 0 && both.length === 0;
  const source = table(fromFolders);
  const said = fromFolders
    ? [`${keys.join(', ')} read from the names of folders (${keys[0]}=...)`]
    : both.map((key) => `a folder is named ${key}=... too; the column ${key} of the file counts`);
  const columns = (await describe(source)).map((row) => ({
    name: String(row.column_name),
    float: /^(FLOAT|DOUBLE)$/.test(String(row.column_type)),
    nested: /[([]/.test(String(row.column_type).replace(/^DECIMAL.*/, '')),
  }));
  const expression = (name: string): string => {
    const { nested, float } = columns.find((column) => column.name === name)!;
    const value = float
      ? `CASE WHEN NOT isnan(${identifier(name)}) THEN ${identifier(name)} END`
      : identifier(name);
    return `CAST(${nested ? `to_json(${value})` : value} AS VARCHAR)`;
  };
  return {
    path,
    columns: columns.map(({ name }) => name),
    facts: { name: basename(path), bytes, uncompressedBytes: bytes, replacedCharacters: 0 },
    separated: false,
    said,
    named: true,
    rows: async function* (wanted) {
      const nested = wanted.map((name) => columns.find((column) => column.name === name)!.nested);
      const chunks = chunksOf(connection, `SELECT ${wanted.map(expression).join(', ')} FROM ${source}`);
      let read = 0;
      for (;;) {
        const rows = await sound(path, async () => {
          const { value: chunk, done } = await chunks.next();
          if (done) return undefined;
          const vectors = wanted.map((_, c) => chunk.getColumnVector(c));
          return Array.from({ length: chunk.rowCount }, (_, j): Row => {
            const cells = vectors.map((vector, c) => {
              const text = vector.getItem(j) as string | null;
              return nested[c] && text !== null ? (JSON.parse(text) as unknown) : text;
            });
            return { place: `row ${++read}`, cells };
          });
        });
        if (rows === undefined) return;
        yield rows;
      }
    },
  };
}

/** Columns that the folders of a file stand for, as Hive and Spark write them: country=de/x.parquet. */
function partitionKeys(path: string): string[] {
  const keys = dirname(path)
    .split(/[\\/]/)
    .flatMap((folder) => /^([^=]+)=/.exec(folder)?.[1] ?? []);
  return [...new Set(keys)];
}

/** DuckDB's message about a damaged file does not help its owner; it is kept as the cause. */
async function sound<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isShortage(cause)) throw cause;
    if (/UTF-?8/i.test((cause as Error).message))
      throw new InputError(
        path,
        'expected text in UTF-8, got bytes that are not',
        'Write the columns of ids and texts as text in UTF-8',
        { cause },
      );
    throw new InputError(
      path,
      'expected a sound Parquet file, got one that is damaged or in an unknown form',
      'Write it again, or as CSV',
      { cause },
    );
  }
}
