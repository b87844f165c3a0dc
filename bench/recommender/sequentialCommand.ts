/** `npm run bench -- sequential`: which cases are measured, and how the rows are printed and kept. */
import type { Command } from 'commander';
import { interruptSignal } from '../../lib/src/cli/interrupt';
import { jsonOption, wholeNumber } from '../../lib/src/cli/options';
import { ProgressLine } from '../../lib/src/cli/progress';
import type { Dataset } from '../../lib/src/data';
import type { DomainName } from '../../lib/src/data/simulation';
import { readAmazon } from '../../lib/src/data/sources';
import type { ProviderName } from '../../lib/src/engine/types';
import { InputError } from '../../lib/src/errors';
import { makeShop, type ShopSize } from '../defaults/shop';
import { benchProviderOption, peerPython, pythonOption, threadsOption } from '../options';
import { printRows } from '../printRows';
import { measuredOn, RESULTS_FOLDER, writeResults } from '../results';
import type { BenchCase } from './benchSequential';

export function registerSequential(bench: Command): void {
  bench
    .command('sequential')
    .description('epochs of SASRec and BERT4Rec on a domain')
    .option('--data <folder>', 'folder with the Amazon files; without it the domain is simulated')
    .option('--domain <name>', 'the domain (default: Beauty, Pantry if simulated)')
    .option('--shop <users>x<events>', 'a made-up shop of so many users with so many events each', shopSize)
    .option('--epochs <n>', 'epochs of each; medians are reported', wholeNumber('--epochs', 1), 4)
    .option('--only <text>', 'the cases whose name contains this, e.g. CE or BERT4Rec; no file is written')
    .option('--dim <n>', 'width of both', wholeNumber('--dim', 1), 64)
    .option('--max-length <n>', 'items of a history, of both', wholeNumber('--max-length', 1), 50)
    .option(
      '--quick [steps]',
      'time so many steps (40) of each instead and scale them to an epoch; no metrics',
      wholeNumber('--quick', 2),
    )
    .addOption(threadsOption())
    .addOption(benchProviderOption())
    .addOption(pythonOption())
    .addOption(jsonOption())
    .action(sequential);
}

interface SequentialOptions {
  data?: string;
  domain?: string;
  shop?: ShopSize;
  epochs: number;
  only?: string;
  dim: number;
  maxLength: number;
  quick?: number | true;
  threads: number;
  provider: ProviderName;
  python?: string;
  json: boolean;
}

async function sequential({
  data,
  domain = data === undefined ? 'Pantry' : 'Beauty',
  shop,
  epochs,
  only,
  dim,
  maxLength,
  quick,
  threads,
  provider,
  python,
  json,
}: SequentialOptions): Promise<void> {
  const { BENCH_CASES, benchSequential } = await import('./benchSequential');
  const cases = only === undefined ? BENCH_CASES : casesWith(only, BENCH_CASES);
  const line = new ProgressLine();
  const dataset = shop === undefined ? await datasetOf(data, domain) : makeShop(shop);
  const rows = await benchSequential(dataset, {
    cases,
    options: { dim, maxLength },
    epochs,
    quick: quick === true ? 40 : quick,
    threads,
    provider,
    python: peerPython(provider, python),
    onProgress: (text) => line.print(text),
    signal: interruptSignal(),
  });
  const width = dim === 64 ? '' : `-d${dim}`;
  const quickly = quick === undefined ? '' : '-quick';
  const name = `sequential-${domain}${width}${quickly}-${measuredOn(provider, threads)}`;
  // Some cases alone, or other data and lengths, are no file to compare with.
  if (only === undefined && shop === undefined && maxLength === 50)
    await writeResults(RESULTS_FOLDER, name, { domain, dim, provider, threads, results: rows });
  printRows(rows, json);
}

/** @throws InputError for anything but two whole numbers, such as 610x165. */
function shopSize(text: string): ShopSize {
  const [, users, events] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (users === undefined)
    throw new InputError('--shop', `expected users and events of each, such as 610x165, got "${text}"`);
  return { users: Number(users), events: Number(events), perItem: 10 };
}

async function datasetOf(data: string | undefined, domain: string): Promise<Dataset> {
  if (data !== undefined) return readAmazon(data, domain);
  const { simulateDomain } = await import('../../lib/src/data/simulation');
  return simulateDomain(domain as DomainName, { size: 'study' });
}

function casesWith(text: string, cases: readonly BenchCase[]): BenchCase[] {
  const found = cases.filter(({ name }) => name.includes(text));
  if (found.length > 0) return found;
  const known = cases.map(({ name }) => name).join('; ');
  throw new InputError('--only', `expected part of the name of a case, got "${text}"`, `Known: ${known}`);
}
