/** Table 2: the datasets. */
import type { Part } from './part';

export const table2Part: Part = {
  name: 'table2',
  section: '4.2',
  blocks: async (session) => [{ comparison: await session.table2() }],
};
