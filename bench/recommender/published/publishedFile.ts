/**
 * bench/results/published-<domain>.json: every finished run of `bench published`, with the dataset
 * and the machine. Read before training, so that finished runs are not repeated; written whole and atomically
 * after each run. Not a store: delete it to measure anew.
 */
import { existsSync, readFileSync } from 'node:fs';
import { benchMachine } from '../../results';
import { InputError } from '../../../lib/src/errors';
import { type Metrics, PROTOCOLS, type Protocol } from '../../../lib/src/evaluation';
import { writeFileAtomic } from '../../../lib/src/writeAside';
import type { RecommenderOptions } from '../../../lib/src/training/recommender/options';
import type { RecommenderResult } from '../../../lib/src/training/recommender/trainRecommender';

type ProtocolMetrics = Record<Protocol, Metrics>;

/** One finished training: what was run, and its figures; no weights and no users' ranks. */
export interface PublishedRun extends Pick<
  RecommenderResult,
  | 'options'
  | 'fingerprint'
  | 'engine'
  | 'epochs'
  | 'bestEpoch'
  | 'stopped'
  | 'secondsPerEpoch'
  | 'peakMemoryMiB'
  | 'validation'
  | 'test'
> {
  row: string;
  library: string;
}

export interface PublishedBaselines {
  fingerprint: string;
  metrics: Record<string, ProtocolMetrics>;
}

export interface PublishedResults {
  baselines?: PublishedBaselines;
  runs: PublishedRun[];
}

/**
 * What the file holds; nothing where there is none. @throws InputError for a file that is not such a file.
 */
export function readPublished(file: string): PublishedResults {
  if (!existsSync(file)) return { runs: [] };
  const wrong = (what: string, cause?: unknown): InputError =>
    new InputError(`bench published ${file}`, what, 'Move the file away to measure anew', { cause });
  let content: Partial<PublishedResults> | null;
  try {
    content = JSON.parse(readFileSync(file, 'utf8')) as Partial<PublishedResults> | null;
  } catch (error) {
    throw wrong(`expected JSON, got ${(error as Error).message}`, error);
  }
  const { runs, baselines } = content ?? {};
  if (!Array.isArray(runs)) throw wrong('expected a list "runs"');
  runs.forEach((run, i) => {
    const missing =
      run?.options?.seed === undefined ||
      typeof run.row !== 'string' ||
      typeof run.fingerprint !== 'string' ||
      !whole(run.test) ||
      !whole(run.validation);
    if (missing) throw wrong(`expected run ${i} to have row, fingerprint, options, validation and test`);
  });
  if (baselines !== undefined && !Object.values(baselines.metrics ?? { none: undefined }).every(whole))
    throw wrong('expected "baselines" to have metrics of all protocols');
  return { runs, baselines };
}

export function writePublished(file: string, dataset: object, results: PublishedResults): void {
  writeFileAtomic(file, `${JSON.stringify({ machine: benchMachine(), dataset, ...results }, null, 2)}\n`);
}

/** Equal options give equal results, so such a run need not be repeated; keys may come in any order. */
export function sameOptions(a: RecommenderOptions, b: RecommenderOptions): boolean {
  return canonical(a) === canonical(b);
}

function canonical(options: RecommenderOptions): string {
  return JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function whole(metrics: ProtocolMetrics | undefined): boolean {
  return PROTOCOLS.every(
    (protocol) =>
      Number.isFinite(metrics?.[protocol]?.['NDCG@10']) && Number.isFinite(metrics?.[protocol]?.['HR@10']),
  );
}
