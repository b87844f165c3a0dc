/** `npm run bench -- ranking`: on which domain, and how the rows are printed and kept. */
import type { Command } from 'commander';
import { jsonOption } from '../../lib/src/cli/options';
import { ProgressLine } from '../../lib/src/cli/progress';
import { readAmazon } from '../../lib/src/data/sources';
import { dataOptions, threadsOption } from '../options';
import { printRows } from '../printRows';
import { RESULTS_FOLDER, writeResults } from '../results';

export function registerRanking(bench: Command): void {
  const command = bench
    .command('ranking')
    .description('full ranking with all metrics beside the bare matrix product, widths 64 and 256');
  for (const option of dataOptions()) command.addOption(option);
  command.addOption(threadsOption('both')).addOption(jsonOption()).action(ranking);
}

interface RankingOptions {
  data: string;
  domain: string;
  threads: number;
  json: boolean;
}

async function ranking({ data, domain, threads, json }: RankingOptions): Promise<void> {
  const { benchRanking } = await import('./ranking');
  const line = new ProgressLine();
  const rows = await benchRanking(await readAmazon(data, domain), {
    threads,
    onProgress: (text) => line.print(text),
  });
  await writeResults(RESULTS_FOLDER, `ranking-${domain}-${threads}-threads`, {
    domain,
    threads,
    results: rows,
  });
  printRows(rows, json);
}
