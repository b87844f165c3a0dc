/**
 * What `elephant train` was told, checked before any data are read: the variant, and the options of the
 * training that are set.
 */
import { resolve } from 'node:path';
import type { Dataset } from '../../data';
import { InputError } from '../../errors';
import { type Form, formSettings, usualForm } from '../../training/recommender/forms';
import { type RecommenderOptions, recommenderOptions } from '../../training/recommender/options';
import type { TrainOptions, Variant } from './commandLine';
import { defined } from './defined';

/** Where `--as coded` is not as the library's defaults, and `dim` is not that of a table's file. */
export const CODED = { dim: 64, selection: 'full', seed: 1 } as const;
/** Options of the training with a flag of their own; --set takes the others, and these too. */
export const FLAGS = [
  'loss',
  'dim',
  'epochs',
  'patience',
  'batch',
  'dropout',
  'selection',
  'evaluationNegatives',
  'candidates',
  'learningRate',
  'seed',
] as const satisfies readonly (keyof RecommenderOptions)[];
/** Options of a training that `--set` leaves to options of the command, which check more than a name. */
export const NOT_BY_SET = ['model', 'variant'] as const;

export interface Settings {
  variant: Variant;
  /** What is set beyond the authors' values, by --as, by options or by --set. */
  set: Partial<RecommenderOptions>;
  /** All options, with the authors' values where nothing is set. */
  effective: RecommenderOptions;
  /** Whose settings stand where nothing is set. */
  as: Form;
  /** Of `set`, what a form other than "coded" alone says. */
  fromForm: Partial<RecommenderOptions>;
  /** Whether the width was asked for; a table's file has one of its own. */
  dimGiven: boolean;
  /**
   * Where a list was given: all rates and all seeds, one at least of each. `set` and `effective` have the
   * first of them.
   */
  several?: { learningRates: readonly number[]; seeds: readonly number[] };
}

/**
 * Without a dataset, settings that are adapted to the data are left at the authors' values: enough for the
 * check. @throws InputError for options that cannot be, or that do not go together.
 */
export function settingsOf(options: TrainOptions, dataset?: Dataset): Settings {
  for (const name of NOT_BY_SET) {
    if (name in options.set)
      throw new InputError(
        '--set',
        `expected an option of the training other than ${name}`,
        `Use --${name} ${options.set[name]}`,
      );
  }
  const variant = variantOf(options);
  rejectListsBesideSingles(options);
  checkOut(options);
  const { model, learningRates, seeds } = options;
  const given: Partial<RecommenderOptions> = defined({
    ...Object.fromEntries(FLAGS.map((flag) => [flag, options[flag]])),
    ...(learningRates !== undefined && { learningRate: learningRates[0] }),
    ...(seeds !== undefined && { seed: seeds[0] }),
    ...options.set,
  });
  const as = options.as ?? (dataset === undefined ? 'coded' : usualForm(dataset));
  const form = as === 'coded' ? CODED : formSettings(as, { ...given, model }, dataset);
  const set: Partial<RecommenderOptions> = { seed: CODED.seed, ...form, ...given };
  const fromForm =
    as === 'coded' ? {} : Object.fromEntries(Object.entries(form).filter(([name]) => !(name in given)));
  const check = (more: Partial<RecommenderOptions> = {}): RecommenderOptions =>
    recommenderOptions({ ...set, model, variant, ...more });
  for (const learningRate of learningRates ?? []) check({ learningRate });
  const effective = check();
  const several =
    learningRates === undefined && seeds === undefined
      ? undefined
      : { learningRates: learningRates ?? [effective.learningRate], seeds: seeds ?? [effective.seed] };
  return { variant, set, effective, as, fromForm, dimGiven: 'dim' in given, several };
}

/** All options of a training where nothing is set by hand. @throws InputError for settings that need data. */
export function defaultsOf(as: Form, model: RecommenderOptions['model']): RecommenderOptions {
  if (as === 'adapted')
    throw new InputError(
      '--options',
      'expected --as coded or --as published, got adapted, whose settings depend on the data',
      'A training prints them before it starts',
    );
  const form = as === 'coded' ? CODED : formSettings(as, { model });
  return recommenderOptions({ seed: CODED.seed, ...form, model });
}

/**
 * @throws InputError where one thing is given both as a list and alone, or an option has no meaning for one
 * training or for several.
 */
function rejectListsBesideSingles({
  learningRates,
  learningRate,
  seeds,
  seed,
  workers,
  threads,
  set,
}: TrainOptions): void {
  for (const [list, values, option, value, key] of [
    ['--learning-rates', learningRates, '--learning-rate', learningRate, 'learningRate'],
    ['--seeds', seeds, '--seed', seed, 'seed'],
  ] as const) {
    const single =
      value !== undefined
        ? `${option} ${value}`
        : set[key] !== undefined
          ? `--set ${key}=${set[key]}`
          : undefined;
    if (values !== undefined && single !== undefined)
      throw new InputError(list, `expected no single one beside the list, got ${single}`, 'Give one of them');
  }
  const several = learningRates !== undefined || seeds !== undefined;
  if (workers !== undefined && !several)
    throw new InputError(
      '--workers',
      'expected several trainings, got one',
      'Add --learning-rates or --seeds',
    );
  if (threads !== undefined && several)
    throw new InputError(
      '--threads',
      'expected a single training, got several, which have one thread each',
      'Use --workers',
    );
}

/** @throws InputError where --out has no single training to save, or would replace what is read. */
function checkOut({ out, seeds, table }: TrainOptions): void {
  if (out === undefined) return;
  if (seeds !== undefined && seeds.length > 1)
    throw new InputError('--out', `expected one seed, got ${seeds.length}`, 'Save the training of one seed');
  if (resolve(out) === resolve(table))
    throw new InputError('--out', 'expected another file than that of --table', 'Name another file');
}

/** @throws InputError where --variant, --freeze and --table do not go together. */
function variantOf({ variant, freeze, table }: TrainOptions): Variant {
  const given = table !== 'random';
  if (freeze && variant !== undefined && variant !== 'freeze')
    throw new InputError(
      '--freeze',
      `is short for --variant freeze, got --variant ${variant}`,
      'Give one of them',
    );
  const chosen = freeze ? 'freeze' : (variant ?? (given ? 'trainable' : 'base'));
  const option = freeze ? '--freeze' : '--variant';
  if (chosen === 'freeze' && !given)
    throw new InputError(
      option,
      'a random table that is kept as it is cannot be learnt from',
      'Add --table lexical or a table of `elephant encode`',
    );
  if (chosen !== 'base' && !given)
    throw new InputError(
      option,
      `${chosen} expects a table, got a random one`,
      'Add --table lexical or a table of `elephant encode`',
    );
  if (chosen === 'base' && given)
    throw new InputError(
      option,
      `base starts from a random table, got --table ${table}`,
      'Name another variant, or leave out --table',
    );
  return chosen;
}
