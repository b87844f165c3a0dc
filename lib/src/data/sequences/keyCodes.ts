/** Keys of users and items as numbers, counted in DuckDB so that they need not fit in memory. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { excerpt } from '../../errors';
import { plainIdSql } from '../alikeIds';
import { chunksOf, countsOf } from '../duckdb';
import type { TooFew } from '../readReport';
import type { Counted } from './counted';

export interface KeyCodes {
  /** Keys that occur, and those that got a code. */
  seen: number;
  codes: number;
  tooFew: TooFew;
  /** Keys that differ in form only (alikeIds.ts). */
  alike: Counted;
}

const COLUMNS = { users: 'u', items: 'i' } as const;

/**
 * Makes the table `users` or `items` (key, code 0..) of the keys in the `usable` rows of `raw`; with
 * `dropRare` only of those in at least `least` rows.
 */
export async function codeKeys(
  connection: DuckDBConnection,
  table: 'users' | 'items',
  { usable, least, dropRare }: { usable: string; least: number; dropRare: boolean },
): Promise<KeyCodes> {
  const column = COLUMNS[table];
  await connection.run(
    `CREATE TABLE counted AS SELECT ${column} AS key, count(*) AS n FROM raw WHERE ${usable} GROUP BY ` +
      `${column}`,
  );
  const frequent = dropRare && least > 1 ? `WHERE n >= ${least}` : '';
  await connection.run(
    `CREATE TABLE ${table} AS SELECT key, CAST(row_number() OVER () - 1 AS INTEGER) AS code FROM ` +
      `counted ${frequent}`,
  );
  const { seen, codes } = await countsOf(
    connection,
    `SELECT (SELECT count(*) FROM counted) AS seen, (SELECT count(*) FROM ${table}) AS codes`,
  );
  const tooFew = await belowThreshold(connection, least);
  const alike = await lookAlikes(connection);
  await connection.run('DROP TABLE counted');
  return { seen, codes, tooFew, alike };
}

/** The keys of `counted` that occur less than `least` times. */
async function belowThreshold(connection: DuckDBConnection, least: number): Promise<TooFew> {
  const result = await connection.run(
    `SELECT count(*), min(key), arg_min(n, key) FROM counted WHERE n < ${least}`,
  );
  const [[count, key, n]] = await result.getRows();
  return Number(count) === 0
    ? { count: 0 }
    : { count: Number(count), example: { key: String(key), interactions: Number(n) } };
}

/** The keys of `counted` that differ in form only. */
async function lookAlikes(connection: DuckDBConnection): Promise<Counted> {
  const result = await connection.run(
    'SELECT sum(n), min(a), arg_min(b, a) FROM (SELECT count(*) AS n, min(key) AS a, max(key) AS b FROM ' +
      `counted GROUP BY ${plainIdSql('key')}) WHERE n > 1`,
  );
  const [[count, a, b]] = await result.getRows();
  return count === null
    ? { count: 0, example: '' }
    : { count: Number(count), example: `${excerpt(String(a))} and ${excerpt(String(b))}` };
}

/**
 * Key of each code in `used` (its first `length` places), by code; the places of other codes stay empty.
 */
export async function keysOf(
  connection: DuckDBConnection,
  table: 'users' | 'items',
  { used, length, codes: count }: { used: Int32Array; length: number; codes: number },
): Promise<string[]> {
  const wanted = new Uint8Array(count);
  for (let k = 0; k < length; k++) wanted[used[k]] = 1;
  const keys = new Array<string>(wanted.length);
  for await (const chunk of chunksOf(connection, `SELECT code, key FROM ${table}`)) {
    const codes = chunk.getColumnVector(0);
    const texts = chunk.getColumnVector(1);
    for (let j = 0, rows = chunk.rowCount; j < rows; j++) {
      const code = codes.getItem(j) as number;
      if (wanted[code]) keys[code] = texts.getItem(j) as string;
    }
  }
  return keys;
}
