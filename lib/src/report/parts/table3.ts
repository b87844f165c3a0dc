/** Table 3: the main results, at a glance and in full. */
import type { Block } from '../block';
import { has } from '../conditions';
import { glanceAt } from '../display/glance';
import { effects } from '../figures';
import type { Part } from './part';

export const table3Part: Part = {
  name: 'table3',
  section: '4.3',
  within: has('table3'),
  blocks: async (session) => {
    const tables = await Promise.all(session.profile.backbones.map((backbone) => session.table3(backbone)));
    return tables.flatMap((table): Block[] => [
      { glance: glanceAt(table) },
      { comparison: table, folded: true },
      {
        figure: effects(table),
        caption:
          `${table.title}: effect of each item table over the random one. ` +
          'Whiskers: 95 % intervals over users.',
      },
    ]);
  },
};
