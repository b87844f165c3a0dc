/**
 * Which part of a source becomes the dataset, and in which order: the options that every reader takes (method
 * 2, D30, D31, D33), and the filters on users and items, over interactions held as codes. Knows no files, and
 * no keys except to sample users.
 */
import * as v from 'valibot';
import { defaulted, object, oneOf, parse, share, whole } from '../schema';

export const filterSchema = object({
  minUserInteractions: defaulted(whole(0), 4, 'users with fewer interactions are dropped', 'D30'),
  minItemInteractions: defaulted(whole(0), 0, 'items with fewer interactions are dropped; 0: none', 'D30'),
  /** "iterated": until both hold at once (a k-core). "once": items, then users. */
  passes: defaulted(
    oneOf('value', ['iterated', 'once']),
    'iterated',
    'filters applied until both hold (iterated), or once',
    'D30',
  ),
  userShare: defaulted(share, 1, 'share of users to keep, drawn after the other filters'),
  sampleSeed: defaulted(whole(0), 42, 'seed of that draw'),
  /** "itemKey": by the asin, ascending by UTF-16 code units. */
  ties: defaulted(
    oneOf('value', ['file', 'itemKey']),
    'file',
    "order of a user's events of equal time: as in the file, or by itemKey",
    'D33',
  ),
  /** "drop": before any filter counts. */
  duplicates: defaulted(
    oneOf('value', ['keep', 'drop']),
    'keep',
    'rows with equal user, item and time: keep all, or only the first',
    'D33',
  ),
  /** Who is evaluated; see DatasetParts. */
  exclusion: defaulted(
    oneOf('value', ['user', 'target']),
    'user',
    'if a target was never trained on: leave out the user, or that target',
    'D31',
  ),
});
/** Filters on users and items; docs/decisions.md#d30, #d31 and #d33 say why. */
export type FilterOptions = v.InferInput<typeof filterSchema>;
export type Filter = v.InferOutput<typeof filterSchema>;

/**
 * The filters among `given`, with defaults for those that are left out. @throws InputError for a value that
 * cannot be meant.
 */
export function filterOptions(given: FilterOptions): Filter {
  const known = Object.entries(given).filter(([name]) => name in filterSchema.entries);
  return parse(filterSchema, Object.fromEntries(known), 'filter');
}

/** Filters in full, as they are if none are set. */
export const FILTER_DEFAULTS = filterOptions({});

/**
 * Interactions as columns: user code, item code, time, and place in the file (which breaks ties of time,
 * D33).
 */
export interface EventColumns {
  user: Int32Array;
  item: Int32Array;
  time: Float64Array;
  place: Int32Array;
}

/**
 * Keeps, in place, the interactions whose users and items pass; returns how many there are now at the front
 * of the columns.
 */
export function applyCountFilters(
  events: EventColumns,
  length: number,
  users: number,
  items: number,
  options: Filter,
): number {
  const { minUserInteractions, minItemInteractions, passes } = options;
  if (passes === 'once') {
    const ofItem = counts(events.item, length, items);
    const left = compact(events, length, (k) => ofItem[events.item[k]] >= minItemInteractions);
    const ofUser = counts(events.user, left, users);
    return compact(events, left, (k) => ofUser[events.user[k]] >= minUserInteractions);
  }
  const ofUser = counts(events.user, length, users);
  const ofItem = counts(events.item, length, items);
  for (let before = -1; before !== length;) {
    before = length;
    length = compact(events, length, (k) => {
      const user = events.user[k];
      const item = events.item[k];
      if (ofUser[user] >= minUserInteractions && ofItem[item] >= minItemInteractions) return true;
      ofUser[user]--;
      ofItem[item]--;
      return false;
    });
  }
  return length;
}

/** Keeps the interactions of the users that `keep` names; returns how many there are. */
export function keepUsers(events: EventColumns, length: number, keep: (user: number) => boolean): number {
  return compact(events, length, (k) => keep(events.user[k]));
}

function counts(codes: Int32Array, length: number, codeCount: number): Int32Array {
  const result = new Int32Array(codeCount);
  for (let k = 0; k < length; k++) result[codes[k]]++;
  return result;
}

function compact(
  { user, item, time, place }: EventColumns,
  length: number,
  keep: (k: number) => boolean,
): number {
  let kept = 0;
  for (let k = 0; k < length; k++) {
    if (!keep(k)) continue;
    user[kept] = user[k];
    item[kept] = item[k];
    time[kept] = time[k];
    place[kept] = place[k];
    kept++;
  }
  return kept;
}
