/**
 * `elephant train`: one recommender on one domain of a folder of Amazon files, or on a simulated domain: progress with
 * time left, early stopping on validation NDCG@10, test metrics beside the baselines.
 */
import type { Command } from 'commander';
import type { ProviderChoice } from '../engine/types';
import { InputError } from '../errors';
import { interruptSignal } from './interrupt';
import { jsonOption, numberAbove, oneOf, providerOption, wholeNumber } from './options';
import { duration, ProgressLine } from './progress';

interface TrainOptions {
  data?: string;
  domain: string;
  model: 'sasrec';
  loss: 'bce' | 'ce';
  dim: number;
  table: 'random' | 'lexical';
  freeze: boolean;
  epochs: number;
  patience: number;
  batch: number;
  dropout: number;
  learningRate: number;
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
    .option('--model <name>', 'sasrec', oneOf('--model', 'model', ['sasrec']), 'sasrec')
    .option('--loss <name>', 'bce (one negative a position) or ce (softmax over all items)', oneOf('--loss', 'loss', ['bce', 'ce']), 'bce')
    .option('--dim <n>', 'width of item embeddings and model', wholeNumber('--dim', 1, 4096), 64)
    .option('--table <name>', 'initial item table: random or lexical', oneOf('--table', 'table', ['random', 'lexical']), 'random')
    .option('--freeze', 'keep the item table as it is', false)
    .option('--epochs <n>', 'at most so many epochs', wholeNumber('--epochs', 1), 200)
    .option('--patience <n>', 'stop after so many epochs without a better validation NDCG@10', wholeNumber('--patience', 1), 10)
    .option('--batch <n>', 'users per update', wholeNumber('--batch', 1), 128)
    .option('--dropout <p>', 'dropout rate', numberAbove('--dropout', -Number.MIN_VALUE, 0.99), 0.5)
    .option('--learning-rate <x>', 'learning rate of Adam', numberAbove('--learning-rate', 0), 1e-3)
    .option('--seed <n>', 'seed of initial values, batches, negatives and dropout', wholeNumber('--seed', 0, 2 ** 31 - 1), 1)
    .option('--threads <n>', 'threads of the CPU provider (default: all cores)', wholeNumber('--threads', 1))
    .addOption(providerOption('cpu'))
    .addOption(jsonOption())
    .action(train);
}
