/**
 * `bench published`: trains the rows that others publish figures of on one domain of real files, several
 * seeds each, side by side with one thread each. Every finished run is kept in a file, so a later call trains
 * only what is missing. The recipes are in recipes.ts, the figures of others in references.ts; nothing of the
 * test item decides anything here.
 */
import type { Dataset } from '../../../lib/src/data';
import {
  evaluate,
  itemKnn,
  popularity,
  requireEvaluationUsers,
  textSimilarity,
  transition,
} from '../../../lib/src/evaluation';
import { libraryVersion } from '../../../lib/src/project';
import { lexicalTable } from '../../../lib/src/text';
import type { TrainingProgress } from '../../../lib/src/training/trainer';
import type { RecommenderOptions } from '../../../lib/src/training/recommender/options';
import { trainInParallel } from '../../../lib/src/training/recommender/trainInParallel';
import type { RecommenderResult } from '../../../lib/src/training/recommender/trainRecommender';
import {
  type PublishedBaselines,
  type PublishedResults,
  readPublished,
  sameOptions,
  writePublished,
} from './publishedFile';
import { publishedRows, rowOptions } from './recipes';
import { type PublishedSummary, summarise } from './summary';

/** Width of the TF-IDF table that the text baseline compares items in. */
const TEXT_DIM = 128;

export interface BenchPublishedOptions {
  /** The results' file: finished runs are read from it and added to it. */
  file: string;
  /** Keys of recipes.ts; all by default. */
  rows?: readonly string[];
  /** Seeds 1..n of each row. */
  seeds?: number;
  /** Trainings at once; the number of cores by default. */
  workers?: number;
  /**
   * Other values than the recipe's, for all rows asked for: a trial, told apart from the recipe in file and
   * table.
   */
  changes?: Partial<RecommenderOptions>;
  /** A line that stays: a run begun, finished or failed. */
  onLine?: (line: string) => void;
  /** Runs under way, in words; replaces what was said before. */
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}

export interface PublishedBench {
  dataset: {
    name: string;
    fingerprint: string;
    users: number;
    items: number;
    interactions: number;
    evaluatedUsers: number;
  };
  baselines: PublishedBaselines['metrics'];
  /** Of the rows asked for, this call's runs and those that the file had for this dataset. */
  rows: PublishedSummary[];
  /** Runs of this call that gave no result. */
  failed: { row: string; seed: number; why: string }[];
}

/**
 * @throws InputError for an unknown row or option, a file that is not ours, or a dataset where nobody can be
 * evaluated.
 */
export async function benchPublished(
  dataset: Dataset,
  { file, rows: keys, seeds = 3, workers, changes, onLine, onProgress, signal }: BenchPublishedOptions,
): Promise<PublishedBench> {
  const rows = publishedRows(keys);
  requireEvaluationUsers(dataset);
  const { name, fingerprint, users, items, interactions } = dataset;
  const described = {
    name,
    fingerprint,
    users,
    items,
    interactions,
    evaluatedUsers: dataset.evaluationUsers.length,
  };
  const before = readPublished(file);
  // Another call may write the same file meanwhile: what it holds now is what is added to.
  const add = (more: (results: PublishedResults) => PublishedResults): void =>
    writePublished(file, described, more(readPublished(file)));

  // All rows with seed 1 first, so that a table of a call that was ended early has every row.
  const jobs = Array.from({ length: seeds }, (_, i) =>
    rows.map((row) => ({ row, options: rowOptions(row, i + 1, changes) })),
  ).flat();
  const open = jobs.filter(
    ({ row, options }) =>
      !before.runs.some(
        (run) => run.row === row.key && run.fingerprint === fingerprint && sameOptions(run.options, options),
      ),
  );
  onLine?.(
    `${name}: ${jobs.length - open.length} of ${jobs.length} runs are in ${file}, ${open.length} to train`,
  );

  if (before.baselines?.fingerprint !== fingerprint) {
    onLine?.('baselines');
    const baselines = { fingerprint, metrics: await baselineMetrics(dataset, signal) };
    add((results) => ({ ...results, baselines }));
  }
  const failed: PublishedBench['failed'] = [];
  const done = new Set<number>();
  await trainInParallel(
    open.map(({ options }) => ({ ...options, dataset })),
    {
      processes: workers,
      signal,
      onProgress: (runs, finished) =>
        finished < open.length &&
        onProgress?.(
          `${finished}/${open.length} finished; ` +
            runs
              .flatMap((run, i) =>
                run === undefined || done.has(i) ? [] : [underWay(jobName(open[i]), run)],
              )
              .join('; '),
        ),
      onResult: (i, result) => {
        done.add(i);
        const { row, options } = open[i];
        if ('failed' in result) {
          failed.push({ row: row.key, seed: options.seed, why: result.failed });
          onLine?.(`${jobName(open[i])}: failed, ${result.failed}`);
          return;
        }
        add((results) => ({
          ...results,
          runs: [...results.runs, { row: row.key, library: libraryVersion(), ...figures(result) }],
        }));
        const { 'NDCG@10': ndcg, 'HR@10': hitRate } = result.test.fullMasked;
        onLine?.(
          `${jobName(open[i])}: NDCG@10 ${ndcg.toFixed(4)} masked, ` +
            `${result.test.full['NDCG@10'].toFixed(4)} kept, HR@10 ${hitRate.toFixed(4)} masked; best ` +
            `epoch ${result.bestEpoch} of ${result.epochs}, ${result.secondsPerEpoch.toFixed(1)} s an ` +
            'epoch',
        );
      },
    },
  );
  const after = readPublished(file);
  const asked = after.runs.filter(
    (run) => run.fingerprint === fingerprint && rows.some(({ key }) => key === run.row),
  );
  return {
    dataset: described,
    baselines: after.baselines?.metrics ?? {},
    rows: summarise(name, asked),
    failed,
  };
}

function jobName({ row, options }: { row: { key: string }; options: RecommenderOptions }): string {
  return `${row.key} seed ${options.seed}`;
}

function underWay(job: string, { epoch, epochs, bestMetric, bestEpoch }: TrainingProgress): string {
  return (
    `${job} epoch ` +
    `${epoch}/${epochs}${bestEpoch > 0 ? `, best ${bestMetric.toFixed(4)} (${bestEpoch})` : ''}`
  );
}

function figures({
  options,
  fingerprint,
  engine,
  epochs,
  bestEpoch,
  stopped,
  secondsPerEpoch,
  peakMemoryMiB,
  validation,
  test,
}: RecommenderResult): Omit<PublishedResults['runs'][number], 'row' | 'library'> {
  return {
    options,
    fingerprint,
    engine,
    epochs,
    bestEpoch,
    stopped,
    secondsPerEpoch,
    peakMemoryMiB,
    validation,
    test,
  };
}

async function baselineMetrics(
  dataset: Dataset,
  signal?: AbortSignal,
): Promise<PublishedBaselines['metrics']> {
  const scorers = [
    popularity(dataset),
    transition(dataset),
    itemKnn(dataset),
    textSimilarity(dataset, lexicalTable(dataset.itemTexts, TEXT_DIM, 1), { name: 'TF-IDF' }),
  ];
  const metrics: PublishedBaselines['metrics'] = {};
  for (const scorer of scorers) metrics[scorer.name] = (await evaluate(dataset, scorer, { signal })).metrics;
  return metrics;
}
