/** `npm run bench -- serving`: how many calls, and how the rows are printed and kept. */
import { loadavg } from 'node:os';
import type { Command } from 'commander';
import { jsonOption, wholeNumber } from '../../lib/src/cli/options';
import { ProgressLine } from '../../lib/src/cli/progress';
import { printRows } from '../printRows';
import { RESULTS_FOLDER, writeResults } from '../results';
import type { ServingRow } from './benchServing';

export function registerServing(bench: Command): void {
  bench
    .command('serving')
    .description('latency and throughput of exported recommenders on one thread, in process and over HTTP')
    .option('--calls <n>', 'calls of each model', wholeNumber('--calls', 1), 10_000)
    .addOption(jsonOption())
    .action(serving);
}

async function serving({ calls, json }: { calls: number; json: boolean }): Promise<void> {
  const { benchServing } = await import('./benchServing');
  const { servedModels } = await import('./servedModels');
  const line = new ProgressLine();
  const rows: ServingRow[] = [];
  for await (const model of servedModels()) {
    line.print(`${model.name}, ${model.catalogue.items} items`);
    rows.push(await benchServing(model, calls));
  }
  // Work beside this one: above 1 it was not alone.
  const [load] = loadavg();
  await writeResults(RESULTS_FOLDER, 'serving', { calls, load, results: rows });
  printRows(rows, json);
}
