/** Interactions by user, each user's in order of time. */
import type { EventColumns } from '../filters';

export interface UserGroups {
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
export function groupByUser(
  events: EventColumns,
  length: number,
  userCount: number,
  itemRanks?: Int32Array,
): UserGroups {
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
