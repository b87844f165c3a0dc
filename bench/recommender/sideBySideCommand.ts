/** `npm run bench -- side-by-side`: on which domain, and how the row is printed and kept. */
import type { Command } from 'commander';
import { interruptSignal } from '../../lib/src/cli/interrupt';
import { jsonOption, wholeNumber } from '../../lib/src/cli/options';
import { ProgressLine } from '../../lib/src/cli/progress';
import { readAmazon } from '../../lib/src/data/sources';
import { dataOptions } from '../options';
import { printRows } from '../printRows';
import { RESULTS_FOLDER, writeResults } from '../results';

export function registerSideBySide(bench: Command): void {
  const command = bench
    .command('side-by-side')
    .description('two trainings at once, one thread each, against one after another');
  for (const option of dataOptions()) command.addOption(option);
  command
    .option('--epochs <n>', 'epochs that are timed of each', wholeNumber('--epochs', 1), 2)
    .option('--rounds <n>', 'rounds of both; medians are reported', wholeNumber('--rounds', 1), 3)
    .addOption(jsonOption())
    .action(sideBySide);
}

interface SideBySideOptions {
  data: string;
  domain: string;
  epochs: number;
  rounds: number;
  json: boolean;
}

async function sideBySide({ data, domain, epochs, rounds, json }: SideBySideOptions): Promise<void> {
  const { benchSideBySide } = await import('./sideBySide');
  const line = new ProgressLine();
  const row = await benchSideBySide(await readAmazon(data, domain), {
    epochs,
    rounds,
    onProgress: (text) => line.print(text),
    signal: interruptSignal(),
  });
  await writeResults(RESULTS_FOLDER, `side-by-side-${domain}`, { domain, epochs, rounds, results: [row] });
  printRows([row], json);
}
