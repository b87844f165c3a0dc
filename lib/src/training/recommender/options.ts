/**
 * Everything that can be set when a recommender is trained. Each option has its type, range, default, meaning
 * and decisions (docs/decisions.md) in one place. Defaults are the authors' values. Values are plain, so that
 * they can be saved with a result and hashed into a stage's key.
 */
import type * as v from 'valibot';
import { InputError } from '../../errors';
import { EVALUATION_NAMES, type EvaluateOptions, PROTOCOLS } from '../../evaluation/options';
import {
  belowOne,
  boolean,
  defaulted,
  object,
  oneOf,
  option,
  type OptionInfo,
  optionsOf,
  parse,
  positive,
  whole,
} from '../../schema';
import { libraryLoss, LOSS_MEANINGS, type LossName, LOSSES, type RecommenderLoss } from '../losses';
import { type ModelName, recommenderModel, RECOMMENDERS } from './models';

/** The recommenders that can be trained. */
export const MODELS = Object.keys(RECOMMENDERS) as readonly ModelName[];
/** What may become of the item table (docs/method.md, section 9). */
export const VARIANTS = ['base', 'freeze', 'trainable', 'furtherAll', 'furtherEmb', 'withID'] as const;

/** The options of `model`, in the order in which they are listed. `losses`: names that there are. */
export function recommenderSchema(model: ModelName, losses: readonly LossName[] = Object.keys(LOSSES)) {
  const { defaults: own } = recommenderModel(model);
  return object(
    {
      model: option(oneOf('model', MODELS), 'the recommender'),
      /** "bce": SASRec as coded in the sampled setting. "ce": as coded in the full setting. */
      loss: defaulted(oneOf('loss', losses), own.loss, LOSS_MEANINGS, 'D12', 'D43'),
      /** All but "base" need a table. furtherAll and furtherEmb start from a freeze run's weights. */
      variant: defaulted(oneOf('variant', VARIANTS), 'base', 'what becomes of the item table (method 9)'),
      dim: defaulted(whole(1), 768, "width of item vectors and model; without it, that of a table's file"),
      blocks: defaulted(whole(1), 2, 'transformer blocks'),
      heads: defaulted(whole(1), own.heads, 'attention heads; a divisor of dim'),
      maxLength: defaulted(whole(1), 50, 'items of a history that the model sees, the newest ones'),
      /** As coded: "newest". */
      windows: defaulted(
        oneOf('value', ['newest', 'all']),
        'newest',
        'which part of a longer history is trained on: the newest maxLength items, or all of it in windows',
      ),
      dropout: defaulted(belowOne, own.dropout, 'dropout rate'),
      padding: defaulted(
        oneOf('value', ['attended', 'masked']),
        'attended',
        'SASRec: padded slots take part in attention, or are masked',
        'D10',
      ),
      output: defaulted(
        oneOf('value', ['untied', 'tied']),
        'untied',
        'BERT4Rec: an output layer of its own, or the item table with a bias',
        'D3',
      ),
      trainedMaskRow: defaulted(
        boolean,
        false,
        'BERT4Rec: train the mask row although the table is frozen',
        'D4',
      ),
      furtherOutput: defaulted(
        boolean,
        false,
        'BERT4Rec: the variant furtherEmb (in the library only) trains the output layer too',
        'D38',
      ),
      /** What is done to a given table first: text/controlItemTables. */
      tableScale: defaulted(
        oneOf('value', ['asCoded', 'randomStd', 'whitened']),
        'asCoded',
        "a given table as it is, at the random one's standard deviation, or whitened",
        'D35',
      ),
      negatives: defaulted(
        whole(1),
        1,
        'drawn items per position (as loss bce draws them) or per batch (loss sampled, default ' +
          `${LOSSES.sampled.defaults.negatives})`,
      ),
      /** "bce" is always uniform, as coded. */
      negativeSampling: defaulted(
        oneOf('value', ['uniform', 'popularity']),
        'uniform',
        'loss sampled: how items are drawn',
      ),
      logQ: defaulted(
        oneOf('value', ['none', 'negatives', 'both']),
        'negatives',
        'loss sampled: logits corrected for how likely items are drawn: none, of negatives, or of labels too',
      ),
      /** As coded: true. */
      paddingAsClass: defaulted(
        boolean,
        false,
        'SASRec with loss ce: train padded positions as class 0',
        'D11',
      ),
      batch: defaulted(whole(1), own.batch, 'users per update'),
      /**
       * "replacement": floor(users / batch) batches (SASRec as intended). "repeated": as the authors' three
       * sampler processes fall into step.
       */
      userSampling: defaulted(
        oneOf('value', ['replacement', 'shuffled', 'repeated']),
        own.userSampling,
        'users drawn with replacement, each once per epoch, or with replacement and each batch three times',
        'D8',
        'D48',
      ),
      /**
       * The authors: 1. BERT4Rec masks anew in each pass, as its original code's `dupe_factor` (10) did.
       * Validation and patience count epochs. A pass over a few hundred users is a few updates, after which a
       * model that still learns need not look better.
       */
      passes: defaulted(whole(1), 1, 'passes over the users that make an epoch'),
      /** The authors' BERT4Rec does. */
      dropLastBatch: defaulted(
        boolean,
        false,
        "userSampling shuffled: drop an epoch's last partial batch",
        'D6',
      ),
      learningRate: defaulted(positive, 1e-3, 'learning rate of Adam; --learning-rates tries several', 'D5'),
      beta1: defaulted(belowOne, 0.9, 'Adam: decay of the mean gradient'),
      beta2: defaulted(belowOne, own.beta2, 'Adam: decay of the mean squared gradient'),
      eps: defaulted(positive, 1e-8, 'Adam: added to the root of the mean squared gradient'),
      /**
       * Moments included (what "lazy" or "sparse" Adam does). The authors' Adam is dense, so momentum moves
       * every row at every update. Only losses that draw negatives leave rows without gradient.
       */
      lazyRows: defaulted(
        boolean,
        false,
        'losses that draw items: Adam leaves table rows without gradient as they are',
        'D41',
      ),
      epochs: defaulted(whole(1), 200, 'epochs at most'),
      patience: defaulted(
        whole(1),
        10,
        'epochs without a better validation NDCG@10 before training stops',
        'D18',
      ),
      /** The authors: that of the test. */
      selection: defaulted(
        oneOf('protocol', PROTOCOLS),
        'sampled',
        'validation protocol whose NDCG@10 chooses the best epoch',
      ),
      evaluationNegatives: defaulted(
        EVALUATION_NAMES.negativeDistribution,
        'uniform',
        'how the 100 items of the sampled protocol are drawn',
        'D44',
      ),
      candidates: defaulted(
        EVALUATION_NAMES.candidates,
        'all',
        'items ranked in the full protocols: all, or those with a training interaction',
        'D32',
      ),
      /** As coded: true. */
      paddingClass: defaulted(
        boolean,
        false,
        'full protocols: rank the padding class 0 among the items',
        'D13',
      ),
      /** As coded: "optimistic". */
      ties: defaulted(
        EVALUATION_NAMES.ties,
        'optimistic',
        'if scores are equal, the target wins, takes the mean rank, or loses',
        'D15',
      ),
      seed: defaulted(
        whole(0, 2 ** 32 - 1),
        42,
        'seed of initial values, batches, drawn items and dropout; --seeds trains several',
      ),
    },
    'option',
  );
}

/** What each option takes and means: the same for every model, unlike the defaults. */
export const RECOMMENDER_OPTIONS: readonly OptionInfo[] = optionsOf(recommenderSchema(MODELS[0]));

/** Every setting of a training, complete; docs/options.md lists them with defaults and ranges. */
export interface RecommenderOptions extends v.InferOutput<ReturnType<typeof recommenderSchema>> {}

/** Some of the options of a training, always with the model. */
export type GivenOptions = Partial<RecommenderOptions> & Pick<RecommenderOptions, 'model'>;

/**
 * The effective options: defaults of the model and the loss, with `overrides` in their place; undefined
 * values are ignored. `own`: the loss, if it is not in LOSSES. @throws InputError for impossible options.
 * @example
 * ```ts
 * import { recommenderOptions } from 'elephant/training';
 * const options = recommenderOptions({ model: 'bert4rec', dim: 64 });
 * console.log(options.loss, options.heads, options.dropout); // ce 4 0.1
 * ```
 */
export function recommenderOptions(overrides: GivenOptions, own?: RecommenderLoss): RecommenderOptions {
  const schema = recommenderSchema(overrides.model, own && [own.name]);
  const options = parse(schema, own === undefined ? overrides : { ...overrides, loss: own.name }, 'train');
  const loss = own ?? libraryLoss(options.loss);
  const defaults = loss.against === 'allItems' ? {} : { ...loss.defaults };
  for (const [key, value] of Object.entries(defaults))
    if (overrides[key as keyof typeof defaults] === undefined) Object.assign(options, { [key]: value });
  checkTogether(options, loss);
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

/** @throws InputError for options that exclude each other. */
function checkTogether(options: RecommenderOptions, loss: RecommenderLoss): void {
  const { model, dim, heads } = options;
  if (dim % heads !== 0)
    throw new InputError('train heads', `expected a divisor of dim ${dim}, got ${heads}`);
  recommenderModel(model).check(options, loss);
}
