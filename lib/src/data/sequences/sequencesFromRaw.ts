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
import { InputError } from '../../errors';
import { countsOf } from '../duckdb';
import { applyCountFilters, filterOptions, keepUsers, type FilterOptions } from '../filters';
import { keyHash } from '../keyHash';
import { LATEST } from '../reading/times';
import type { ReadReport } from '../readReport';
import { CHECK_WRITTEN } from '../records/records';
import type { Counted } from './counted';
import { dropRepeated, fetchEvents } from './interactionTable';
import { idsOf, ranksOf } from './itemIds';
import { codeKeys, keysOf } from './keyCodes';
import { tiesOf, type Ties } from './ties';
import { groupByUser } from './userGroups';

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

/** What messages name the source by. */
export interface Where {
  path: string;
  /** Such as: user from "uid", item from "sku". */
  columns: string;
  /** What it is if it has no rows. */
  empty: string;
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
  const dropRare = filter.passes === 'iterated' || filter.minItemInteractions <= 1;
  const { minUserInteractions, minItemInteractions } = filter;
  const users = await codeKeys(connection, 'users', { usable, least: minUserInteractions, dropRare });
  const items = await codeKeys(connection, 'items', { usable, least: minItemInteractions, dropRare });

  const { events, length: fetched } = await fetchEvents(connection, usable);
  let length = applyCountFilters(events, fetched, users.codes, items.codes, filter);
  const usersLeft = (): Promise<string[]> =>
    keysOf(connection, 'users', { used: events.user, length, codes: users.codes });
  if (filter.userShare < 1) {
    const keys = await usersLeft();
    const kept = (user: number): boolean =>
      keyHash(keys[user], filter.sampleSeed) < filter.userShare * 2 ** 32;
    length = keepUsers(events, length, kept);
  }
  if (length === 0) throw nothingLeft(where, rows, filter, users.alike);

  const userKeys = await usersLeft();
  const itemKeys = await keysOf(connection, 'items', { used: events.item, length, codes: items.codes });
  const itemRanks = filter.ties === 'itemKey' ? ranksOf(itemKeys) : undefined;
  const byUser = groupByUser(events, length, users.codes, itemRanks);
  const { ids, keys: keysById } = idsOf(itemKeys);
  return {
    offsets: byUser.offsets,
    sequence: byUser.item.map((item) => ids[item]),
    userKeys: Array.from(byUser.users, (user) => userKeys[user]),
    itemKeys: keysById,
    counts: {
      interactions: interactionCounts(rows, repeated, length),
      users: { read: users.seen, kept: byUser.users.length, tooFew: users.tooFew },
      items: { read: items.seen, kept: keysById.length, tooFew: items.tooFew },
      filter,
    },
    alike: { users: users.alike, items: items.alike },
    ties: tiesOf(byUser, events.time, userKeys, itemKeys),
  };
}

/** `repeated`: rows dropped before the others were counted. `kept`: what the filters left. */
function interactionCounts(
  rows: Record<string, number>,
  repeated: number,
  kept: number,
): ReadReport['interactions'] {
  return {
    read: rows.read + repeated,
    withoutId: rows.read - rows.ids,
    withoutTime: rows.ids - rows.usable,
    repeated,
    filtered: rows.usable - kept,
    kept,
  };
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
      : 'Name other columns with columns (--columns user=NAME,item=NAME,time=NAME)' +
          (rows.ids > 0 ? ', or the unit of the times with timeUnit (--time-unit)' : ''),
  );
}
