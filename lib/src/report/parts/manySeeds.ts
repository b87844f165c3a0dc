/** How far a single training can be trusted, of this profile and of others. */
import { hasManySeeds } from '../../experiments/controls/manySeeds';
import type { Block } from '../block';
import { manySeedsTable, singleTrainings } from '../display/manySeedsTable';
import type { Part } from './part';

export const manySeedsPart: Part = {
  name: 'manySeeds',
  section: '4.3',
  blocks: async (session, others) => {
    const blocks: Block[] = [];
    for (const each of [session, ...others].filter(({ profile }) => hasManySeeds(profile))) {
      const cells = await each.manySeeds();
      blocks.push(
        { heading: `How far can one training be trusted? (${each.profile.name})` },
        { text: singleTrainings(cells).join(' ') },
        { table: manySeedsTable(cells) },
      );
    }
    return blocks;
  },
};
