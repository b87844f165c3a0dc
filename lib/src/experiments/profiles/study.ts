/** `mini` with more seeds, worlds and pre-trainings. */
import { mini } from './mini';
import type { Profile } from './types';

export const study: Profile = {
  ...mini,
  name: 'study',
  layerSets: { domain: 'Pantry', also: ['Arts', 'Instruments'], restricted: 'PT and FT' },
  equalUpdates: [0.1],
  equalScales: mini.domains,
  repetitions: {
    runs: [{ world: 'calibrated', seed: 2 }, { world: 'shuffled', seed: 1 }, { world: 'unrelated', seed: 1 }, { world: 'silent', seed: 1 }],
    backbones: ['SASRec'],
    learningRates: mini.recommender.learningRates,
  },
  recommender: { ...mini.recommender, seeds: [1, 2, 3] },
};
