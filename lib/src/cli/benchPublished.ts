/**
 * `elephant bench published`: our SASRec and BERT4Rec on real files beside the figures that others publish.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Protocol } from '../evaluation';
import { folders, projectRoot } from '../project';
import type { RecommenderOptions } from '../training/recommender';
import type { PublishedBench } from '../training/recommender/bench/published/benchPublished';
import { interruptSignal } from './interrupt';
import { jsonOption, keyValue, wholeNumber } from './options';
import { ProgressLine } from './progress';

interface Options {
  data: string;
  domain: string;
  rows?: string[];
  seeds: number;
  workers: number;
  set: Partial<RecommenderOptions>;
  output?: string;
  json: boolean;
}

export function registerPublished(bench: Command): void {
  bench
    .command('published')
    .description(
      'train SASRec and BERT4Rec at width 64 by stated recipes, several seeds, beside published ' +
        'figures; finished runs are kept',
    )
    .requiredOption('--data <folder>', 'folder with the Amazon files')
    .option(
      '--domain <name>',
      'the domain; figures of others are known for Beauty, Sports and Toys',
      'Beauty',
    )
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

async function published({ data, domain, rows, seeds, workers, set, output, json }: Options): Promise<void> {
  const { benchPublished } = await import('../training/recommender/bench/published/benchPublished');
  const { publishedRows, rowOptions } = await import('../training/recommender/bench/published/recipes');
  // Before the data are read: a mistyped row or option need not wait for them.
  for (const row of publishedRows(rows)) rowOptions(row, 1, set);
  const { readAmazon } = await import('../data/sources');
  const dataset = await readAmazon(data, domain, { cache: folders.prepared });
  const line = new ProgressLine();
  const result = await benchPublished(dataset, {
    file: output ?? join(projectRoot, 'bench', 'results', `published-${dataset.name}.json`),
    rows,
    seeds,
    workers,
    changes: set,
    signal: interruptSignal(),
    onLine: (text) => line.print(text),
    onProgress: (text) => line.update(text),
  });
  line.print();
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : publishedTable(result));
  if (result.failed.length > 0) process.exitCode = 1;
}

const COLUMNS: readonly [title: string, protocol: Protocol, metric: 'NDCG@10' | 'HR@10'][] = [
  ['N@10 masked', 'fullMasked', 'NDCG@10'],
  ['N@10 kept', 'full', 'NDCG@10'],
  ['N@10 sampled', 'sampled', 'NDCG@10'],
  ['HR@10 masked', 'fullMasked', 'HR@10'],
  ['HR@10 kept', 'full', 'HR@10'],
  ['HR@10 sampled', 'sampled', 'HR@10'],
];

/** Ours with mean and spread, under each the figures of others, then the baselines. */
export function publishedTable({ dataset, rows, baselines, failed }: PublishedBench): string {
  const lines = [
    `${dataset.name}: ${dataset.users} users, ${dataset.items} items, ${dataset.interactions} ` +
      `interactions; ${dataset.evaluatedUsers} users evaluated, the others' targets are untrained` +
      ' (others evaluate all: were those misses, full-ranking figures would shrink by the factor ' +
      `${(dataset.evaluatedUsers / dataset.users).toFixed(4)})`,
    tableLine(
      '',
      COLUMNS.map(([title]) => title),
    ),
  ];
  for (const row of rows) {
    const changed = Object.entries(row.changed)
      .map(([key, value]) => `${key}=${String(value)}`)
      .join(' ');
    lines.push(
      tableLine(
        `${row.name}${changed === '' ? '' : ` [${changed}]`}`,
        COLUMNS.map(([, protocol, metric]) => spreadText(row.test[protocol][metric])),
      ),
    );
    const reached =
      row.reached === undefined
        ? ''
        : row.reached
          ? '; at or above every published figure'
          : '; below a published figure';
    lines.push(
      `  ${row.seeds.length} seed${row.seeds.length === 1 ? '' : 's'}, validation ` +
        `${spreadText(row.validation)}, best epoch ${row.bestEpoch.mean.toFixed(1)}, ` +
        `${row.secondsPerEpoch.mean.toFixed(1)} s an epoch, ${Math.round(row.peakMemoryMiB.mean)} ` +
        `MiB${reached}`,
    );
    for (const reference of row.references) {
      const cells = COLUMNS.map(([, protocol, metric]) =>
        protocol === reference.protocol ? (reference[metric]?.toFixed(4) ?? '') : '',
      );
      lines.push(`${tableLine(`  ${reference.kind}`, cells)}  ${reference.source}`);
    }
  }
  for (const [name, metrics] of Object.entries(baselines))
    lines.push(
      tableLine(
        name,
        COLUMNS.map(([, protocol, metric]) => metrics[protocol][metric].toFixed(4)),
      ),
    );
  for (const { row, seed, why } of failed) lines.push(`${row} seed ${seed} failed: ${why}`);
  return `${lines.join('\n')}\n`;
}

function tableLine(name: string, cells: readonly string[]): string {
  return `${name.padEnd(44)}${cells.map((cell) => cell.padStart(17)).join('')}`;
}

function spreadText({ mean, sd }: { mean: number; sd?: number }): string {
  return `${mean.toFixed(4)}${sd === undefined ? '' : ` ± ${sd.toFixed(4)}`}`;
}
