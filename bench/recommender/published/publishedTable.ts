/** What `bench published` prints: a line of figures per row, under each the figures of others. */
import type { Protocol } from '../../../lib/src/evaluation';
import type { PublishedBench } from './benchPublished';

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
        `${row.secondsPerEpoch.mean.toFixed(1)} s per epoch, ${Math.round(row.peakMemoryMiB.mean)} ` +
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
