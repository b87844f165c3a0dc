/** Training curves, and the learning rates that were tried. */
import { rateDomains } from '../../experiments/views/learningRates';
import type { Block } from '../block';
import { has } from '../conditions';
import { learningRates, trainingCurves } from '../figures';
import type { Part } from './part';

export const trainingPart: Part = {
  name: 'training',
  section: '4.3',
  within: has('table3'),
  blocks: async (session) => {
    const blocks: Block[] = [{ heading: 'Training' }];
    const rates = session.profile.recommender.learningRates.SASRec;
    const rate = rates.length === 1 ? `learning rate ${rates[0]}` : 'the learning rate that validation chose';
    for (const domain of session.profile.domains) {
      blocks.push({
        figure: trainingCurves(await session.trainingCurves(domain)),
        caption:
          `Training of SASRec on ${domain}, first seed, at ${rate}; the mark is the epoch whose weights ` +
          'were kept.',
      });
    }
    const searches = [];
    for (const domain of rateDomains(session.profile))
      searches.push(...(await session.learningRates(domain)));
    if (searches.length === 0) return blocks;
    return [
      ...blocks,
      {
        figure: learningRates(searches),
        caption:
          'Learning rates of SASRec: best validation NDCG@10 at each, first seed. A best rate at the ' +
          'edge means that too few rates were tried.',
      },
    ];
  },
};
