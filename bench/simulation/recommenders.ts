/**
 * What a recommender sees in a catalogue's texts: SASRec from random vectors, from a lexical table and from
 * MiniLM's vectors, frozen and trained on, beside rankings that learn nothing. The embedded shop was matched
 * to these rows of the real files (CALIBRATION.md beside the simulation). Every row is one training; finished
 * rows are kept in the output file and not run again.
 *
 *     node -r ./bench/register.cjs bench/simulation/recommenders.ts OUT.json --model MINILM \
 *       [--data FOLDER --domain Beauty] [--domain Pantry ...]
 *
 * With --data the domains are Amazon files, without it those of the shop (--seed N, --world NAME, --set
 * parameter=value).
 */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Dataset } from '../../lib/src/data';
import { readAmazon } from '../../lib/src/data/sources';
import { type DomainName, simulateDomain, type SimulationOptions } from '../../lib/src/data/simulation';
import { createEngine } from '../../lib/src/engine/engine';
import { evaluate, itemKnn, popularity, transition } from '../../lib/src/evaluation';
import { encodeTable, readItemTable } from '../../lib/src/models/itemTables';
import { loadModel } from '../../lib/src/models/published';
import { loadTokenizer } from '../../lib/src/text/tokenizer';
import type { ItemTable } from '../../lib/src/text/itemTable';
import { lexicalTable } from '../../lib/src/text/lexicalTable';
import { type RecommenderOptions, trainRecommender } from '../../lib/src/training/recommender';

/**
 * The stated recipe. The shop's domains have a sixth of the users of the smallest file or fewer, so there
 * batches are half as large, an epoch is two passes, and patience is longer: an epoch is 12 to 18 updates
 * there, 25 and more on the files.
 */
const RECIPE = {
  model: 'sasrec',
  loss: 'bce',
  dim: 64,
  dropout: 0.2,
  learningRate: 1e-3,
  batch: 128,
  patience: 10,
  epochs: 200,
} as const;
const SMALL = { learningRate: 3e-3, batch: 64, passes: 2, patience: 15 } as const;
const FEW_USERS = 2500;

interface Row {
  domain: string;
  ranking: string;
  /** NDCG@10 on the test item among 100 sampled negatives, and among all items. */
  sampled: number;
  full: number;
  /** Best validation NDCG@10 (sampled), epochs run; of trainings. */
  validation?: number;
  epochs?: number;
  seconds?: number;
}

type Table = {
  table?: ItemTable;
  variant: RecommenderOptions['variant'];
  tableScale?: RecommenderOptions['tableScale'];
};

const {
  values: args,
  positionals: [out],
} = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string' },
    model: { type: 'string' },
    domain: { type: 'string', multiple: true },
    seed: { type: 'string', default: '1' },
    world: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    only: { type: 'string', multiple: true },
  },
});
/** What rows of one file have in common. */
const settings = {
  data: args.data === undefined ? `shop, world ${args.world ?? 'calibrated'}, size mini` : 'Amazon files',
  seed: Number(args.seed),
  changed: args.set ?? [],
};
const rows: Row[] = read();

function read(): Row[] {
  if (!existsSync(out)) return [];
  const kept = JSON.parse(readFileSync(out, 'utf8')) as { settings?: unknown; rows: Row[] };
  if (JSON.stringify(kept.settings) !== JSON.stringify(settings))
    throw new Error(
      `${out}: expected rows of ${JSON.stringify(settings)}, got ${JSON.stringify(kept.settings)}. ` +
        'Name another file',
    );
  return kept.rows;
}

function add(row: Row): void {
  rows.push(row);
  console.log(
    [
      row.domain,
      row.ranking,
      row.sampled,
      row.full,
      row.validation ?? '',
      row.epochs ?? '',
      row.seconds ?? '',
    ].join('\t'),
  );
  writeFileSync(
    `${out}.partial`,
    JSON.stringify(
      {
        settings,
        metric: 'NDCG@10 on the test item',
        recipe: RECIPE,
        fewUsers: { below: FEW_USERS, ...SMALL },
        rows,
      },
      undefined,
      1,
    ) + '\n',
  );
  renameSync(`${out}.partial`, out);
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;

async function domainRows(dataset: Dataset): Promise<void> {
  const wanted = (ranking: string): boolean =>
    !rows.some((row) => row.domain === dataset.name && row.ranking === ranking) &&
    (args.only === undefined || args.only.includes(ranking));
  for (const scorer of [popularity(dataset), transition(dataset), itemKnn(dataset)]) {
    if (!wanted(scorer.name)) continue;
    const { metrics } = await evaluate(dataset, scorer, { split: 'test' });
    add({
      domain: dataset.name,
      ranking: scorer.name,
      sampled: round(metrics.sampled['NDCG@10']),
      full: round(metrics.full['NDCG@10']),
    });
  }
  const lexical = lexicalTable(dataset.itemTexts, RECIPE.dim, 1);
  const miniLM = args.model === undefined ? undefined : await sentenceVectors(dataset, args.model);
  const tables: [string, Table][] = [
    ['random', { variant: 'base' }],
    ['lexical, frozen', { table: lexical, variant: 'freeze' }],
    ['lexical, trainable', { table: lexical, variant: 'trainable' }],
    ['lexical, trainable, random scale', { table: lexical, variant: 'trainable', tableScale: 'randomStd' }],
    ...(miniLM === undefined
      ? []
      : ([
          ['MiniLM, frozen', { table: miniLM, variant: 'freeze' }],
          ['MiniLM, trainable', { table: miniLM, variant: 'trainable' }],
          [
            'MiniLM, trainable, random scale',
            { table: miniLM, variant: 'trainable', tableScale: 'randomStd' },
          ],
        ] satisfies [string, Table][])),
  ];
  for (const [ranking, table] of tables) {
    if (!wanted(ranking)) continue;
    const started = performance.now();
    const small = dataset.users < FEW_USERS ? SMALL : {};
    const run = await trainRecommender({
      ...RECIPE,
      ...small,
      ...table,
      dataset,
      seed: Number(args.seed),
      threads: 1,
    });
    add({
      domain: dataset.name,
      ranking,
      sampled: round(run.test.sampled['NDCG@10']),
      full: round(run.test.full['NDCG@10']),
      validation: round(run.validation.sampled['NDCG@10']),
      epochs: run.epochs,
      seconds: Math.round((performance.now() - started) / 1000),
    });
  }
}

async function sentenceVectors(dataset: Dataset, folder: string): Promise<ItemTable> {
  const { model } = await loadModel(folder);
  const scratch = mkdtempSync(join(tmpdir(), 'calibration-'));
  const engine = await createEngine({ provider: 'cpu', threads: 1 });
  try {
    const file = join(scratch, 'table.safetensors');
    await encodeTable(engine, model, dataset.itemTexts, await loadTokenizer(folder), file);
    return await readItemTable(file, dataset);
  } finally {
    await engine.dispose();
    rmSync(scratch, { recursive: true });
  }
}

async function main(): Promise<void> {
  for (const domain of args.domain ?? []) {
    const parameters = Object.fromEntries(
      (args.set ?? []).map((entry) => [entry.split('=')[0], Number(entry.split('=')[1])]),
    );
    await domainRows(
      args.data === undefined
        ? simulateDomain(
            domain as DomainName,
            {
              seed: Number(args.seed),
              ...(args.world === undefined ? {} : { world: args.world }),
              parameters,
            } as SimulationOptions,
          )
        : await readAmazon(args.data, domain),
    );
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
