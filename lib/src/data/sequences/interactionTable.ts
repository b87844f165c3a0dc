/** The rows of the table `raw` (u, i, t): repeated ones dropped, coded ones fetched as numbers. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { chunksOf, countsOf } from '../duckdb';
import type { EventColumns } from '../filters';

/**
 * Keeps the first of the rows of `raw` that are equal in user, item and time, in file order; returns how many
 * were removed.
 */
export async function dropRepeated(connection: DuckDBConnection): Promise<number> {
  const rows = `(SELECT count(*) FROM raw)`;
  const { before } = await countsOf(connection, `SELECT ${rows} AS before`);
  await connection.run(
    'CREATE TABLE first_rows AS SELECT u, i, t FROM (SELECT min(rowid) AS place, u, i, t FROM raw GROUP ' +
      'BY u, i, t) ORDER BY place',
  );
  await connection.run('DROP TABLE raw');
  await connection.run('ALTER TABLE first_rows RENAME TO raw');
  const { after } = await countsOf(connection, `SELECT ${rows} AS after`);
  return before - after;
}

/** Interactions of the users and items that have a code, in any order: `place` is the place in the file. */
export async function fetchEvents(
  connection: DuckDBConnection,
  usable: string,
): Promise<{ events: EventColumns; length: number }> {
  const columns = [
    new Int32Array(1 << 16),
    new Int32Array(1 << 16),
    new Float64Array(1 << 16),
    new Int32Array(1 << 16),
  ];
  let length = 0;
  const query = `SELECT users.code, items.code, CAST(t AS DOUBLE), CAST(raw.rowid AS INTEGER)
    FROM raw JOIN users ON u = users.key JOIN items ON i = items.key WHERE ${usable}`;
  for await (const chunk of chunksOf(connection, query)) {
    const rows = chunk.rowCount;
    for (let c = 0; c < columns.length; c++) {
      if (length + rows > columns[c].length) columns[c] = grown(columns[c]);
      const column = columns[c];
      const vector = chunk.getColumnVector(c);
      for (let j = 0; j < rows; j++) column[length + j] = vector.getItem(j) as number;
    }
    length += rows;
  }
  const [user, item, time, place] = columns as [Int32Array, Int32Array, Float64Array, Int32Array];
  return { events: { user, item, time, place }, length };
}

function grown<T extends Int32Array | Float64Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(Math.ceil(array.length * 1.5));
  larger.set(array);
  return larger;
}
