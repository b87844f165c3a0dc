/**
 * The options of `elephant train`, as commander reads them: names, defaults, and the values of each option.
 */
import { Option, type Command } from 'commander';
import { type FilterOptions, filterSchema } from '../../data/filters';
import type { Precision, ProviderChoice } from '../../engine/types';
import { InputError } from '../../errors';
import {
  MODELS,
  RECOMMENDER_OPTIONS,
  type RecommenderOptions,
  recommenderSchema,
} from '../../training/recommender/options';
import { type Preset, PRESETS } from '../../training/recommender/presets';
import { addDatasetOptions, type DatasetOptions } from '../dataset';
import {
  jsonOption,
  keyValue,
  keyValues,
  listOf,
  oneOf,
  precisionOption,
  providerOption,
  valueOf,
  wholeNumber,
  workersOption,
} from '../options';
import { TABLES } from './itemTable';
import { defaultsOf, FLAGS, NOT_BY_SET, WITHOUT_AS } from './settings';

/** Variants that one training can have; the further ones start from the weights of another. */
const VARIANTS = [
  'base',
  'freeze',
  'trainable',
  'withID',
] as const satisfies readonly RecommenderOptions['variant'][];
export type Variant = (typeof VARIANTS)[number];

type Flag = (typeof FLAGS)[number];

export interface TrainOptions extends DatasetOptions, Partial<Pick<RecommenderOptions, Flag>> {
  exclusion?: FilterOptions['exclusion'];
  as?: Preset;
  set: Partial<RecommenderOptions>;
  model: RecommenderOptions['model'];
  /** One of TABLES, or a file made by `elephant encode`. */
  table?: string;
  variant?: Variant;
  freeze: boolean;
  learningRates?: number[];
  seeds?: number[];
  workers?: number;
  threads?: number;
  provider: ProviderChoice;
  precision: Precision;
  /** Where the trained recommender is saved. */
  out?: string;
  options: boolean;
  json: boolean;
}

export function addTrainOptions(command: Command): Command {
  const [byDefault] = MODELS;
  const { entries } = recommenderSchema(byDefault);
  addDatasetOptions(command)
    .option(
      '--exclusion <what>',
      'with --data or --interactions: if the validation or test item is untrained, leave out the user, or ' +
        'that target alone (default: user)',
      valueOf('--exclusion', filterSchema.entries.exclusion),
    )
    .option('--model <name>', MODELS.join(' or '), oneOf('--model', 'model', MODELS), byDefault)
    .option(
      '--as <preset>',
      'whose settings apply unless you set others: coded (as the authors ran it), published (as the ' +
        'original paper of the model has it) or adapted (to the size of the data); default: adapted for ' +
        `your own data, else coded with ${keyValues(WITHOUT_AS)}, for a result in minutes`,
      oneOf('--as', 'preset', PRESETS),
    )
    .option(
      '--table <name>',
      'initial item table: random, neighbours (from which items are near each other in training ' +
        'histories), lexical (TF-IDF), or a .safetensors file made by `elephant encode`; default: random, ' +
        'or neighbours with --as adapted and sasrec',
      tableName,
    )
    .option(
      '--variant <name>',
      'what happens to the table: trainable (trained), freeze (fixed), withID (fixed, and added to a ' +
        'random one that is trained; sasrec); without a table: base',
      variantName,
    )
    .option('--freeze', 'short for --variant freeze', false);
  for (const key of FLAGS)
    command.option(
      `${flagOf(key)} <value>`,
      flagHelp(key),
      // Each flag takes what the schema says of its option.
      valueOf(flagOf(key), entries[key]),
    );
  return command
    .addOption(
      new Option('--set <key=value>', `${otherOptions()}; may be repeated; --options explains them`)
        .argParser(keyValue)
        .default({}, 'none'),
    )
    .option(
      '--learning-rates <list>',
      'several rates; validation NDCG@10 on the first seed chooses one, e.g. 3e-4,1e-3,3e-3,1e-2 (the ' +
        "paper's)",
      listOf('--learning-rates', '1e-3,3e-3', valueOf('--learning-rates', entries.learningRate)),
    )
    .option(
      '--seeds <list>',
      'several, e.g. 1,2,3: one training per seed, test metrics as mean and standard deviation',
      listOf('--seeds', '1,2,3', valueOf('--seeds', entries.seed)),
    )
    .addOption(
      workersOption(
        'with --learning-rates or --seeds: trainings at once, each in a single-threaded process (default: ' +
          'number of cores)',
      ).default(undefined),
    )
    .option(
      '--threads <n>',
      'threads of the CPU provider, for a single training (default: as many as help: all ' +
        'cores for ce, else one)',
      wholeNumber('--threads', 1),
    )
    .addOption(providerOption())
    .addOption(precisionOption())
    .option(
      '--out <file>',
      'save the trained recommender as a .safetensors file, for elephant recommend and export',
    )
    .option(
      '--options',
      'train nothing: print every option that --set takes, with default (by --as), values and meaning',
      false,
    )
    .addOption(jsonOption());
}

/** --evaluation-negatives for evaluationNegatives. */
function flagOf(key: Flag): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function flagHelp(flag: Flag): string {
  const { meaning, expected } = RECOMMENDER_OPTIONS.find(({ key }) => key === flag)!;
  const defaults = MODELS.map((model) => defaultsOf(undefined, model)[flag]);
  const ofModels = MODELS.map((model, at) => `${defaults[at]} (${model})`).join(', ');
  const byDefault = new Set(defaults).size === 1 ? defaults[0] : ofModels;
  return `${meaning}; takes ${expected} (default: ${byDefault})`;
}

function otherOptions(): string {
  const apart: readonly string[] = [...FLAGS, ...NOT_BY_SET];
  const others = RECOMMENDER_OPTIONS.map(({ key }) => key).filter((key) => !apart.includes(key));
  return `any other option of the training, e.g. padding=masked: ${others.join(', ')}`;
}

/** @throws InputError for a name that is neither a kind of table nor a safetensors file. */
function tableName(value: string): string {
  if (value.endsWith('.safetensors')) return value;
  if (/[./\\]/.test(value))
    throw new InputError(
      '--table',
      `expected ${TABLES.join(', ')} or a file ending in .safetensors, got "${value}"`,
      'elephant encode writes such a table',
    );
  return oneOf('--table', 'table', TABLES)(value);
}

/** @throws InputError for an unknown variant, or one that a single training cannot have. */
function variantName(value: string): Variant {
  if (value === 'furtherAll' || value === 'furtherEmb') {
    throw new InputError(
      '--variant',
      `${value} starts from the weights of a finished freeze run, which this command does not have`,
      'The experiments have them (elephant run); in the library, trainRecommender takes them as `start`',
    );
  }
  return oneOf('--variant', 'variant', VARIANTS)(value);
}
