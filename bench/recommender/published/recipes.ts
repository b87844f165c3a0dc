/**
 * The rows of `bench published` and the recipe of each: every value that differs from options.ts, with the
 * reason. One stated recipe for all domains; none was chosen by our test figures. Values only;
 * benchPublished.ts trains them.
 *
 * Shared: width 64 and length 50 as all published rows have them; every user once per epoch (D48), so that an
 * epoch means what it means elsewhere; the epoch is chosen by validation NDCG@10 over all items with the
 * history masked, since the published figures are ranked so.
 */
import { InputError, unknownName } from '../../../lib/src/errors';
import { type RecommenderOptions, recommenderOptions } from '../../../lib/src/training/recommender/options';

export interface PublishedRow {
  /** As --rows takes it. */
  key: string;
  name: string;
  recipe: Partial<RecommenderOptions> & Pick<RecommenderOptions, 'model'>;
  why: string;
}

const SHARED = {
  dim: 64,
  maxLength: 50,
  userSampling: 'shuffled',
  selection: 'fullMasked',
  epochs: 200,
  learningRate: 1e-3,
} as const;

export const PUBLISHED_ROWS: readonly PublishedRow[] = [
  {
    key: 'sasrec-bce',
    name: 'SASRec, BCE',
    recipe: {
      ...SHARED,
      model: 'sasrec',
      loss: 'bce',
      dropout: 0.5,
      padding: 'masked',
      beta2: 0.999,
      patience: 20,
    },
    why:
      'dropout 0.5, masked padding and the usual beta2 are what S3-Rec has; one negative learns slowly, ' +
      'hence the patience; by validation on Beauty (seed 1), where padding attended and beta2 0.98, as ' +
      'SASRec was coded, reached .0383, masked padding .0388, beta2 0.999 with it .0414; with masked ' +
      'padding and beta2 0.98 batches of 64 reached .0374, dropout 0.3 .0382, two heads .0359, half the ' +
      'rate .0380',
  },
  {
    key: 'sasrec-ce',
    name: 'SASRec, CE',
    recipe: { ...SHARED, model: 'sasrec', loss: 'ce', dropout: 0.5, patience: 10 },
    why:
      'dropout 0.5 as for BCE; the full softmax is at its best after 20 to 40 epochs and gets worse from ' +
      'there, so that a patience of 10 is enough',
  },
  {
    key: 'sasrec-sampled',
    name: 'SASRec, sampled softmax (256)',
    recipe: {
      ...SHARED,
      model: 'sasrec',
      loss: 'sampled',
      negatives: 256,
      logQ: 'negatives',
      dropout: 0.5,
      patience: 20,
    },
    why:
      'body and dropout as for CE, which the corrected loss estimates; by validation on Beauty, where ' +
      'the recipe of eSASRec (one block, dropout 0.2, no correction) reached .0598, dropout 0.5 .0633, ' +
      'two blocks with it .0630, and the correction .0678',
  },
  {
    key: 'bert4rec',
    name: 'BERT4Rec',
    recipe: {
      ...SHARED,
      model: 'bert4rec',
      heads: 2,
      output: 'tied',
      dropLastBatch: false,
      dropout: 0.2,
      patience: 20,
    },
    why:
      'heads and tied output as published; ten times its published rate, since its learning with 0.15 ' +
      'labels a position is slow; on Beauty it is still getting better at the last epoch allowed',
  },
];

/** The rows of these keys, in the order of the table. @throws InputError for a key that is not there. */
export function publishedRows(
  keys: readonly string[] = PUBLISHED_ROWS.map(({ key }) => key),
): PublishedRow[] {
  const known = PUBLISHED_ROWS.map(({ key }) => key);
  if (keys.length === 0)
    throw new InputError(
      'bench published',
      'expected at least one row, got none',
      `Known: ${known.join(', ')}`,
    );
  for (const key of keys) if (!known.includes(key)) throw unknownName('bench published', 'row', key, known);
  return PUBLISHED_ROWS.filter(({ key }) => keys.includes(key));
}

/**
 * The effective options of one run; `changes` (other values than the recipe's, to try) stand above the
 * recipe.
 * @throws InputError for an option that is not there, and for one that would make another row of it.
 */
export function rowOptions(
  { recipe }: PublishedRow,
  seed: number,
  changes: Partial<RecommenderOptions> = {},
): RecommenderOptions {
  for (const key of ['model', 'loss', 'seed'] as const) {
    if (key in changes)
      throw new InputError(
        'bench published',
        `expected other values than the recipe's, got ${key}, which makes a row what it is`,
        'Choose rows with --rows, seeds with --seeds',
      );
  }
  return recommenderOptions({ ...recipe, ...changes, seed });
}
