/**
 * Defaults on made-up shops of several sizes: how much better than the better of two baselines (popularity,
 * the last item's followers) SASRec is with the authors' settings and with those adapted to the data, from
 * random item vectors or from those of the training histories. Validation chose the adapted settings; the
 * test columns were only reported.
 *
 *     node -r ./bench/register.cjs bench/defaults/shops.ts [--quick] [--cell NAME ...] [--out FILE.json]
 *
 * With --out a cell's finished rows are kept in the file and not run again. One thread; --quick takes the
 * cells of at most 1,000 users and short histories (minutes).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Dataset } from '../../lib/src/data';
import { evaluate, popularity, transition } from '../../lib/src/evaluation';
import { trainRecommender } from '../../lib/src/training/recommender';
import { makeShop, type ShopSize } from './shop';

interface Cell extends ShopSize {
  quick?: boolean;
}

const SPARSE = 8;
const DENSE = 40;
const CELLS: Record<string, Cell> = {
  '50 users, 20 events, dense': { users: 50, events: 20, perItem: DENSE, quick: true },
  '50 users, 200 events, sparse': { users: 50, events: 200, perItem: SPARSE },
  '200 users, 5 events, sparse': { users: 200, events: 5, perItem: 5, quick: true },
  '200 users, 50 events, dense': { users: 200, events: 50, perItem: DENSE, quick: true },
  '610 users, 165 events, sparse': { users: 610, events: 165, perItem: 10 },
  '1000 users, 20 events, sparse': { users: 1000, events: 20, perItem: SPARSE, quick: true },
  '1000 users, 200 events, sparse': { users: 1000, events: 200, perItem: SPARSE },
  '3000 users, 20 events, dense': { users: 3000, events: 20, perItem: DENSE },
  '5000 users, 8 events, sparse': { users: 5000, events: 8, perItem: SPARSE },
  '20000 users, 5 events, sparse': { users: 20_000, events: 5, perItem: SPARSE },
  '50000 users, 5 events, sparse': { users: 50_000, events: 5, perItem: SPARSE },
};

/** The authors' settings, but for a width and a selection that suit a comparison with the adapted ones. */
const CODED = { as: 'coded', dim: 64, selection: 'full' } as const;
const SEED = 1;

/** Settings of each form beyond the dataset. */
const FORMS = {
  coded: CODED,
  random: { as: 'adapted', variant: 'base' },
  adapted: { as: 'adapted' },
} as const;
type FormName = keyof typeof FORMS;

/** Histories are masked: nobody in these shops comes back to an item. */
type Ratios = Record<'fullMasked' | 'sampled', number>;

interface Row {
  cell: string;
  as: FormName;
  items: number;
  /**
   * NDCG@10 of the model by that of the better baseline: all items but the history ranked, and 1 + 100
   * sampled.
   */
  validation: Ratios;
  test: Ratios;
  /** On validation, all items but the history ranked. */
  ndcg: { model: number; popularity: number; transition: number };
  epochs: number;
  bestEpoch: number;
  /** Of one thread, training and evaluation. */
  cpuSeconds: number;
}

const { values: args } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    cell: { type: 'string', multiple: true },
    out: { type: 'string' },
  },
});

async function main(): Promise<void> {
  const rows: Row[] =
    args.out !== undefined && existsSync(args.out) ? JSON.parse(readFileSync(args.out, 'utf8')) : [];
  const wanted = Object.entries(CELLS).filter(
    ([name, { quick }]) => args.cell?.includes(name) ?? (quick || !args.quick),
  );
  process.stdout.write(`${columns('', 'as', 'validation', '(sampled)', 'test', '(sampled)', 'CPU s')}\n`);
  for (const [cell, size] of wanted) {
    const dataset = makeShop(size);
    for (const as of Object.keys(FORMS) as FormName[]) {
      let row = rows.find((done) => done.cell === cell && done.as === as);
      if (row === undefined) {
        row = await measured(cell, as, dataset);
        rows.push(row);
        if (args.out !== undefined) writeFileSync(args.out, `${JSON.stringify(rows, null, 2)}\n`);
      }
      const { validation, test, cpuSeconds } = row;
      const ratios = [validation, test].flatMap(({ fullMasked, sampled }) => [fullMasked, sampled]);
      process.stdout.write(
        `${columns(cell, as, ...ratios.map((ratio) => ratio.toFixed(2)), cpuSeconds.toFixed(0))}\n`,
      );
    }
  }
}

async function measured(cell: string, as: FormName, dataset: Dataset): Promise<Row> {
  const before = process.cpuUsage();
  const run = await trainRecommender({
    ...FORMS[as],
    seed: SEED,
    dataset,
    model: 'sasrec',
    compare: false,
    threads: 1,
  });
  const cpuSeconds = process.cpuUsage(before).user / 1e6;
  /** NDCG@10 of model, popularity, transition. */
  const onSplit = async (split: 'validation' | 'test'): Promise<Record<keyof Ratios, number[]>> => {
    const found = [run[split]];
    for (const baseline of [popularity(dataset), transition(dataset)])
      found.push((await evaluate(dataset, baseline, { split })).metrics);
    const of = (protocol: keyof Ratios): number[] => found.map((metrics) => metrics[protocol]['NDCG@10']);
    return { fullMasked: of('fullMasked'), sampled: of('sampled') };
  };
  const [validation, test] = [await onSplit('validation'), await onSplit('test')];
  const ratio = ([model, ...others]: number[]): number => model / Math.max(...others);
  const ratios = ({ fullMasked, sampled }: Record<keyof Ratios, number[]>): Ratios => ({
    fullMasked: ratio(fullMasked),
    sampled: ratio(sampled),
  });
  const [model, popular, following] = validation.fullMasked;
  return {
    cell,
    as,
    items: dataset.items,
    validation: ratios(validation),
    test: ratios(test),
    ndcg: { model, popularity: popular, transition: following },
    epochs: run.epochs,
    bestEpoch: run.bestEpoch,
    cpuSeconds,
  };
}

function columns(first: string, ...others: string[]): string {
  return first.padEnd(32) + others.map((text) => text.padStart(12)).join('');
}

void main();
