/** Rows of a user that cannot be told apart, or not put in order, by their time. */
import { excerpt } from '../../errors';
import type { Counted } from './counted';
import type { UserGroups } from './userGroups';

export interface Ties {
  /** Rows that equal an earlier one in user, item and time. */
  repeated: Counted;
  /** Rows of the same time as a row of the user with another item. */
  sameTime: Counted;
}

/** Looks at the rows of each time of each user. */
export function tiesOf(
  { users, offsets, order, item }: UserGroups,
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
