/** `mini` with more seeds, language-model chains and control worlds. Takes hours; resumes if interrupted. */
import { mini } from './mini';
import type { Profile } from './schema';

/** The paper's grid of learning rates. */
const GRID = [3e-4, 1e-3, 3e-3, 1e-2];

export const study: Profile = {
  ...mini,
  name: 'study',
  layerSets: { domain: 'Pantry', also: ['Arts', 'Instruments'], restricted: 'FT' },
  equalUpdates: [0.1],
  equalScales: mini.domains,
  repetitions: {
    runs: [
      { world: 'calibrated', seed: 2 },
      { world: 'calibrated', seed: 3 },
      { world: 'calibrated', seed: 1, batchMix: 'oneDomain' },
      { world: 'unrelated', seed: 1 },
      { world: 'silent', seed: 1 },
    ],
    backbones: mini.backbones,
    learningRates: mini.recommender.learningRates,
  },
  recommender: { ...mini.recommender, sensitivity: GRID, seeds: [1, 2, 3] },
};
