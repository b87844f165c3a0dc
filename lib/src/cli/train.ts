/**
 * `elephant train`: one recommender on one domain of a folder of Amazon files, or on a simulated domain: progress with
 * time left, early stopping on validation NDCG@10, test metrics beside the baselines.
 */
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { Option, type Command } from 'commander';
import type { Dataset } from '../data';
import type { DomainName } from '../data/simulation';
import type { FilterOptions } from '../data/sources';
import type { ProviderChoice } from '../engine/types';
import type { EvaluateOptions, Metrics, Protocol } from '../evaluation';
import { folders } from '../project';
import type { ItemTable } from '../text/itemTable';
import type { RecommenderOptions } from '../training/recommender';
import { InputError } from '../errors';
import { interruptSignal } from './interrupt';
import { jsonOption, keyValue, numberAbove, oneOf, providerOption, wholeNumber } from './options';
import { duration, ProgressLine } from './progress';

/** Width of embeddings where neither --dim nor a table's file says one. */
const DIM = 64;
const MODELS = ['sasrec', 'bert4rec'] as const;
const LOSSES = ['bce', 'ce', 'sampled'] as const;
const FORMS = ['coded', 'published'] as const;
const PROTOCOLS = ['sampled', 'full', 'fullMasked'] as const;
/** Those that one training can have; the further ones begin with the weights of another. */
const VARIANTS = ['base', 'freeze', 'trainable', 'withID'] as const;
type Variant = (typeof VARIANTS)[number];

interface TrainOptions {
  data?: string;
  domain: string;
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
  epochs: number;
  patience: number;
  batch?: number;
  dropout?: number;
  selection?: RecommenderOptions['selection'];
  evaluationNegatives?: RecommenderOptions['evaluationNegatives'];
  candidates?: RecommenderOptions['candidates'];
  learningRate?: number;
  seed: number;
  threads?: number;
  provider: ProviderChoice;
  json: boolean;
}

export function register(program: Command): void {
  program
    .command('train')
    .description('train and test one recommender')
    .option('--data <folder>', 'folder with <Domain>_5.json.gz and meta_<Domain>.json.gz; without it the domain is simulated')
    .option('--domain <name>', 'the domain, e.g. Beauty', 'Pantry')
    .option('--ties-in-time <order>', "with --data: a user's events of equal time in the order of the file, or by itemKey (default: file)", oneOf('--ties-in-time', 'order', ['file', 'itemKey'] as const))
    .option('--drop-duplicates', 'with --data: of events equal in user, item and time keep the first (default: all)')
    .option('--exclusion <what>', 'with --data: where validation or test item is untrained, leave out the user, or that target alone (default: user)', oneOf('--exclusion', 'value', ['user', 'target'] as const))
    .option('--model <name>', MODELS.join(' or '), oneOf('--model', 'model', MODELS), 'sasrec')
    .option('--loss <name>', 'bce (one negative a position), ce (softmax over all items) or sampled (softmax over 256); default: as the authors', oneOf('--loss', 'loss', LOSSES))
    .option('--as <form>', 'coded (as the authors ran it) or published (as the original paper of the model has it: sets what you do not set)', oneOf('--as', 'form', FORMS), 'coded')
    .addOption(new Option('--set <key=value>', 'any other option of the training by its name, e.g. --set padding=masked; may be repeated').argParser(keyValue).default({}, 'none'))
    .option('--dim <n>', "width of item embeddings and model (default: 64, or the width of the table's file)", wholeNumber('--dim', 1, 4096))
    .option('--table <name>', 'initial item table: random, lexical, or a .safetensors file of `elephant encode`', tableName, 'random')
    .option('--variant <name>', 'what becomes of the table: trainable (trained on), freeze (kept), withID (kept and added to a random one that is trained; sasrec); without a table: base', variantName)
    .option('--freeze', 'short for --variant freeze', false)
    .option('--epochs <n>', 'at most so many epochs', wholeNumber('--epochs', 1), 200)
    .option('--patience <n>', 'stop after so many epochs without a better validation NDCG@10', wholeNumber('--patience', 1), 10)
    .option('--batch <n>', 'users per update (default: as the authors, 128 or 256)', wholeNumber('--batch', 1))
    .option('--dropout <p>', 'dropout rate (default: as the authors, 0.5 or 0.1)', numberAbove('--dropout', -Number.MIN_VALUE, 0.99))
    .option('--selection <protocol>', 'validation protocol that chooses the best epoch: sampled, full or fullMasked (default: full)', oneOf('--selection', 'protocol', PROTOCOLS))
    .option('--evaluation-negatives <how>', 'the 100 sampled negatives drawn uniform or by popularity (default: uniform)', oneOf('--evaluation-negatives', 'distribution', ['uniform', 'popularity'] as const))
    .option('--candidates <which>', 'full rankings over all items, or over trained ones (default: all)', oneOf('--candidates', 'value', ['all', 'trained'] as const))
    .option('--learning-rate <x>', 'learning rate of Adam (default: 1e-3)', numberAbove('--learning-rate', 0))
    .option('--seed <n>', 'seed of initial values, batches, negatives and dropout', wholeNumber('--seed', 0, 2 ** 31 - 1), 1)
    .option('--threads <n>', 'threads of the CPU provider (default: as many as make it faster: all cores for ce, else one)', wholeNumber('--threads', 1))
    .addOption(providerOption('cpu'))
    .addOption(jsonOption())
    .action(train);
}

async function train(options: TrainOptions): Promise<void> {
  for (const name of ['model', 'variant'] as const) {
    if (name in options.set) throw new InputError('--set', `expected an option of the training other than ${name}`, `Use --${name} ${options.set[name]}`);
  }
  const variant = variantOf(options);
  const signal = interruptSignal();
  const { evaluationOptions, publishedForm, recommenderOptions, trainRecommender } = await import('../training/recommender');
  const { usefulThreads } = await import('../training/recommender/usefulThreads');
  const { model, loss, dim, epochs, patience, batch, dropout, selection, evaluationNegatives, candidates, learningRate, seed, threads, provider } = options;
  const given = defined({ loss, dim, epochs, patience, batch, dropout, selection, evaluationNegatives, candidates, learningRate, seed, ...options.set });
  const form = options.as === 'published' ? publishedForm(model) : { dim: DIM, selection: 'full', learningRate: 1e-3 } as const;
  const set: Partial<RecommenderOptions> = { ...form, ...given };
  // Before the data are read: a mistyped option need not wait for them.
  const effective = recommenderOptions({ ...set, model, variant });
  const dataset = await load(options);
  const line = new ProgressLine();
  if (options.as === 'published') {
    const unset = Object.entries(form).filter(([name]) => !(name in given));
    line.print(`as published: ${unset.map(([name, value]) => `${name}=${value}`).join(', ')}`);
  }
  line.print(`${dataset.name}${dataset.kind === 'simulation' ? ' (simulated)' : ''}: ${dataset.users} users, ${dataset.items} items, ${dataset.interactions} interactions, fingerprint ${dataset.fingerprint}`);
  const table = await tableOf(options, effective.dim, dataset);
  // A file's table has a width of its own, which the model takes unless another was asked for.
  const width = 'dim' in given ? effective.dim : (table?.dim ?? effective.dim);
  const result = await trainRecommender({
    ...set, dim: width, dataset, model, table, variant, threads: threads ?? usefulThreads({ ...effective, dim: width }, availableParallelism()), provider, signal,
    onProgress: (p) => {
      const validated = p.metric === undefined ? '' : `, validation NDCG@10 ${p.metric.toFixed(4)}`;
      const best = p.bestEpoch > 0 ? `, best ${p.bestMetric.toFixed(4)} (epoch ${p.bestEpoch})` : '';
      const left = Number.isFinite(p.timeLeft) ? `, at most ${duration(p.timeLeft)} left` : '';
      line.update(`epoch ${p.epoch}/${p.epochs}, step ${p.step}/${p.steps}, loss ${p.loss.toFixed(4)}${validated}${best}${left}`, p.metric !== undefined);
    },
  });
  const baselines = await baselineMetrics(dataset, { ...evaluationOptions(effective), signal });
  line.print(`${result.engine}; ${result.epochs} epochs (best ${result.bestEpoch}, stopped by ${result.stopped}), ${result.secondsPerEpoch.toFixed(2)} s an epoch, peak memory ${Math.round(result.peakMemoryMiB)} MiB, users with ties (full): ${result.evaluation.tiedUsers.full}`);
  const { sampled, full, fullMasked } = result.test;
  const summary = {
    model, loss: result.options.loss, dim: width, as: options.as, table: options.table, dataset: dataset.name, fingerprint: dataset.fingerprint,
    users: dataset.users, items: dataset.items, interactions: dataset.interactions,
    epochs: result.epochs, bestEpoch: result.bestEpoch, secondsPerEpoch: result.secondsPerEpoch, peakMemoryMiB: result.peakMemoryMiB,
    options: result.options, test: { full, sampled, fullMasked }, baselines,
  };
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : metricsTable({ [model]: result.test, ...baselines }));
}

/** @throws InputError for a name that is neither a kind of table nor a safetensors file. */
function tableName(value: string): string {
  return value.endsWith('.safetensors') ? value : oneOf('--table', 'table', ['random', 'lexical'])(value);
}

/** @throws InputError for a name that is no variant, or one that a single training cannot have. */
function variantName(value: string): Variant {
  if (value === 'furtherAll' || value === 'furtherEmb') {
    throw new InputError('--variant', `${value} starts from the weights of a finished freeze run, which this command does not have`,
      'The experiments have them (elephant run); in the library, trainRecommender takes them as `start`');
  }
  return oneOf('--variant', 'variant', VARIANTS)(value);
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

async function tableOf({ table, seed }: TrainOptions, dim: number, dataset: Dataset): Promise<ItemTable | undefined> {
  if (table === 'random') return undefined;
  if (table === 'lexical') return (await import('../text')).lexicalTable(dataset.itemTexts, dim, seed);
  return (await import('../models/longformer/encodeTable')).readTable(table, dataset.items, dataset.itemKeys);
}

async function load({ data, domain, tiesInTime, dropDuplicates, exclusion }: TrainOptions): Promise<Dataset> {
  if (data !== undefined) {
    const { readAmazon } = await import('../data/sources');
    await rejectOwnFiles(data, domain);
    return readAmazon(data, domain, { cache: folders.prepared, ...defined({ ties: tiesInTime, duplicates: dropDuplicates ? 'drop' : undefined, exclusion }) });
  }
  const unused = Object.entries({ '--ties-in-time': tiesInTime, '--drop-duplicates': dropDuplicates, '--exclusion': exclusion }).find(([, value]) => value !== undefined);
  if (unused !== undefined) throw new InputError(unused[0], 'expected --data, got a simulated domain', 'The option says how files are read');
  const { simulateDomain } = await import('../data/simulation');
  return simulateDomain(domain as DomainName);
}

/** Somebody's own files are no Amazon domains called "interactions" and "items": says how they are read. */
async function rejectOwnFiles(folder: string, domain: string): Promise<void> {
  const { findAmazonFiles } = await import('../data/amazonFiles');
  const { findOwnFiles } = await import('../data/own/files');
  try {
    findAmazonFiles(folder, domain);
  } catch (cause) {
    let own: string;
    try {
      own = findOwnFiles(folder).interactions;
    } catch {
      throw cause;
    }
    if (own === folder) throw cause;
    throw new InputError(folder, `expected Amazon review files such as ${domain}_5.json.gz, got ${basename(own)}`, 'Your own data are read and trained on through the library: see "Real data" in README.md', { cause });
  }
}

/** Without the entries that are undefined: what was not given is no override. */
function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

async function baselineMetrics(dataset: Dataset, options: EvaluateOptions): Promise<Record<string, Record<Protocol, Metrics>>> {
  const { evaluate, popularity, transition } = await import('../evaluation');
  return {
    popularity: (await evaluate(dataset, popularity(dataset), options)).metrics,
    transition: (await evaluate(dataset, transition(dataset), options)).metrics,
  };
}

/** Rows of the three protocols by model, as text. */
function metricsTable(results: Record<string, Record<Protocol, Metrics>>): string {
  const shown = ['HR@1', 'HR@5', 'HR@10', 'NDCG@5', 'NDCG@10'];
  const names: Record<Protocol, string> = { sampled: '1 + 100 sampled', full: 'all items', fullMasked: 'all but the history' };
  const lines = [`${'test'.padEnd(34)}${shown.map((metric) => metric.padStart(9)).join('')}`];
  for (const protocol of PROTOCOLS) {
    for (const [name, metrics] of Object.entries(results)) {
      lines.push(`${`${names[protocol]}, ${name}`.padEnd(34)}${shown.map((metric) => metrics[protocol][metric].toFixed(4).padStart(9)).join('')}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
