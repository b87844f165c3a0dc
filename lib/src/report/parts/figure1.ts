/** Figure 1: attention. */
import type { Block } from '../block';
import { hasFigure1 } from '../conditions';
import { describeAttention } from '../display/describeAttention';
import { figure1 } from '../figures';
import type { Part } from './part';

export const figure1Part: Part = {
  name: 'figure1',
  section: '3.2',
  within: hasFigure1,
  blocks: async (session) => {
    const maps = await session.figure1();
    return [
      { heading: 'Figure 1: attention' },
      ...session.profile.attention.domains.flatMap((domain): Block[] => {
        const own = maps.filter((map) => map.domain === domain);
        return [
          { figure: figure1(own), caption: `Figure 1: what the first token attends to, on ${domain}.` },
          { text: describeAttention.sentences(own).join(' ') },
        ];
      }),
    ];
  },
};
