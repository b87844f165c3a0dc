/**
 * From a DuckDB table of interactions to filtered sequences with ids. Every reader fills the table `raw`
 * (reading/interactions.ts: u, i and t in seconds since 1970, rows in file order) and calls this; texts come
 * afterwards.
 *
 * Order: users by their first interaction in the file; a user's interactions by time, ties in file order or
 * by item key (D33); item ids by a hash of the item's key. Not by first appearance: items of one day stand
 * sorted by their key in the published files (method 2.3), so ids in order of appearance would reveal a
 * little of what follows what, and so would the key itself.
 *
 * DuckDB counts and turns keys into numbers out of core; what its first filter leaves arrives as four
 * numeric columns (20 bytes per interaction), and is filtered and sorted here.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { excerpt, InputError } from '../errors';
import { plainIdSql } from './alikeIds';
import { chunksOf, countsOf } from './duckdb';
import {
  applyCountFilters,
  filterOptions,
  keepUsers,
  type EventColumns,
  type FilterOptions,
} from './filters';
import { keyHash } from './keyHash';
import { LATEST } from './reading/times';
import type { ReadReport, TooFew } from './readReport';
import { CHECK_WRITTEN } from './records/records';

export interface Sequences {
  offsets: Int32Array;
  sequence: Int32Array;
  userKeys: string[];
  itemKeys: string[];
  counts: Pick<ReadReport, 'interactions' | 'users' | 'items' | 'filter'>;
  /** Kept rows that cannot be told apart, or not put in order, by their time. */
  ties: Ties;
  /** Ids that differ in form only (alikeIds.ts), before the filters. */
  alike: { users: Counted; items: Counted };
}

/** Of ids or rows: how many, and the first. */
export interface Counted {
  count: number;
  example: string;
}

export interface Ties {
  /** Rows that equal an earlier one in user, item and time. */
  repeated: Counted;
  /** Rows of the same time as a row of the user with another item. */
  sameTime: Counted;
}

/** What messages name the source by. */
export interface Where {
  path: string;
  /** Such as: user from "uid", item from "sku". */
  columns: string;
  /** What it is if it has no rows. */
  empty: string;
}

interface Coded {
  /** Keys that occur, and those that got a code. */
  seen: number;
  codes: number;
  tooFew: TooFew;
  alike: Counted;
}

/**
 * @throws InputError if no interaction is left.
 */
export async function sequencesFromRaw(
  connection: DuckDBConnection,
  where: Where,
  options: FilterOptions = {},
): Promise<Sequences> {
  const filter = filterOptions(options);
  const repeated = filter.duplicates === 'drop' ? await dropRepeated(connection) : 0;
  const hasIds = `u <> '' AND i <> ''`;
  const usable = `${hasIds} AND t BETWEEN 0 AND ${LATEST}`;
  const rows = await countsOf(
    connection,
    `SELECT count(*) AS read, count(*) FILTER (${hasIds}) AS ids, count(*) FILTER (${usable}) AS usable ` +
      'FROM raw',
  );

  // In a k-core no user and no item below the threshold survives, so the first round can happen before
  // anything is copied.
  const early = filter.passes === 'iterated' || filter.minItemInteractions <= 1;
  const code = async (table: string, column: string, least: number): Promise<Coded> => {
    await connection.run(
      `CREATE TABLE counted AS SELECT ${column} AS key, count(*) AS n FROM raw WHERE ${usable} GROUP BY ` +
        `${column}`,
    );
    const frequent = early && least > 1 ? `WHERE n >= ${least}` : '';
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
  };
  const ofUsers = await code('users', 'u', filter.minUserInteractions);
  const ofItems = await code('items', 'i', filter.minItemInteractions);
  const [users, items] = [ofUsers.codes, ofItems.codes];

  const { events, length: fetched } = await fetchEvents(connection, usable);
  let length = applyCountFilters(events, fetched, users, items, filter);
  if (filter.userShare < 1) {
    const keys = await fetchKeys(connection, 'users', marked(events.user, length, users));
    length = keepUsers(
      events,
      length,
      (user) => keyHash(keys[user], filter.sampleSeed) < filter.userShare * 2 ** 32,
    );
  }
  if (length === 0) throw nothingLeft(where, rows, filter, ofUsers.alike);

  const keysOfItems = await fetchKeys(connection, 'items', marked(events.item, length, items));
  const byUser = groupByUser(
    events,
    length,
    users,
    filter.ties === 'itemKey' ? ranksOf(keysOfItems) : undefined,
  );
  const { ids, keys: itemKeys } = itemOrder(keysOfItems);
  const allUserKeys = await fetchKeys(connection, 'users', marked(events.user, length, users));
  const sequence = byUser.item.map((item) => ids[item]);
  return {
    offsets: byUser.offsets,
    sequence,
    userKeys: Array.from(byUser.users, (user) => allUserKeys[user]),
    itemKeys,
    counts: {
      interactions: {
        read: rows.read + repeated,
        withoutId: rows.read - rows.ids,
        withoutTime: rows.ids - rows.usable,
        repeated,
        filtered: rows.usable - length,
        kept: length,
      },
      users: { read: ofUsers.seen, kept: byUser.users.length, tooFew: ofUsers.tooFew },
      items: { read: ofItems.seen, kept: itemKeys.length, tooFew: ofItems.tooFew },
      filter,
    },
    alike: { users: ofUsers.alike, items: ofItems.alike },
    ties: tiesOf(byUser, events.time, allUserKeys, keysOfItems),
  };
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
 * Keeps the first of the rows of `raw` that are equal in user, item and time, in file order; returns how many
 * were removed.
 */
async function dropRepeated(connection: DuckDBConnection): Promise<number> {
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
async function fetchEvents(
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

/** Flags of the codes that occur. */
function marked(codes: Int32Array, length: number, count: number): Uint8Array {
  const flags = new Uint8Array(count);
  for (let k = 0; k < length; k++) flags[codes[k]] = 1;
  return flags;
}

/** Key of each marked code; other places stay empty. */
async function fetchKeys(
  connection: DuckDBConnection,
  table: 'users' | 'items',
  wanted: Uint8Array,
): Promise<string[]> {
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

/** Ids 1.. of the item codes that have a key, in the order of the keys' hash (equal hashes: by key). */
function itemOrder(keys: string[]): { ids: Int32Array; keys: string[] } {
  const codes: number[] = [];
  keys.forEach((_, code) => codes.push(code));
  const hashes = new Uint32Array(keys.length);
  for (const code of codes) hashes[code] = keyHash(keys[code], 0);
  codes.sort((a, b) => hashes[a] - hashes[b] || (keys[a] < keys[b] ? -1 : 1));
  const ids = new Int32Array(keys.length);
  codes.forEach((code, rank) => (ids[code] = rank + 1));
  return { ids, keys: codes.map((code) => keys[code]) };
}

/** The place of each code among the codes sorted by key. */
function ranksOf(keys: string[]): Int32Array {
  const codes: number[] = [];
  keys.forEach((_, code) => codes.push(code));
  codes.sort((a, b) => (keys[a] < keys[b] ? -1 : 1));
  const ranks = new Int32Array(keys.length);
  codes.forEach((code, rank) => (ranks[code] = rank));
  return ranks;
}

interface Grouped {
  users: Int32Array;
  offsets: Int32Array;
  /** Places in the columns of events, by user and then in order. */
  order: Int32Array;
  /** Item code at each of them. */
  item: Int32Array;
}

/**
 * Interactions grouped by user (in order of the user's first place in the file), each group sorted by time,
 * then by `itemRanks` if given, then by place.
 */
function groupByUser(
  events: EventColumns,
  length: number,
  userCount: number,
  itemRanks?: Int32Array,
): Grouped {
  const counts = new Int32Array(userCount);
  const first = new Int32Array(userCount).fill(0x7fffffff);
  for (let k = 0; k < length; k++) {
    counts[events.user[k]]++;
    first[events.user[k]] = Math.min(first[events.user[k]], events.place[k]);
  }
  const present: number[] = [];
  for (let user = 0; user < userCount; user++) if (counts[user] > 0) present.push(user);
  const users = Int32Array.from(present).sort((a, b) => first[a] - first[b]);
  const offsets = new Int32Array(users.length + 1);
  const next = new Int32Array(userCount);
  users.forEach((user, row) => {
    next[user] = offsets[row];
    offsets[row + 1] = offsets[row] + counts[user];
  });
  const order = new Int32Array(length);
  for (let k = 0; k < length; k++) order[next[events.user[k]]++] = k;
  const { item, time, place } = events;
  const tie =
    itemRanks === undefined
      ? (a: number, b: number): number => place[a] - place[b]
      : (a: number, b: number): number => itemRanks[item[a]] - itemRanks[item[b]] || place[a] - place[b];
  for (let row = 0; row < users.length; row++) {
    order.subarray(offsets[row], offsets[row + 1]).sort((a, b) => time[a] - time[b] || tie(a, b));
  }
  return { users, offsets, order, item: order.map((k) => item[k]) };
}

/** Looks at the rows of each time of each user. */
function tiesOf(
  { users, offsets, order, item }: Grouped,
  time: Float64Array,
  userKeys: readonly string[],
  itemKeys: readonly string[],
): Ties {
  const repeated: Counted = { count: 0, example: '' };
  const sameTime: Counted = { count: 0, example: '' };
  for (let row = 0; row < users.length; row++) {
    for (let k = offsets[row]; k < offsets[row + 1];) {
      let end = k + 1;
      while (end < offsets[row + 1] && time[order[end]] === time[order[k]]) end++;
      if (end > k + 1) {
        const found = new Set<number>();
        const user = `user ${excerpt(userKeys[users[row]])}`;
        for (const code of item.subarray(k, end)) {
          if (found.has(code) && repeated.count++ === 0)
            repeated.example = `${user}, item ${excerpt(itemKeys[code])}`;
          found.add(code);
        }
        const [one, other] = found;
        if (other !== undefined) {
          if (sameTime.count === 0)
            sameTime.example = `${user}, items ${excerpt(itemKeys[one])} and ${excerpt(itemKeys[other])}`;
          sameTime.count += end - k;
        }
      }
      k = end;
    }
  }
  return { repeated, sameTime };
}

function nothingLeft(
  { path, columns, empty }: Where,
  rows: Record<string, number>,
  filter: Required<FilterOptions>,
  alikeUsers: Counted,
): InputError {
  if (rows.read === 0) return new InputError(path, `expected rows, got ${empty}`, CHECK_WRITTEN);
  const why =
    rows.ids === 0
      ? `got ${rows.read} rows, none with both a user and an item (${columns})`
      : rows.usable === 0
        ? `got ${rows.ids} rows, none with a possible time (${columns})`
        : `got none of ${rows.usable} through the filters (users >= ${filter.minUserInteractions}, items ` +
          `>= ${filter.minItemInteractions}, ${100 * filter.userShare} % of the users)` +
          (rows.read > rows.usable
            ? `; ${rows.read - rows.usable} rows lack user, item or a possible time`
            : '') +
          (alikeUsers.count > 0 ? `; users such as ${alikeUsers.example} look alike` : '');
  return new InputError(
    path,
    `expected usable interactions, ${why}`,
    rows.usable > 0
      ? 'Loosen the filters (minUserInteractions, --min-user-interactions)'
      : 'Name other columns with columns (--columns user=NAME,item=NAME,time=NAME)',
  );
}
