/** How this differs from the paper. */
import { profile as namedProfile } from '../../experiments/profiles';
import { differencesTable } from '../display/differencesTable';
import type { Part } from './part';

export const differencesPart: Part = {
  name: 'differences',
  section: undefined,
  blocks: async ({ profile }) => [
    { heading: 'How this differs from the paper' },
    { table: differencesTable(profile, namedProfile('paper')), citing: true },
  ],
};
