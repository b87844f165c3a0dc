/** Table 5: RECFORMER and SASRec together. */
import { has } from '../conditions';
import type { Part } from './part';

export const table5Part: Part = {
  name: 'table5',
  section: '4.5',
  within: has('table5'),
  blocks: async (session) => [{ comparison: await session.table5() }],
};
