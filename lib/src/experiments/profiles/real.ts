/**
 * Amazon files and a small published model, both given. Sizes are for MiniLM (6 layers, width 384), one
 * evaluated domain, three seeds and an afternoon of two cores: PT reads every sequence once, and FT1 and FT2
 * have 3 epochs each. The recommenders follow the paper's rule: at most 200 epochs, patience 10. There
 * is one learning rate: of 1e-3 and 3e-3, validation in an earlier run chose 1e-3 for random vectors and for
 * trainable tables, and 3e-3 by .002 for the frozen table of FT.
 */
import { mini } from './mini';
import type { Profile } from './schema';

export const real: Profile = {
  ...mini,
  name: 'real',
  given: {
    data: '',
    model: '',
    pretraining: { set: 'any', minUserInteractions: 5, users: 2000 },
    evaluated: { set: 'any', minUserInteractions: 4, users: 0 },
  },
  domains: ['Office_Products'],
  pretrainingDomains: ['Beauty', 'Sports', 'Toys'],
  tables: ['table3'],
  backbones: ['SASRec'],
  languageThreads: 2,
  language: { ...mini.language, layers: 6, heads: 12, hidden: 384, window: 64, vocabulary: 30_522 },
  input: { maxAttributeLength: 24, maxTokens: 128 },
  // 16 pairs of up to 149 tokens, plain and masked: about 5 GiB at this width, most of it activations.
  pretrain: {
    epochs: 1,
    batch: 16,
    accumulation: 1,
    learningRate: 5e-5,
    heldOut: 0.02,
    memory: 0,
    fractions: [],
  },
  finetune: { epochs: 3, patience: 5, batch: 16, accumulation: 2, pieces: 1, learningRate: 5e-5, warmup: 20 },
  attention: { domains: [], sequences: 30 },
  layerSets: { domain: 'Office_Products', also: [], restricted: 'FT' },
  withID: ['Office_Products'],
  beyond: [],
  equalScales: ['Office_Products'],
  manySeeds: { domain: 'Office_Products', columns: ['SAS', 'trainable.PT', 'trainable.FT'], seeds: 10 },
  fractionDomains: ['Office_Products'],
  recommender: {
    epochs: 200,
    patience: 10,
    batch: { SASRec: 128, BERT4Rec: 128 },
    passes: { SASRec: 1, BERT4Rec: 1 },
    learningRates: { SASRec: [1e-3], BERT4Rec: [1e-3] },
    sensitivity: [],
    seeds: [1, 2, 3],
  },
};
