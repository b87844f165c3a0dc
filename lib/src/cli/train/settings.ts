/** What `elephant train` was told, checked before any data are read: the variant, and the options of the training that are set. */
import { InputError } from '../../errors';
import type { RecommenderOptions } from '../../training/recommender';
import type { TrainOptions, Variant } from './commandLine';
import { defined } from './defined';

/** Width of embeddings where neither --dim nor a table's file says one. */
const DIM = 64;

export interface Settings {
  variant: Variant;
  /** What is set beyond the authors' values, by --as, by options or by --set. */
  set: Partial<RecommenderOptions>;
  /** All options, with the authors' values where nothing is set. */
  effective: RecommenderOptions;
  /** Of `set`, what --as published alone says. */
  published: Partial<RecommenderOptions>;
  /** Whether the width was asked for; a table's file has one of its own. */
  dimGiven: boolean;
}

/** @throws InputError for options that cannot be, or that do not go together. */
export async function settingsOf(options: TrainOptions): Promise<Settings> {
  for (const name of ['model', 'variant'] as const) {
    if (name in options.set) throw new InputError('--set', `expected an option of the training other than ${name}`, `Use --${name} ${options.set[name]}`);
  }
  const variant = variantOf(options);
  const { publishedForm, recommenderOptions } = await import('../../training/recommender');
  const { model, loss, dim, epochs, patience, batch, dropout, selection, evaluationNegatives, candidates, learningRate, seed } = options;
  const given = defined({ loss, dim, epochs, patience, batch, dropout, selection, evaluationNegatives, candidates, learningRate, seed, ...options.set });
  const form = options.as === 'published' ? publishedForm(model) : { dim: DIM, selection: 'full', learningRate: 1e-3 } as const;
  const set: Partial<RecommenderOptions> = { ...form, ...given };
  const published = options.as === 'published' ? Object.fromEntries(Object.entries(form).filter(([name]) => !(name in given))) : {};
  return { variant, set, effective: recommenderOptions({ ...set, model, variant }), published, dimGiven: 'dim' in given };
}

/** @throws InputError where --variant, --freeze and --table do not go together. */
function variantOf({ variant, freeze, table }: TrainOptions): Variant {
  const given = table !== 'random';
  if (freeze && variant !== undefined && variant !== 'freeze') throw new InputError('--freeze', `is short for --variant freeze, got --variant ${variant}`, 'Give one of them');
  const chosen = freeze ? 'freeze' : (variant ?? (given ? 'trainable' : 'base'));
  const option = freeze ? '--freeze' : '--variant';
  if (chosen === 'freeze' && !given) throw new InputError(option, 'a random table that is kept as it is cannot be learnt from', 'Add --table lexical or a table of `elephant encode`');
  if (chosen !== 'base' && !given) throw new InputError(option, `${chosen} expects a table, got a random one`, 'Add --table lexical or a table of `elephant encode`');
  if (chosen === 'base' && given) throw new InputError(option, `base starts from a random table, got --table ${table}`, 'Name another variant, or leave out --table');
  return chosen;
}
