/** Table 1: which layers are tuned. */
import { has } from '../conditions';
import { layerSets } from '../figures';
import type { Part } from './part';

export const table1Part: Part = {
  name: 'table1',
  section: '3.3',
  within: has('table1'),
  blocks: async (session) => {
    const table = await session.table1();
    return [
      { comparison: table },
      { figure: layerSets(table), caption: 'Table 1 as a picture: which layers are tuned.' },
    ];
  },
};
