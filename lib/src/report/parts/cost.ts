/** What it cost. */
import { costTable } from '../display/costTable';
import type { Part } from './part';

export const costPart: Part = {
  name: 'cost',
  section: undefined,
  blocks: async (session) => [{ heading: 'What it cost' }, { table: costTable(await session.cost()) }],
};
