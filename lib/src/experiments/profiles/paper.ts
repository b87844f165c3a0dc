/** The published hyper-parameters (docs/method.md), on files and a model given. */
import { mini } from './mini';
import type { Profile } from './schema';

/** The paper's grid of learning rates. */
const GRID = [3e-4, 1e-3, 3e-3, 1e-2];

export const paper: Profile = {
  ...mini,
  name: 'paper',
  given: {
    data: '',
    model: '',
    // Table 2's pre-training domains look like a tenth of the users of the 5-core files (method 2.2).
    pretraining: { set: '5core', minUserInteractions: 5, minItemInteractions: 0, userShare: 0.1, users: 0 },
    evaluated: { set: 'full', minUserInteractions: 4, minItemInteractions: 0, users: 0 },
  },
  language: { ...mini.language, layers: 12, heads: 12, hidden: 768, window: 64, vocabulary: 50_265 },
  input: { maxAttributeLength: 32, maxTokens: 1024 },
  pretrain: {
    epochs: 32,
    batch: 64,
    accumulation: 8,
    learningRate: 5e-5,
    heldOut: 0.02,
    // Of a card that people have.
    memory: 24,
    fractions: [0.0001, 0.001, 0.01, 0.02, 0.1, 0.2, 0.5],
  },
  finetune: {
    epochs: 128,
    patience: 5,
    batch: 16,
    accumulation: 8,
    // The authors' batches of 16, one after another, in place of 128 sequences at once.
    pieces: 8,
    learningRate: 5e-5,
    warmup: 100,
  },
  layerSets: { domain: 'Pantry', also: ['Arts', 'Instruments'], restricted: 'PT and FT' },
  beyond: [],
  equalScales: [],
  fractionDomains: ['Arts', 'Instruments', 'Pantry', 'Sports', 'Movies'],
  recommender: {
    epochs: 200,
    patience: 10,
    batch: { SASRec: 128, BERT4Rec: 256 },
    passes: { SASRec: 1, BERT4Rec: 1 },
    learningRates: { SASRec: GRID, BERT4Rec: GRID },
    sensitivity: [],
    seeds: [42],
  },
};
