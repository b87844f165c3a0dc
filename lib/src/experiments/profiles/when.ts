/**
 * "When does it help?": what an item table gains SASRec as texts say less about behaviour, with fewer or more
 * users, at other scales, and after less pre-training. One domain, three seeds. It trains no language model
 * beyond those of `mini`.
 */
import { mini } from './mini';
import type { Profile } from './schema';

export const when: Profile = {
  ...mini,
  name: 'when',
  domains: ['Arts'],
  tables: [],
  backbones: ['SASRec'],
  attention: { ...mini.attention, domains: [] },
  withID: [],
  beyond: [],
  equalScales: [],
  fractionDomains: [],
  sweeps: {
    domain: 'Arts',
    textsKept: [0, 0.25, 0.5, 0.75, 1],
    users: [0.25, 0.5, 1, 2, 4, 8],
    scales: [0.1, 0.3, 1, 3, 10, 30],
  },
  recommender: { ...mini.recommender, seeds: [1, 2, 3] },
};
