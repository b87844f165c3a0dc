/**
 * What of a source becomes the dataset, and in which order: the options that every reader takes (method 2,
 * D30, D31, D33), and the filters on users and items over interactions held as codes. Called by sequences.ts;
 * knows no files and no keys except to sample users.
 */
import { InputError, unknownName } from '../errors';

export interface FilterOptions {
  /** Users with fewer interactions are dropped; 4 by default. */
  minUserInteractions?: number;
  /** Items with fewer interactions are dropped; 0 by default (no filter). */
  minItemInteractions?: number;
  /** "iterated" until both hold at once (a k-core, default), or "once": items, then users (D30 option). */
  passes?: 'iterated' | 'once';
  /** Share of the users that stays, drawn after the other filters; 1 by default. */
  userShare?: number;
  /** Seed of that draw; 42 by default. */
  sampleSeed?: number;
  /**
   * D33, a user's events of equal time: in "file" order (default), or by "itemKey" (the asin; ascending by
   * UTF-16 code units).
   */
  ties?: 'file' | 'itemKey';
  /**
   * D33, rows of the same user, item and time: "keep" all of them (default), or "drop" all but the first,
   * before any filter counts.
   */
  duplicates?: 'keep' | 'drop';
  /** D31: who is evaluated where a target was never trained on; see DatasetParts. "user" by default. */
  exclusion?: 'user' | 'target';
}

export const FILTER_DEFAULTS: Required<FilterOptions> = {
  minUserInteractions: 4,
  minItemInteractions: 0,
  passes: 'iterated',
  userShare: 1,
  sampleSeed: 42,
  ties: 'file',
  duplicates: 'keep',
  exclusion: 'user',
};

const WORDS = {
  passes: ['iterated', 'once'],
  ties: ['file', 'itemKey'],
  duplicates: ['keep', 'drop'],
  exclusion: ['user', 'target'],
} as const;

/** The options with defaults where one is left out. @throws InputError for a value that cannot be meant. */
export function filterOptions(given: FilterOptions): Required<FilterOptions> {
  const known = Object.entries(given).filter(
    ([name, value]) => name in FILTER_DEFAULTS && value !== undefined,
  );
  const options: Required<FilterOptions> = {
    ...FILTER_DEFAULTS,
    ...(Object.fromEntries(known) as FilterOptions),
  };
  for (const name of ['minUserInteractions', 'minItemInteractions'] as const) {
    if (!(Number.isInteger(options[name]) && options[name] >= 0))
      throw new InputError(`filter ${name}`, `expected a whole number from 0, got ${options[name]}`);
  }
  if (!(options.userShare > 0 && options.userShare <= 1))
    throw new InputError(
      'filter userShare',
      `expected a share above 0 and at most 1, got ${options.userShare}`,
    );
  for (const [name, words] of Object.entries(WORDS)) {
    const value: string = options[name as keyof typeof WORDS];
    if (!(words as readonly string[]).includes(value))
      throw unknownName(`filter ${name}`, 'value', value, words);
  }
  return options;
}

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
  options: Required<FilterOptions>,
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
