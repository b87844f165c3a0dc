/**
 * Table 3 of `mini` again in the control worlds, to tell what a finding is due to. About two hours on two
 * cores; resumable.
 */
import { mini } from './mini';
import type { Profile } from './schema';

export const worlds: Profile = {
  ...mini,
  name: 'worlds',
  tables: ['table3'],
  backbones: ['SASRec'],
  pretrain: { ...mini.pretrain, fractions: [] },
  attention: { ...mini.attention, domains: [] },
  withID: [],
  beyond: [],
  equalScales: [],
  fractionDomains: [],
  repetitions: {
    runs: [
      { world: 'shuffled', seed: 1 },
      { world: 'unrelated', seed: 1 },
      { world: 'silent', seed: 1 },
    ],
    backbones: ['SASRec'],
    learningRates: mini.recommender.learningRates,
  },
  recommender: { ...mini.recommender, sensitivity: [] },
};
