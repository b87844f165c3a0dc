/** Table 4: ranking among all items. */
import { has } from '../conditions';
import { beatenModels } from '../display/competence';
import { fineTuned } from './fineTuned';
import type { Part } from './part';

export const table4Part: Part = {
  name: 'table4',
  section: '4.4',
  within: has('table4'),
  blocks: async (session) => {
    const table = await session.table4();
    return [
      { comparison: { ...table, notes: [...fineTuned(table), ...beatenModels(table), ...table.notes] } },
    ];
  },
};
