/** When an item table helps, as one condition changes at a time. */
import { hasSweeps } from '../../experiments/views/whenItHelps';
import { whenSentences } from '../display/whenSentences';
import { whenItHelps } from '../figures';
import type { Part } from './part';

export const whenPart: Part = {
  name: 'when',
  section: undefined,
  blocks: async (session, others) => {
    const swept = [session, ...others].find(({ profile }) => hasSweeps(profile));
    if (swept === undefined) return [];
    const points = await swept.whenItHelps();
    return [
      { heading: 'When does it help?' },
      {
        intro: `SASRec on ${points[0].domain}, mean over seeds; in brackets the standard deviation.`,
        list: whenSentences(points),
      },
      {
        figure: whenItHelps(points),
        caption:
          'What an item table gains SASRec over the random one as one condition changes and all others ' +
          'stay: the calibrated shop, the scale of the random table, all of pre-training. Mean and ' +
          'standard deviation over three seeds. On the axes: a star for the calibrated shop, strokes for ' +
          'Amazon files (Office Products, Beauty, Toys, Sports).',
      },
    ];
  },
};
