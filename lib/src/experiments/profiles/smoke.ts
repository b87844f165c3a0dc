/** For tests: `mini` on one domain, too small to learn much. */
import { mini } from './mini';
import type { Profile } from './schema';

export const smoke: Profile = {
  ...mini,
  name: 'smoke',
  simulation: { ...mini.simulation, size: 'smoke' },
  domains: ['Pantry'],
  language: {
    ...mini.language,
    from: 'scratch',
    hidden: 16,
    heads: 2,
    vocabulary: 600,
    sentences: 500,
    epochs: 1,
  },
  pretrain: { ...mini.pretrain, epochs: 1, batch: 64, fractions: [0.1] },
  finetune: { ...mini.finetune, epochs: 1, patience: 1, batch: 64 },
  equalUpdates: [0.1],
  attention: { domains: ['Pantry'], sequences: 3 },
  withID: ['Pantry'],
  equalScales: ['Pantry'],
  recommender: { ...mini.recommender, epochs: 2, patience: 2, passes: { SASRec: 1, BERT4Rec: 1 } },
};
