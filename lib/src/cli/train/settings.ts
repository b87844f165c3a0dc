/**
 * The settings of `elephant train`, checked before any data are read: the variant, and the options that are
 * set.
 */
import { resolve } from 'node:path';
import type { Dataset } from '../../data';
import { defined } from '../../defined';
import { InputError } from '../../errors';
import { type RecommenderOptions, recommenderOptions } from '../../training/recommender/options';
import { defaultPreset, type Preset, presetOptions } from '../../training/recommender/presets';
import type { TrainOptions, Variant } from './commandLine';

/**
 * What the command sets if --as is not given and the data are not the user's own; all else is as coded. Width
 * 64 trains in minutes on a CPU, which the authors' 768 does not, and validation ranks all items instead of
 * 100 drawn ones.
 */
export const WITHOUT_AS = { dim: 64, selection: 'full' } as const;
/** Options of the training with their own flag; --set takes all options. */
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
/** Options that `--set` leaves to flags, which check more than a name. */
export const NOT_BY_SET = ['model', 'variant'] as const;

export interface Settings {
  /** A name, or a file. */
  table: string;
  /** All options of the training. */
  effective: RecommenderOptions;
  /** The preset that sets what is not given. */
  as: Preset;
  /** Values that differ from the authors' although no flag and no --set gave them. */
  fromPreset: Partial<RecommenderOptions>;
  /** Whether the width was given; a table file has its own. */
  dimGiven: boolean;
  /**
   * If a list was given: all rates and all seeds, at least one of each. `effective` has the first.
   */
  several?: { learningRates: readonly number[]; seeds: readonly number[] };
}

/**
 * Without a dataset, settings that are adapted to the data stay at the authors' values, which is enough for
 * the check. @throws InputError for invalid options, or options that do not go together.
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
  rejectListsBesideSingles(options);
  checkOut(options);
  const { model, learningRates, seeds } = options;
  const given: Partial<RecommenderOptions> = defined({
    ...Object.fromEntries(FLAGS.map((flag) => [flag, options[flag]])),
    ...(learningRates !== undefined && { learningRate: learningRates[0] }),
    ...(seeds !== undefined && { seed: seeds[0] }),
    ...options.set,
  });
  const as = options.as ?? (dataset === undefined ? 'coded' : defaultPreset(dataset));
  const preset: Partial<RecommenderOptions> =
    options.as === undefined && as === 'coded' ? WITHOUT_AS : presetOptions(as, { ...given, model }, dataset);
  const usual = preset.variant === 'trainable' && options.variant === undefined && !options.freeze;
  const table = options.table ?? (usual ? 'neighbours' : 'random');
  const variant = variantOf({ ...options, table });
  const fromPreset = Object.fromEntries(
    Object.entries(preset).filter(([name]) => !(name in given) && !NOT_BY_SET.some((key) => key === name)),
  );
  const check = (more: Partial<RecommenderOptions> = {}): RecommenderOptions =>
    recommenderOptions({ ...preset, ...given, model, variant, ...more });
  for (const learningRate of learningRates ?? []) check({ learningRate });
  const effective = check();
  const several =
    learningRates === undefined && seeds === undefined
      ? undefined
      : { learningRates: learningRates ?? [effective.learningRate], seeds: seeds ?? [effective.seed] };
  return { table, effective, as, fromPreset, dimGiven: 'dim' in given, several };
}

/** All options of a training if nothing else is set. @throws InputError for settings that need data. */
export function defaultsOf(as: Preset | undefined, model: RecommenderOptions['model']): RecommenderOptions {
  if (as === 'adapted')
    throw new InputError(
      '--options',
      'expected --as coded or --as published, got adapted, whose settings depend on the data',
      'A training prints them before it starts',
    );
  const preset = as === undefined ? WITHOUT_AS : presetOptions(as, { model });
  return recommenderOptions({ ...preset, model });
}

/**
 * @throws InputError if a value is given both as a list and alone, or an option does not apply to one
 * training or to several.
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
      throw new InputError(list, `cannot be combined with ${single}`, 'Give one of them');
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
      'expected a single training, got several, each with one thread',
      'Use --workers',
    );
}

/** @throws InputError if --out has no single training to save, or would overwrite an input. */
function checkOut({ out, seeds, table }: TrainOptions): void {
  if (out === undefined) return;
  if (seeds !== undefined && seeds.length > 1)
    throw new InputError('--out', `expected one seed, got ${seeds.length}`, 'Save the training of one seed');
  if (table !== undefined && resolve(out) === resolve(table))
    throw new InputError('--out', 'expected a file other than that of --table', 'Name another file');
}

/** @throws InputError if --variant, --freeze and --table do not go together. */
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
      'a frozen random table cannot be learnt from',
      'Add --table lexical or a table made by `elephant encode`',
    );
  if (chosen !== 'base' && !given)
    throw new InputError(
      option,
      `${chosen} expects a table, got a random one`,
      'Add --table lexical or a table made by `elephant encode`',
    );
  if (chosen === 'base' && given)
    throw new InputError(
      option,
      `base starts from a random table, got --table ${table}`,
      'Choose another variant, or leave out --table',
    );
  return chosen;
}
