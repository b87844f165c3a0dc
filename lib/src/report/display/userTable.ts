/** What three models recommend to one user, side by side in a table, for pages without cards. Pure. */
import type { UserExample, UserRanking } from '../../experiments/views/user';
import type { Table } from './table';
import { remarkText } from './userExample';

/** Rankings of the available models; undefined if there are none. */
export function userTable(example: UserExample): Table | undefined {
  const { domain, user, items, history, next, models } = example;
  const there = models.filter((model): model is UserRanking => 'rank' in model);
  if (there.length === 0) return undefined;
  const places = there[0].top.map((_, i) => i);
  return {
    caption:
      `User ${user} of ${domain} had ${history.length} items before, last "${history[0].title}"; ` +
      `next came "${next.title}".`,
    columns: ['', ...there.map(({ name }) => name)],
    rows: [
      ...places.map((i) => [
        `${i + 1}.`,
        ...there.map(({ top }) => `${top[i].title}${remarkText(top[i], example)}`),
      ]),
      ['rank of what came next', ...there.map(({ rank }) => `${rank} of ${items}`)],
    ],
  };
}
