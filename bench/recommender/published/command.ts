/** `npm run bench -- published`: which rows are trained, with what, and where runs are kept. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { interruptSignal } from '../../../lib/src/cli/interrupt';
import { jsonOption, keyValue, wholeNumber } from '../../../lib/src/cli/options';
import { ProgressLine } from '../../../lib/src/cli/progress';
import { readAmazon } from '../../../lib/src/data/sources';
import type { RecommenderOptions } from '../../../lib/src/training/recommender';
import { dataOptions } from '../../options';
import { RESULTS_FOLDER } from '../../results';

export function registerPublished(bench: Command): void {
  const command = bench
    .command('published')
    .description(
      'train SASRec and BERT4Rec at width 64 by stated recipes, several seeds, beside published ' +
        'figures; finished runs are kept',
    );
  for (const option of dataOptions('the domain; figures of others are known for Beauty, Sports and Toys'))
    command.addOption(option);
  command
    .option(
      '--rows <names>',
      'sasrec-bce, sasrec-ce, sasrec-sampled, bert4rec: some of them, with commas between (default: all)',
      (text) =>
        text
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== ''),
    )
    .option('--seeds <n>', 'seeds 1 to n of each row', wholeNumber('--seeds', 1, 1000), 3)
    .option(
      '--workers <n>',
      'trainings at once, one thread each',
      wholeNumber('--workers', 1, 1024),
      availableParallelism(),
    )
    .option(
      '--set <key=value>',
      "a trial: another value than the recipes', e.g. --set dropout=0.3; may be repeated; shown apart",
      keyValue,
      {},
    )
    .option(
      '--output <file>',
      'where finished runs are kept (default: bench/results/published-<domain>.json)',
    )
    .addOption(jsonOption())
    .action(published);
}

interface PublishedOptions {
  data: string;
  domain: string;
  rows?: string[];
  seeds: number;
  workers: number;
  set: Partial<RecommenderOptions>;
  output?: string;
  json: boolean;
}

async function published({
  data,
  domain,
  rows,
  seeds,
  workers,
  set,
  output,
  json,
}: PublishedOptions): Promise<void> {
  const { benchPublished } = await import('./benchPublished');
  const { publishedRows, rowOptions } = await import('./recipes');
  // Before the data are read: a mistyped row or option need not wait for them.
  for (const row of publishedRows(rows)) rowOptions(row, 1, set);
  const dataset = await readAmazon(data, domain);
  const line = new ProgressLine();
  const result = await benchPublished(dataset, {
    file: output ?? join(RESULTS_FOLDER, `published-${dataset.name}.json`),
    rows,
    seeds,
    workers,
    changes: set,
    signal: interruptSignal(),
    onLine: (text) => line.print(text),
    onProgress: (text) => line.update(text),
  });
  line.print();
  const { publishedTable } = await import('./publishedTable');
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : publishedTable(result));
  if (result.failed.length > 0) process.exitCode = 1;
}
