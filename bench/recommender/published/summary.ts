/**
 * Finished runs of `bench published` by recipe: mean and spread over seeds of each metric, beside what others
 * report. Pure functions of the results' file; training and printing are elsewhere.
 */
import { PROTOCOLS, type Protocol } from '../../../lib/src/evaluation';
import type { RecommenderOptions } from '../../../lib/src/training/recommender/options';
import type { PublishedRun } from './publishedFile';
import { PUBLISHED_ROWS, rowOptions } from './recipes';
import { type Reference, references } from './references';

interface Spread {
  mean: number;
  /** Sample standard deviation over seeds; absent with one. */
  sd?: number;
}

export interface PublishedSummary {
  row: string;
  name: string;
  /** Options that are not the recipe's; empty where it was followed. */
  changed: Partial<RecommenderOptions>;
  seeds: number[];
  test: Record<Protocol, Record<'NDCG@10' | 'HR@10', Spread>>;
  /** Validation NDCG@10 under the protocol that chose the epoch: what recipes may be compared by. */
  validation: Spread;
  bestEpoch: Spread;
  secondsPerEpoch: Spread;
  peakMemoryMiB: Spread;
  references: Reference[];
  /**
   * Mean NDCG@10 at or above the highest published one under its protocol; absent if none is published.
   */
  reached?: boolean;
}

/** Runs of one dataset, grouped by row and options but the seed, in the order of the table. */
export function summarise(domain: string, runs: readonly PublishedRun[]): PublishedSummary[] {
  return PUBLISHED_ROWS.flatMap((row) => {
    const groups = new Map<string, PublishedRun[]>();
    for (const run of runs) {
      if (run.row !== row.key) continue;
      const changed = JSON.stringify(changes(run.options, rowOptions(row, run.options.seed)));
      groups.set(changed, [...(groups.get(changed) ?? []), run]);
    }
    // The recipe itself first.
    const ordered = [...groups].sort(([a], [b]) => Number(a !== '{}') - Number(b !== '{}'));
    return ordered.map(([changed, group]): PublishedSummary => {
      const of = (value: (run: PublishedRun) => number): Spread => spread(group.map(value));
      const test = Object.fromEntries(
        PROTOCOLS.map((protocol) => [
          protocol,
          {
            'NDCG@10': of((run) => run.test[protocol]['NDCG@10']),
            'HR@10': of((run) => run.test[protocol]['HR@10']),
          },
        ]),
      ) as PublishedSummary['test'];
      const reported = references(domain, row.key);
      const published = reported.filter(({ kind }) => kind === 'published');
      return {
        row: row.key,
        name: row.name,
        changed: JSON.parse(changed) as Partial<RecommenderOptions>,
        seeds: group.map(({ options }) => options.seed).sort((a, b) => a - b),
        test,
        validation: of((run) => run.validation[run.options.selection]['NDCG@10']),
        bestEpoch: of((run) => run.bestEpoch),
        secondsPerEpoch: of((run) => run.secondsPerEpoch),
        peakMemoryMiB: of((run) => run.peakMemoryMiB),
        references: reported,
        reached:
          published.length === 0
            ? undefined
            : published.every(
                (reference) => test[reference.protocol]['NDCG@10'].mean >= reference['NDCG@10'],
              ),
      };
    });
  });
}

function spread(values: readonly number[]): Spread {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  if (values.length < 2) return { mean };
  return {
    mean,
    sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)),
  };
}

function changes(options: RecommenderOptions, recipe: RecommenderOptions): Partial<RecommenderOptions> {
  const keys = (Object.keys(options) as (keyof RecommenderOptions)[]).sort();
  return Object.fromEntries(
    keys.filter((key) => options[key] !== recipe[key]).map((key) => [key, options[key]]),
  );
}
