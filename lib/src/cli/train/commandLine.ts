/**
 * The options of `elephant train`, as commander reads them: names, defaults, and what a single value may be.
 * Called by train.ts.
 */
import { Option, type Command } from 'commander';
import type { FilterOptions } from '../../data/sources';
import type { ProviderChoice } from '../../engine/types';
import { InputError } from '../../errors';
import type { RecommenderOptions } from '../../training/recommender';
import { addDatasetOptions, type DatasetOptions } from '../dataset';
import { jsonOption, keyValue, listOf, numberAbove, oneOf, providerOption, wholeNumber } from '../options';

const MODELS = ['sasrec', 'bert4rec'] as const;
const LOSSES = ['bce', 'ce', 'sampled'] as const;
const FORMS = ['coded', 'published'] as const;
export const PROTOCOLS = ['sampled', 'full', 'fullMasked'] as const;
/** Those that one training can have; the further ones begin with the weights of another. */
const VARIANTS = ['base', 'freeze', 'trainable', 'withID'] as const;
export type Variant = (typeof VARIANTS)[number];

const LARGEST_SEED = 2 ** 31 - 1;

export interface TrainOptions extends DatasetOptions {
  tiesInTime?: FilterOptions['ties'];
  dropDuplicates?: boolean;
  exclusion?: FilterOptions['exclusion'];
  as: (typeof FORMS)[number];
  set: Partial<RecommenderOptions>;
  model: RecommenderOptions['model'];
  loss?: RecommenderOptions['loss'];
  dim?: number;
  /** random, lexical, or a file of `elephant encode`. */
  table: string;
  variant?: Variant;
  freeze: boolean;
  epochs?: number;
  patience?: number;
  batch?: number;
  dropout?: number;
  selection?: RecommenderOptions['selection'];
  evaluationNegatives?: RecommenderOptions['evaluationNegatives'];
  candidates?: RecommenderOptions['candidates'];
  learningRate?: number;
  learningRates?: number[];
  seed?: number;
  seeds?: number[];
  workers?: number;
  threads?: number;
  provider: ProviderChoice;
  options: boolean;
  json: boolean;
}

export function addTrainOptions(command: Command): Command {
  return addDatasetOptions(command)
    .option(
      '--ties-in-time <order>',
      "with --data or --interactions: a user's events of equal time in the order of the file, or by " +
        'itemKey (default: file)',
      oneOf('--ties-in-time', 'order', ['file', 'itemKey'] as const),
    )
    .option(
      '--drop-duplicates',
      'with --data or --interactions: of events equal in user, item and time keep the first (default: all)',
    )
    .option(
      '--exclusion <what>',
      'with --data or --interactions: where validation or test item is untrained, leave out the user, or ' +
        'that target alone (default: user)',
      oneOf('--exclusion', 'value', ['user', 'target'] as const),
    )
    .option('--model <name>', MODELS.join(' or '), oneOf('--model', 'model', MODELS), 'sasrec')
    .option(
      '--loss <name>',
      'bce (one negative a position), ce (softmax over all items) or sampled (softmax over 256); ' +
        'default: as the authors',
      oneOf('--loss', 'loss', LOSSES),
    )
    .option(
      '--as <form>',
      'coded (as the authors ran it) or published (as the original paper of the model has it: sets ' +
        'what you do not set)',
      oneOf('--as', 'form', FORMS),
      'coded',
    )
    .addOption(
      new Option(
        '--set <key=value>',
        'any other option of the training by its name, e.g. --set padding=masked; may be repeated; ' +
          '--options lists them',
      )
        .argParser(keyValue)
        .default({}, 'none'),
    )
    .option(
      '--dim <n>',
      "width of item embeddings and model (default: 64, or the width of the table's file)",
      wholeNumber('--dim', 1, 4096),
    )
    .option(
      '--table <name>',
      'initial item table: random, lexical, or a .safetensors file of `elephant encode`',
      tableName,
      'random',
    )
    .option(
      '--variant <name>',
      'what becomes of the table: trainable (trained on), freeze (kept), withID (kept and added to a ' +
        'random one that is trained; sasrec); without a table: base',
      variantName,
    )
    .option('--freeze', 'short for --variant freeze', false)
    .option('--epochs <n>', 'at most so many epochs (default: 200)', wholeNumber('--epochs', 1))
    .option(
      '--patience <n>',
      'stop after so many epochs without a better validation NDCG@10 (default: 10)',
      wholeNumber('--patience', 1),
    )
    .option(
      '--batch <n>',
      'users per update (default: as the authors, 128 or 256)',
      wholeNumber('--batch', 1),
    )
    .option(
      '--dropout <p>',
      'dropout rate (default: as the authors, 0.5 or 0.1)',
      numberAbove('--dropout', -Number.MIN_VALUE, 0.99),
    )
    .option(
      '--selection <protocol>',
      'validation protocol that chooses the best epoch: sampled, full or fullMasked (default: full)',
      oneOf('--selection', 'protocol', PROTOCOLS),
    )
    .option(
      '--evaluation-negatives <how>',
      'the 100 sampled negatives drawn uniform or by popularity (default: uniform)',
      oneOf('--evaluation-negatives', 'distribution', ['uniform', 'popularity'] as const),
    )
    .option(
      '--candidates <which>',
      'full rankings over all items, or over trained ones (default: all)',
      oneOf('--candidates', 'value', ['all', 'trained'] as const),
    )
    .option('--learning-rate <x>', 'learning rate of Adam (default: 1e-3)', numberAbove('--learning-rate', 0))
    .option(
      '--learning-rates <list>',
      'several, from which validation NDCG@10 chooses on the first seed, e.g. 3e-4,1e-3,3e-3,1e-2 (the ' +
        "paper's)",
      listOf('--learning-rates', '1e-3,3e-3', numberAbove('--learning-rates', 0)),
    )
    .option(
      '--seed <n>',
      'seed of initial values, batches, negatives and dropout (default: 1)',
      wholeNumber('--seed', 0, LARGEST_SEED),
    )
    .option(
      '--seeds <list>',
      'several, e.g. 1,2,3: a training each, and test metrics as mean and standard deviation',
      listOf('--seeds', '1,2,3', wholeNumber('--seeds', 0, LARGEST_SEED)),
    )
    .option(
      '--workers <n>',
      'with --learning-rates or --seeds: trainings at once, each in a process of one thread (default: ' +
        'number of cores)',
      wholeNumber('--workers', 1, 1024),
    )
    .option(
      '--threads <n>',
      'threads of the CPU provider, for a single training (default: as many as make it faster: all ' +
        'cores for ce, else one)',
      wholeNumber('--threads', 1),
    )
    .addOption(providerOption('cpu'))
    .option(
      '--options',
      'train nothing: print every option that --set takes, with defaults (those of --as), values and meaning',
      false,
    )
    .addOption(jsonOption());
}

/** @throws InputError for a name that is neither a kind of table nor a safetensors file. */
function tableName(value: string): string {
  return value.endsWith('.safetensors') ? value : oneOf('--table', 'table', ['random', 'lexical'])(value);
}

/** @throws InputError for a name that is no variant, or one that a single training cannot have. */
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
