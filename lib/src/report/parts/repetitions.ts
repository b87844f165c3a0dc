/** The verdicts again with other seeds, batches or worlds, of this profile and of others. */
import type { Block } from '../block';
import { hasRepetitions } from '../conditions';
import { aboutRepetitions, changedIn, controlFindings, seedFindings } from '../display/findings';
import { repeatedVerdicts } from '../display/verdicts';
import type { Part } from './part';

export const repetitionsPart: Part = {
  name: 'repetitions',
  section: '5',
  blocks: async (session, others) => {
    const repeating = [session, ...others].filter(({ profile }) => hasRepetitions(profile));
    const blocks: Block[] = [];
    for (const each of repeating) {
      const boards = await each.repetitions();
      blocks.push(
        { heading: `Again: ${changedIn(boards).join(', ')} (${each.profile.name})` },
        { text: aboutRepetitions(boards, each.profile) },
        ...[...seedFindings(boards), ...controlFindings(boards)].map((text): Block => ({ text })),
        { table: repeatedVerdicts(boards) },
      );
    }
    return blocks;
  },
};
