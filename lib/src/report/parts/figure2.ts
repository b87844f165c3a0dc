/** Figure 2: how much pre-training data the item table needs. */
import { has } from '../conditions';
import { equalUpdatesTable, outOfReach } from '../display/equalUpdates';
import { figure2 } from '../figures';
import type { Part } from './part';

export const figure2Part: Part = {
  name: 'figure2',
  section: '4.6',
  within: has('figure2'),
  blocks: async (session, others) => {
    const own = session.profile.equalUpdates.length > 0 ? await session.equalUpdates() : [];
    const unreached = outOfReach(await session.sharesOutOfReach());
    const updated = [session, ...others].find(({ profile }) => profile.equalUpdates.length > 0);
    return [
      { heading: 'Figure 2: pre-training data' },
      {
        figure: figure2(await session.figure2(), own),
        caption:
          'Figure 2: how much pre-training data the item table needs; SASRec with the trainable table. ' +
          'Bars: 95 % intervals over users of the distance from 0 %.',
      },
      ...(unreached === undefined ? [] : [{ text: unreached }]),
      ...(updated === undefined
        ? []
        : [
            {
              table: equalUpdatesTable(
                await updated.figure2(),
                await updated.equalUpdates(),
                updated.profile.name,
              ),
            },
          ]),
    ];
  },
};
