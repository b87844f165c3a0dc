/** Filters on users and items against the plainest way to write them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyCountFilters,
  FILTER_DEFAULTS,
  filterOptions,
  keepUsers,
  type EventColumns,
} from '../../lib/src/data/filters';

type Pair = [user: number, item: number];
const [users, items] = [6, 6];
const pairs = fc.array(fc.tuple(fc.nat(users - 1), fc.nat(items - 1)), { maxLength: 60 });

const columns = (list: Pair[]): EventColumns => ({
  user: Int32Array.from(list, ([user]) => user),
  item: Int32Array.from(list, ([, item]) => item),
  time: Float64Array.from(list, (_, k) => k / 2),
  place: Int32Array.from(list, (_, k) => k),
});

const often = (list: Pair[], which: 0 | 1, least: number): Pair[] =>
  list.filter((pair) => list.filter((other) => other[which] === pair[which]).length >= least);

function kept(
  list: Pair[],
  passes: 'iterated' | 'once',
  minUserInteractions: number,
  minItemInteractions: number,
): Pair[] {
  const events = columns(list);
  const length = applyCountFilters(events, list.length, users, items, {
    ...FILTER_DEFAULTS,
    passes,
    minUserInteractions,
    minItemInteractions,
  });
  for (let k = 0; k < length; k++) {
    // Rows stay whole and in order.
    expect([events.user[k], events.item[k]]).toEqual(list[events.place[k]]);
    expect(events.time[k]).toBe(events.place[k] / 2);
    if (k > 0) expect(events.place[k]).toBeGreaterThan(events.place[k - 1]);
  }
  return Array.from({ length }, (_, k) => [events.user[k], events.item[k]]);
}

const least = fc.nat(4);

describe('filters', () => {
  it('iterated: the largest part in which both thresholds hold', () => {
    fc.assert(
      fc.property(pairs, least, least, (list, minUser, minItem) => {
        let expected = list;
        for (let before = -1; before !== expected.length;) {
          before = expected.length;
          expected = often(often(expected, 0, minUser), 1, minItem);
        }
        expect(kept(list, 'iterated', minUser, minItem)).toEqual(expected);
      }),
    );
  });

  it('once: items, then users', () => {
    fc.assert(
      fc.property(pairs, least, least, (list, minUser, minItem) => {
        expect(kept(list, 'once', minUser, minItem)).toEqual(often(often(list, 1, minItem), 0, minUser));
      }),
    );
  });

  it('take defaults for what is left out or undefined, and refuse what cannot be meant', () => {
    expect(filterOptions({ userShare: undefined, minUserInteractions: 0 })).toEqual({
      ...FILTER_DEFAULTS,
      minUserInteractions: 0,
    });
    expect(() => filterOptions({ userShare: 0 })).toThrow(
      /userShare: expected a share above 0 and at most 1, got 0/,
    );
    expect(() => filterOptions({ userShare: 10 })).toThrow(/got 10/);
    expect(() => filterOptions({ minUserInteractions: 2.5 })).toThrow(
      /minUserInteractions: expected a whole number/,
    );
    expect(() => filterOptions({ passes: 'twice' as 'once' })).toThrow(/unknown value "twice"/);
    expect(() => filterOptions({ ties: 'itemkey' as 'itemKey' })).toThrow(
      /filter ties: unknown value "itemkey"\. Did you mean "itemKey"/,
    );
    expect(() => filterOptions({ duplicates: 'no' as 'drop' })).toThrow(/Known: keep, drop/);
    expect(() => filterOptions({ exclusion: 'both' as 'user' })).toThrow(/Known: user, target/);
  });

  it('keep the users named', () => {
    fc.assert(
      fc.property(pairs, fc.nat(users - 1), (list, least) => {
        const events = columns(list);
        const length = keepUsers(events, list.length, (user) => user >= least);
        expect([...events.user.subarray(0, length)]).toEqual(
          list.map(([user]) => user).filter((user) => user >= least),
        );
      }),
    );
  });
});
