/**
 * `mini`, and its Table 3 again in a control world whose texts say nothing about behaviour. It takes ten
 * minutes on two cores after `mini`, since it trains no language model. The other control worlds are in
 * `unrelated` and `study`.
 */
import { mini } from './mini';
import type { Profile } from './schema';

export const worlds: Profile = {
  ...mini,
  name: 'worlds',
  repetitions: {
    runs: [{ world: 'shuffled', seed: 1 }],
    backbones: ['SASRec'],
    learningRates: mini.recommender.learningRates,
  },
};
