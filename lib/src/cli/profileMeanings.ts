/**
 * What each value of a profile is for, in a line: for `elephant run --options`. A key that the profile gains
 * is asked for here by the compiler.
 */
import type { Backbone, Profile } from '../experiments/profiles';

type Meanings<T> = {
  readonly [K in keyof T]-?: NonNullable<T[K]> extends readonly unknown[]
    ? string
    : NonNullable<T[K]> extends object
      ? Meanings<NonNullable<T[K]>>
      : string;
};

const each = (meaning: string): Record<Backbone, string> => ({ SASRec: meaning, BERT4Rec: meaning });

const GIVEN_DOMAIN: Meanings<NonNullable<Profile['given']>['evaluated']> = {
  set: 'which review file; any: the first there is of 5-core, full, ratings',
  users: 'users of a domain at most, a seeded draw; 0: all',
  minUserInteractions: 'users with fewer interactions are dropped (D30)',
  minItemInteractions: 'items with fewer interactions are dropped; 0: none (D30)',
  passes: 'filters applied until both hold (iterated), or once (D30)',
  userShare: 'share of the users that stays, drawn after the other filters',
  sampleSeed: 'seed of that draw',
  ties: "a user's events of equal time: in the order of the file, or by itemKey (D33)",
  duplicates: 'rows equal in user, item and time: keep all, or drop all but the first (D33)',
  exclusion: 'where a target was never trained on: leave out the user, or that target (D31)',
};

export const PROFILE_MEANINGS: Meanings<Omit<Profile, 'name'>> = {
  given: {
    data: 'folder of the Amazon files; --data or ELEPHANT_DATA sets it',
    model: 'folder of the language model; --model or ELEPHANT_MODEL sets it',
    pretraining: GIVEN_DOMAIN,
    evaluated: GIVEN_DOMAIN,
  },
  simulation: {
    world:
      'the shop as calibrated, or one where texts (shuffled), other domains (unrelated) or plain ' +
      'language (silent) say nothing of behaviour',
    size: 'users and items of the simulated domains',
    seed: 'of the simulated domains and the language corpus',
  },
  domains: 'domains that are evaluated (Tables 3 to 5)',
  pretrainingDomains: 'domains that are pre-trained on',
  tables: 'what is computed: tables, and Figure 2',
  backbones: "Table 3's sequential models",
  languageThreads: 'threads of one language stage (LF, PT, FT)',
  language: {
    from:
      'LF and PT as they come with the project (released), or trained with the rest (scratch), about an ' +
      'hour of two cores more',
    layers: 'layers of the language model (LF)',
    heads: 'its attention heads',
    hidden: 'its width; a multiple of the heads, and the width of all item tables and recommenders',
    window: 'tokens that a token attends to',
    vocabulary: 'tokens of its vocabulary',
    sentences: 'plain sentences that it is trained on',
    epochs: 'epochs of that training',
    batch: 'sentences an update',
    learningRate: 'its highest learning rate',
    seed: 'of LF, PT and FT',
  },
  input: {
    maxAttributeLength: "tokens of one of an item's attributes, its name included",
    maxTokens: 'tokens of a sequence of items',
  },
  pretrain: {
    epochs: 'epochs of pre-training (PT)',
    batch: "pairs of sequence and next item that are each other's negatives",
    accumulation: 'such groups an update',
    learningRate: 'its learning rate, which falls linearly',
    heldOut: 'share of the sequences whose contrastive accuracy selects the epoch (D29)',
    fractions: "Figure 2's shares of the pre-training sequences, besides all",
  },
  finetune: {
    epochs: 'epochs at most of each of the two stages of fine-tuning (FT1, FT2)',
    patience: 'epochs without a better validation NDCG@10 before a stage stops',
    batch: 'sequences a group',
    accumulation: 'groups an update',
    learningRate: 'its learning rate, before the schedule (D21)',
    warmup: 'updates of the ramp that the schedule begins with',
  },
  decisions: {
    itemPositions: 'vectors of item positions, which no published model has, at the start of LF (D27)',
    targets: 'whether pre-training sees validation and test items of the domains that are evaluated (D28)',
    maskedWeight: 'weight of the masked-token loss in pre-training (D24)',
    maskBudget:
      'masked tokens of pre-training are a share of the real tokens, or of the padded ones as coded (D25)',
    batchMix: 'a batch of pre-training holds sequences of all domains, shuffled, or of one (D52)',
    freezeWords: 'pre-training leaves word embeddings as they are (D26)',
    emptyHistory: 'whether the first item of a history is a label of fine-tuning (D23)',
    schedule: 'decay of the learning rate of fine-tuning after its ramp (D21)',
  },
  attention: { domains: "Figure 1's domains", sequences: 'sequences that its statistics are averaged over' },
  layerSets: {
    domain: "Table 1's domain",
    also: 'further domains, of which the text gives a number',
    restricted: 'stages that tune the layers of a row alone (D36)',
  },
  withID: "Table 5's domains",
  beyond: 'domains of the tables beyond the paper that need runs of their own',
  equalScales: 'domains of the table beyond the paper that has all item tables at one scale',
  equalUpdates:
    "those of Figure 2's shares that are also pre-trained with as many updates as all sequences have (D40)",
  fractionDomains: "Figure 2's domains",
  repetitions: {
    runs:
      'Table 3 again, in another world, from another seed of every stage, or with other batches of ' +
      'pre-training',
    backbones: 'sequential models of these',
    learningRates: each('learning rates of these'),
  },
  recommender: {
    epochs: 'epochs at most of SASRec and BERT4Rec',
    patience: 'epochs without a better validation NDCG@10 before training stops',
    batch: each('users per update'),
    passes: each('passes over the users that make an epoch'),
    learningRates: each('rates from which validation NDCG@10 chooses, on the first seed (D5)'),
    sensitivity: 'rates whose validation is shown for SASRec on the domains of `beyond`',
    seeds: 'a training each; all share one language model',
  },
};
