/** `npm run bench -- sequential`: which cases are measured, and how the rows are printed and kept. */
import type { Command } from 'commander';
import { interruptSignal } from '../../lib/src/cli/interrupt';
import { jsonOption, wholeNumber } from '../../lib/src/cli/options';
import { ProgressLine } from '../../lib/src/cli/progress';
import { readAmazon } from '../../lib/src/data/sources';
import { InputError } from '../../lib/src/errors';
import { dataOptions, pythonOption, threadsOption } from '../options';
import { printRows } from '../printRows';
import { RESULTS_FOLDER, writeResults } from '../results';
import type { BenchCase } from './benchSequential';

export function registerSequential(bench: Command): void {
  const command = bench.command('sequential').description('epochs of SASRec and BERT4Rec on a domain');
  for (const option of dataOptions()) command.addOption(option);
  command
    .option('--epochs <n>', 'epochs of each; medians are reported', wholeNumber('--epochs', 1), 4)
    .option('--only <text>', 'the cases whose name contains this, e.g. CE or BERT4Rec; no file is written')
    .option('--dim <n>', 'width of both', wholeNumber('--dim', 1), 64)
    .option(
      '--quick [steps]',
      'time so many steps (40) of each instead and scale them to an epoch; no metrics',
      wholeNumber('--quick', 2),
    )
    .addOption(threadsOption())
    .addOption(pythonOption())
    .addOption(jsonOption())
    .action(sequential);
}

interface SequentialOptions {
  data: string;
  domain: string;
  epochs: number;
  only?: string;
  dim: number;
  quick?: number | true;
  threads: number;
  python?: string;
  json: boolean;
}

async function sequential({
  data,
  domain,
  epochs,
  only,
  dim,
  quick,
  threads,
  python = process.env.ELEPHANT_PYTHON,
  json,
}: SequentialOptions): Promise<void> {
  const { BENCH_CASES, benchSequential } = await import('./benchSequential');
  const cases = only === undefined ? BENCH_CASES : casesWith(only, BENCH_CASES);
  const line = new ProgressLine();
  const rows = await benchSequential(await readAmazon(data, domain), {
    cases,
    options: { dim },
    epochs,
    quick: quick === true ? 40 : quick,
    threads,
    python,
    onProgress: (text) => line.print(text),
    signal: interruptSignal(),
  });
  const width = dim === 64 ? '' : `-d${dim}`;
  const name = `sequential-${domain}${width}${quick === undefined ? '' : '-quick'}-${threads}-threads`;
  // Some cases alone are no file to compare with.
  if (only === undefined) await writeResults(RESULTS_FOLDER, name, { domain, dim, threads, results: rows });
  printRows(rows, json);
}

function casesWith(text: string, cases: readonly BenchCase[]): BenchCase[] {
  const found = cases.filter(({ name }) => name.includes(text));
  if (found.length > 0) return found;
  const known = cases.map(({ name }) => name).join('; ');
  throw new InputError('--only', `expected part of the name of a case, got "${text}"`, `Known: ${known}`);
}
