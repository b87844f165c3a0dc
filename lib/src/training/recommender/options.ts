/**
 * Everything that can be set when a recommender is trained, with every default in one place: the authors'
 * values, D-numbers as in docs/decisions.md. Plain values only, so that they can be saved with a result and
 * hashed into a stage's key.
 */
import { InputError, unknownName } from '../../errors';
import type { EvaluateOptions } from '../../evaluation';

export const MODELS = ['sasrec', 'bert4rec'] as const;
export const LOSSES = ['bce', 'ce', 'sampled'] as const;
export const VARIANTS = ['base', 'freeze', 'trainable', 'furtherAll', 'furtherEmb', 'withID'] as const;

export interface RecommenderOptions {
  model: (typeof MODELS)[number];
  /**
   * "bce": each label against `negatives` drawn items (SASRec as coded in the sampled setting). "ce": softmax
   * over all items (as coded in the full setting, and always for BERT4Rec). "sampled": softmax over
   * `negatives` items drawn per batch. D12, D43.
   */
  loss: (typeof LOSSES)[number];
  /**
   * Which of method 9; all but "base" need a table. furtherAll and furtherEmb start from a freeze run's
   * weights.
   */
  variant: (typeof VARIANTS)[number];
  dim: number;
  blocks: number;
  heads: number;
  /** Items of a history that the model sees, the newest ones. */
  maxLength: number;
  dropout: number;
  /** SASRec, D10. */
  padding: 'attended' | 'masked';
  /** BERT4Rec, D3: "untied" output layer as coded, or "tied" to the item table plus a bias. */
  output: 'untied' | 'tied';
  /** BERT4Rec, D4: train the mask row although the table is frozen. */
  trainedMaskRow: boolean;
  /** D38: furtherEmb of BERT4Rec trains the output layer besides the table. */
  furtherOutput: boolean;
  /**
   * D35: what is done to a given table first (text/controlTables): nothing as coded, or brought to the random
   * table's std, or whitened.
   */
  tableScale: 'asCoded' | 'randomStd' | 'whitened';
  /** bce: per position; sampled: per batch. */
  negatives: number;
  /** Distribution of the negatives of "sampled"; "bce" is always uniform, as coded. */
  negativeSampling: 'uniform' | 'popularity';
  /** "sampled": correct the logits of the negatives, of negatives and label, or none. */
  logQ: 'none' | 'negatives' | 'both';
  /** D11, SASRec "ce": train padded positions as class 0, as coded, instead of leaving them out. */
  paddingAsClass: boolean;
  /** Users per update. */
  batch: number;
  /**
   * D48. "replacement": users drawn with replacement, floor(users / batch) batches (SASRec as intended).
   * "shuffled": every user once. "repeated" (D8): as "replacement", but each batch comes three times, as the
   * authors' three sampler processes fall into step.
   */
  userSampling: 'replacement' | 'shuffled' | 'repeated';
  /**
   * Passes over the users that make an epoch (the authors: 1); BERT4Rec masks anew in each, as its original
   * code's `dupe_factor` did (10). Validation and patience count epochs: a pass over a few hundred users is a
   * few updates, after which a model that still learns need not look better.
   */
  passes: number;
  /** D6, "shuffled" only: drop the last partial batch of an epoch, as the authors' BERT4Rec does. */
  dropLastBatch: boolean;
  learningRate: number;
  beta1: number;
  beta2: number;
  eps: number;
  /**
   * D41: rows of the item table without gradient stay as they are, moments included (what "lazy" or "sparse"
   * Adam does); the authors' Adam is dense, so momentum moves every row at every update. Only losses that
   * draw negatives leave rows without gradient.
   */
  lazyRows: boolean;
  epochs: number;
  /** Epochs without a better validation value before training stops. */
  patience: number;
  /** Validation protocol that chooses the best epoch, by NDCG@10 (the authors: that of the test). */
  selection: 'sampled' | 'full' | 'fullMasked';
  /** D44: how the negatives of the sampled protocol are drawn, for validation and test. */
  evaluationNegatives: 'uniform' | 'popularity';
  /** D32: items that are ranked in the full protocols: all, or those with a training interaction. */
  candidates: 'all' | 'trained';
  /** D13: the padding class 0 is ranked among the items in the full protocols, as coded. */
  paddingClass: boolean;
  /** D15: who wins where scores are equal. "optimistic": the target, as coded. */
  ties: 'optimistic' | 'mean' | 'pessimistic';
  /** Seed of weights, batches, negatives and dropout. */
  seed: number;
}

const COMMON = {
  variant: 'base',
  dim: 768,
  blocks: 2,
  maxLength: 50,
  padding: 'attended',
  output: 'untied',
  trainedMaskRow: false,
  furtherOutput: false,
  tableScale: 'asCoded',
  negatives: 1,
  negativeSampling: 'uniform',
  logQ: 'negatives',
  paddingAsClass: false,
  passes: 1,
  dropLastBatch: false,
  learningRate: 1e-3,
  beta1: 0.9,
  eps: 1e-8,
  lazyRows: false,
  epochs: 200,
  patience: 10,
  evaluationNegatives: 'uniform',
  candidates: 'all',
  paddingClass: false,
  ties: 'optimistic',
  seed: 42,
} as const;

const DEFAULTS = {
  sasrec: {
    ...COMMON,
    model: 'sasrec',
    loss: 'bce',
    selection: 'sampled',
    heads: 1,
    dropout: 0.5,
    batch: 128,
    userSampling: 'replacement',
    beta2: 0.98,
  },
  bert4rec: {
    ...COMMON,
    model: 'bert4rec',
    loss: 'ce',
    selection: 'sampled',
    heads: 4,
    dropout: 0.1,
    batch: 256,
    userSampling: 'shuffled',
    beta2: 0.999,
  },
} as const satisfies Record<string, RecommenderOptions>;

/**
 * The effective options: defaults of the model with `overrides`; undefined values are no overrides. @throws
 * InputError for what cannot be.
 */
export function recommenderOptions(
  overrides: Partial<RecommenderOptions> & Pick<RecommenderOptions, 'model'>,
): RecommenderOptions {
  if (!Object.hasOwn(DEFAULTS, overrides.model))
    throw unknownName('train', 'model', String(overrides.model), MODELS);
  const options: RecommenderOptions = { ...DEFAULTS[overrides.model] };
  for (const [key, value] of Object.entries(overrides)) {
    if (!Object.hasOwn(options, key)) throw unknownName('train', 'option', key, Object.keys(options));
    if (value !== undefined) (options as unknown as Record<string, unknown>)[key] = value;
  }
  // Sampled softmax with one negative is no softmax; 256 is what the field uses.
  if (options.loss === 'sampled' && overrides.negatives === undefined) options.negatives = 256;
  check(options);
  return options;
}

/** The part of the options that says how ranks are counted, for evaluation of models and baselines alike. */
export function evaluationOptions({
  evaluationNegatives,
  candidates,
  paddingClass,
  ties,
}: RecommenderOptions): EvaluateOptions {
  return { negativeDistribution: evaluationNegatives, candidates, paddingClass, ties };
}

const WORDS: { [K in keyof RecommenderOptions]?: readonly string[] } = {
  loss: LOSSES,
  variant: VARIANTS,
  padding: ['attended', 'masked'],
  output: ['untied', 'tied'],
  tableScale: ['asCoded', 'randomStd', 'whitened'],
  negativeSampling: ['uniform', 'popularity'],
  logQ: ['none', 'negatives', 'both'],
  userSampling: ['replacement', 'shuffled', 'repeated'],
  selection: ['sampled', 'full', 'fullMasked'],
  evaluationNegatives: ['uniform', 'popularity'],
  candidates: ['all', 'trained'],
  ties: ['optimistic', 'mean', 'pessimistic'],
};

const COUNTS = [
  'dim',
  'blocks',
  'heads',
  'maxLength',
  'negatives',
  'batch',
  'passes',
  'epochs',
  'patience',
] as const;

function check(options: RecommenderOptions): void {
  for (const [key, value] of Object.entries(options)) {
    const kind = typeof DEFAULTS.sasrec[key as keyof RecommenderOptions];
    if (kind !== 'string' && typeof value !== kind)
      throw new InputError(`train ${key}`, `expected a ${kind}, got ${JSON.stringify(value)}`);
  }
  for (const [key, words] of Object.entries(WORDS)) {
    const value = String(options[key as keyof RecommenderOptions]);
    if (!words.includes(value)) throw unknownName('train', key, value, words);
  }
  for (const key of COUNTS) {
    if (!Number.isInteger(options[key]) || options[key] < 1) {
      throw new InputError(`train ${key}`, `expected a whole number of at least 1, got ${options[key]}`);
    }
  }
  if (options.dim % options.heads !== 0)
    throw new InputError('train heads', `expected a divisor of dim ${options.dim}, got ${options.heads}`);
  if (!(options.dropout >= 0 && options.dropout < 1))
    throw new InputError('train dropout', `expected 0 <= rate < 1, got ${options.dropout}`);
  if (!(options.learningRate > 0 && Number.isFinite(options.learningRate))) {
    throw new InputError('train learningRate', `expected a positive number, got ${options.learningRate}`);
  }
  for (const key of ['beta1', 'beta2'] as const) {
    if (!(options[key] >= 0 && options[key] < 1))
      throw new InputError(`train ${key}`, `expected 0 <= decay < 1, got ${options[key]}`);
  }
  if (!(options.eps > 0 && Number.isFinite(options.eps)))
    throw new InputError('train eps', `expected a positive number, got ${options.eps}`);
  if (!Number.isInteger(options.seed) || options.seed < 0 || options.seed >= 2 ** 32) {
    throw new InputError('train seed', `expected a whole number from 0 to 2^32 - 1, got ${options.seed}`);
  }
  if (options.model === 'bert4rec') {
    if (options.loss !== 'ce')
      throw new InputError(
        'train loss',
        `expected ce for bert4rec, got ${options.loss}`,
        'BERT4Rec is trained with the full softmax: see docs/method.md, section 8.3',
      );
    if (options.variant === 'withID')
      throw new InputError(
        'train variant',
        'withID is defined for sasrec only',
        'See docs/method.md, section 9',
      );
  }
  if (options.paddingAsClass && !(options.model === 'sasrec' && options.loss === 'ce')) {
    throw new InputError(
      'train paddingAsClass',
      'is defined for sasrec with loss ce only',
      'See docs/decisions.md#d11',
    );
  }
}
