/**
 * `bench sequential`: seconds per epoch, peak memory and metrics of our recommenders beside the same models
 * in plain padded PyTorch (sequential_pytorch.py), same data, same hyper-parameters, one after the other in
 * processes of their own; and the share of a step's time that its bare matrix products take. Measures only.
 * Quick: some steps of each, scaled to an epoch.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '../../lib/src/data';
import type { Protocol } from '../../lib/src/evaluation';
import { selectionMetric } from '../../lib/src/evaluation/validationMetrics';
import { type RecommenderOptions, recommenderOptions } from '../../lib/src/training/recommender/options';
import type { RunRequest } from '../../lib/src/training/recommender/runWorker';
import { usefulThreads } from '../../lib/src/training/recommender/usefulThreads';
import type { ProviderName } from '../../lib/src/engine/types';
import { runIn, startRunWorker } from '../../lib/src/training/recommender/trainInParallel';
import { type BenchSide, sideTimes } from './benchSide';
import { measurePeer, type PeerLoss, type PeerMeasurement, writePeerFiles } from './sequentialPeer';
import type { TimedSteps } from './timedSteps';
import { timeStepsApart } from './timedWorker';

export interface BenchCase {
  name: string;
  options: Pick<RunRequest, 'model'> & Partial<RecommenderOptions>;
  /** Loss of the peer if it is not ours; sampled softmax is compared with "bce". */
  peerLoss?: PeerLoss;
}

export const BENCH_CASES: readonly BenchCase[] = [
  { name: 'SASRec, BCE', options: { model: 'sasrec', loss: 'bce' } },
  { name: 'SASRec, CE against logits at real positions', options: { model: 'sasrec', loss: 'ce' } },
  {
    name: 'SASRec, CE against logits at all slots',
    options: { model: 'sasrec', loss: 'ce' },
    peerLoss: 'ce-all',
  },
  {
    name: 'SASRec, sampled softmax (256) against BCE',
    options: { model: 'sasrec', loss: 'sampled' },
    peerLoss: 'bce',
  },
  { name: 'BERT4Rec, masked positions only', options: { model: 'bert4rec' } },
];

export interface BenchRow {
  name: string;
  dataset: string;
  /** Epochs run; when quick, parts of one. */
  epochs: { ours: number; peer?: number };
  /** Each side has all that were given, ours only as many as it is faster with. */
  threads: { ours: number; peer: number };
  ours: BenchSide;
  /** Absent if no Python was given. */
  peer?: BenchSide & { torch: string };
  /** Ours by the peer's seconds per epoch. */
  ratio?: number;
  /** Of the memory, likewise. */
  memoryRatio?: number;
  /**
   * Bare matrix products of an epoch: in seconds, their share of our time, and how many of their 10^9
   * operations we do per second, all else included.
   */
  products: { seconds: number; share: number; gflops: number };
  /** Graphs that our run compiles: rows, or rows/labels, by batches per epoch. */
  shapes: Record<string, number>;
}

export interface BenchOptions {
  /** Overrides of what all cases share: dim 64, dropout 0.2, every user once per epoch. */
  options?: Partial<RecommenderOptions>;
  /** At most so many epochs; with few, the metrics mean little. */
  epochs?: number;
  /** Time so many steps of each side instead of epochs. */
  quick?: number;
  threads?: number;
  /** Where ours computes; "cpu" by default. */
  provider?: ProviderName;
  /** A Python with torch and numpy; without it only ours are measured. */
  python?: string;
  cases?: readonly BenchCase[];
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}

export async function benchSequential(
  dataset: Dataset,
  {
    epochs = 4,
    quick,
    threads = availableParallelism(),
    provider,
    python,
    cases = BENCH_CASES,
    onProgress,
    signal,
    ...rest
  }: BenchOptions = {},
): Promise<BenchRow[]> {
  const shared = {
    dim: 64,
    dropout: 0.2,
    userSampling: 'shuffled',
    selection: 'fullMasked',
    epochs,
    ...rest.options,
  } as const;
  const folder = mkdtempSync(join(tmpdir(), 'elephant-bench-'));
  try {
    if (python !== undefined) writePeerFiles(dataset, folder);
    const rows: BenchRow[] = [];
    // Two cases may have the same peer: it is measured once.
    const peers = new Map<string, PeerMeasurement>();
    for (const { name, options, peerLoss } of cases) {
      signal?.throwIfAborted();
      const effective = recommenderOptions({ ...shared, ...options });
      const say = (line: string): void => onProgress?.(`${name}: ${line}`);
      const own = usefulThreads(effective, threads);
      const timed = await timeStepsApart(
        { dataset, options: effective, steps: quick ?? 10, threads: own, provider },
        signal,
      );
      say(
        `ours, ${own} thread${own === 1 ? '' : 's'}, ${timed.timed} steps, ` +
          `${timed.secondsPerEpoch.toFixed(1)} s per epoch, bare products ` +
          `${timed.productSeconds.toFixed(1)} s`,
      );
      const ours =
        quick === undefined
          ? await measureOurs(
              { ...effective, dataset, threads: own, provider },
              effective.selection,
              say,
              signal,
            )
          : {
              side: { secondsPerEpoch: timed.secondsPerEpoch, peakMemoryMiB: timed.peakMemoryMiB },
              epochs: timed.timed / timed.batches,
            };
      const loss = peerLoss ?? (effective.loss as PeerLoss);
      const key = `${effective.model} ${loss}`;
      if (python !== undefined && !peers.has(key))
        peers.set(
          key,
          await measurePeer({
            ...{ python, folder, options: effective, loss, steps: quick },
            ...{ threads, provider, say, signal },
          }),
        );
      const threadsOf = { ours: own, peer: threads };
      rows.push(rowOf(name, dataset.name, threadsOf, timed, ours, peers.get(key)));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf(
  name: string,
  dataset: string,
  threads: BenchRow['threads'],
  timed: TimedSteps,
  ours: { readonly side: BenchSide; readonly epochs: number },
  peer: PeerMeasurement | undefined,
): BenchRow {
  const { secondsPerEpoch, peakMemoryMiB } = ours.side;
  return {
    name,
    dataset,
    epochs: { ours: ours.epochs, peer: peer?.epochs },
    threads,
    ours: ours.side,
    peer: peer?.side,
    ratio: peer && secondsPerEpoch / peer.side.secondsPerEpoch,
    memoryRatio: peer && peakMemoryMiB / peer.side.peakMemoryMiB,
    products: {
      seconds: timed.productSeconds,
      share: timed.productSeconds / timed.secondsPerEpoch,
      gflops: timed.productGflop / timed.secondsPerEpoch,
    },
    shapes: timed.shapes,
  };
}

async function measureOurs(
  request: RunRequest,
  selection: Protocol,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<{ side: BenchSide; epochs: number }> {
  const worker = startRunWorker();
  const stop = (): void => void worker.kill('SIGKILL');
  signal?.addEventListener('abort', stop);
  try {
    const result = await runIn(worker, request, ({ epoch, metric, step, steps }) =>
      say(
        `ours, epoch ${epoch}, step ` +
          `${step}/${steps}${metric === undefined ? '' : `, NDCG@10 ${metric.toFixed(4)}`}`,
      ),
    );
    signal?.throwIfAborted();
    if ('failed' in result) throw new Error(`bench: our run failed: ${result.failed}`);
    const { log, peakMemoryMiB, test } = result;
    const validation = log.map(({ metrics }) => metrics[selectionMetric(selection)]);
    return {
      side: {
        ...sideTimes(
          log.map(({ trainSeconds }) => trainSeconds),
          log.map(({ validationSeconds }) => validationSeconds),
        ),
        peakMemoryMiB,
        validation,
        test,
      },
      epochs: log.length,
    };
  } finally {
    signal?.removeEventListener('abort', stop);
    worker.kill('SIGKILL');
  }
}
