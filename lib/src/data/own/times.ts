/**
 * Turns the times of a user's file into seconds since 1970: numbers (seconds, milli-, micro- or nanoseconds,
 * told by their size) or dates as text (ISO 8601; without a zone they are UTC). Called by readOwn.ts.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '../../errors';
import { countsOf } from '../duckdb';

/**
 * Replaces the text column t of `loaded` by a number, into the table `raw` (u, i, t), rows in the same order.
 * Empty times become NULL (dropped and counted later).
 * @throws InputError naming the first row whose time is neither, or whose kind differs from the others'.
 */
export async function convertTimes(
  connection: DuckDBConnection,
  where: string,
  column: string,
): Promise<void> {
  const number = `TRY_CAST(trim(t) AS DOUBLE)`;
  const date = `TRY_CAST(trim(t) AS TIMESTAMPTZ)`;
  await connection.run(`SET TimeZone = 'UTC'`);
  const seen = await countsOf(
    connection,
    `SELECT count(*) FILTER (trim(t) <> '') AS times, count(${number}) FILTER (isfinite(${number})) AS ` +
      `numbers, coalesce(max(${number}) FILTER (isfinite(${number})), 0) AS largest FROM loaded`,
  );
  const numeric = seen.numbers * 2 > seen.times;
  const value = numeric
    ? `CASE WHEN isfinite(${number}) THEN ${number} / ${unitsPerSecond(seen.largest)} END`
    : `epoch(${date})`;
  const wrong = await connection.run(
    `SELECT rowid + 1, t FROM loaded WHERE trim(t) <> '' AND ${value} IS NULL ORDER BY rowid LIMIT 1`,
  );
  const [first] = await wrong.getRows();
  if (first) {
    throw new InputError(
      `${where} row ${String(first[0])}`,
      `expected ${numeric ? 'a number' : 'a number or an ISO date'} as ${column}, got ` +
        `"${String(first[1])}"`,
      'Mend or remove the row (rows are counted from 1, the header left out)',
    );
  }
  await connection.run(
    `CREATE TABLE raw AS SELECT u, i, CASE WHEN trim(t) <> '' THEN ${value} END AS t FROM loaded`,
  );
  await connection.run('DROP TABLE loaded');
}

/** 10^11 seconds are the year 5138, 10^11 milliseconds 1973. */
function unitsPerSecond(largest: number): number {
  if (largest < 1e11) return 1;
  if (largest < 1e14) return 1e3;
  return largest < 1e17 ? 1e6 : 1e9;
}
