/**
 * `bench sequential`: seconds per epoch, peak memory and metrics of our recommenders beside the same models
 * in plain padded PyTorch (sequential_pytorch.py), same data, same hyper-parameters, one after the other in
 * processes of their own; and the share of a step's time that its bare matrix products take. Measures only.
 * Quick: some steps of each, scaled to an epoch.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Dataset, evaluationNegatives } from '../../lib/src/data';
import { InputError } from '../../lib/src/errors';
import type { Metrics, Protocol } from '../../lib/src/evaluation';
import { selectionMetric } from '../../lib/src/evaluation/validationMetrics';
import { type RecommenderOptions, recommenderOptions } from '../../lib/src/training/recommender/options';
import type { RunRequest } from '../../lib/src/training/recommender/runWorker';
import { usefulThreads } from '../../lib/src/training/recommender/usefulThreads';
import type { ProviderName } from '../../lib/src/engine/types';
import { median } from '../median';
import { timeStepsApart } from './timedWorker';
import { runIn, startRunWorker } from '../../lib/src/training/recommender/trainInParallel';

export interface BenchCase {
  name: string;
  options: Pick<RunRequest, 'model'> & Partial<RecommenderOptions>;
  /**
   * Loss of the peer where it is not ours: "ce-all" makes logits at padded slots too; sampled softmax is held
   * against "bce".
   */
  peerLoss?: 'bce' | 'ce' | 'ce-all';
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

interface BenchSide {
  /**
   * Median over the epochs but the first, in which programs are compiled and memory is touched first; when
   * quick, from steps.
   */
  secondsPerEpoch: number;
  /** Of training and validation; when quick, of training alone. */
  peakMemoryMiB: number;
  /** Absent when quick. */
  firstEpochSeconds?: number;
  validationSeconds?: number;
  /** Validation NDCG@10 after each epoch, by the protocol that selects. */
  validation?: number[];
  test?: Record<Protocol, Metrics>;
}

export interface BenchRow {
  name: string;
  dataset: string;
  /** Epochs run; when quick, parts of one. */
  epochs: { ours: number; peer?: number };
  /** Each side has all that were given, ours only as many as it is faster with. */
  threads: { ours: number; peer: number };
  ours: BenchSide;
  /** Absent where no Python was given. */
  peer?: BenchSide & { torch: string };
  /** Ours by the peer's seconds per epoch. */
  ratio?: number;
  /** Of the memory, likewise. */
  memoryRatio?: number;
  /**
   * Bare matrix products of an epoch: in seconds, their share of our time, and how many of their 10^9
   * operations we do a second, all else included.
   */
  products: { seconds: number; share: number; gflops: number };
  /** Graphs that our run compiles: rows, or rows/labels, by batches an epoch. */
  shapes: Record<string, number>;
}

export interface BenchOptions {
  /** Overrides of what all cases share: dim 64, dropout 0.2, every user once an epoch. */
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
    if (python !== undefined) exportDataset(dataset, folder);
    const rows: BenchRow[] = [];
    // Two cases may have the same peer: it is measured once.
    const peers = new Map<string, Awaited<ReturnType<typeof measurePeer>>>();
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
          `${timed.secondsPerEpoch.toFixed(1)} s an epoch, bare products ` +
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
      const loss = peerLoss ?? (effective.loss as 'bce' | 'ce');
      const key = `${effective.model} ${loss}`;
      if (python !== undefined && !peers.has(key))
        peers.set(
          key,
          await measurePeer(python, folder, { ...effective, steps: quick }, loss, threads, say, signal),
        );
      const peer = peers.get(key);
      const { secondsPerEpoch, peakMemoryMiB } = ours.side;
      rows.push({
        name,
        dataset: dataset.name,
        epochs: { ours: ours.epochs, peer: peer?.epochs },
        threads: { ours: own, peer: threads },
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
      });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
        ...times(
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

interface PeerEpoch {
  epoch: number;
  seconds: number;
  validationSeconds: number;
  validation: Record<Protocol, Metrics>;
}

/** An epoch's seconds from some steps. */
interface PeerSteps {
  secondsPerEpoch: number;
  share: number;
  peakMemoryMiB: number;
  torch: string;
}

type PeerLine =
  PeerEpoch | PeerSteps | { test: Record<Protocol, Metrics>; peakMemoryMiB: number; torch: string };

async function measurePeer(
  python: string,
  folder: string,
  { maxLength, ...options }: RecommenderOptions & { steps?: number },
  loss: string,
  threads: number,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<{ side: BenchSide & { torch: string }; epochs: number }> {
  const script = join(__dirname, 'sequential_pytorch.py');
  const child = spawn(
    python,
    [script, 'train', folder, JSON.stringify({ ...options, loss, length: maxLength, threads })],
    { stdio: ['ignore', 'pipe', 'inherit'], signal },
  );
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'ENOENT'
          ? new InputError('--python', `expected a Python with torch and numpy, got no program "${python}"`)
          : error,
      );
    });
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`bench: ${script} ended with code ${code}`)),
    );
  });
  ended.catch(() => undefined);
  const epochs: PeerEpoch[] = [];
  let last: Exclude<PeerLine, PeerEpoch | PeerSteps> | undefined;
  let quick: PeerSteps | undefined;
  for await (const text of createInterface(child.stdout)) {
    const line = JSON.parse(text) as PeerLine;
    if ('epoch' in line) {
      epochs.push(line);
      say(`PyTorch, epoch ${line.epoch}, ${line.seconds.toFixed(1)} s`);
    } else if ('secondsPerEpoch' in line) {
      quick = line;
      say(`PyTorch, ${line.secondsPerEpoch.toFixed(1)} s an epoch`);
    } else last = line;
  }
  await ended;
  if (quick !== undefined) {
    const { share, ...side } = quick;
    return { side, epochs: share };
  }
  if (last === undefined) throw new Error(`bench: expected a last line from ${script}, got none`);
  const validation = epochs.map((epoch) => epoch.validation[options.selection]['NDCG@10']);
  return {
    side: {
      ...times(
        epochs.map(({ seconds }) => seconds),
        epochs.map(({ validationSeconds }) => validationSeconds),
      ),
      validation,
      ...last,
    },
    epochs: epochs.length,
  };
}

function times(
  train: number[],
  validation: number[],
): Pick<BenchSide, 'secondsPerEpoch' | 'firstEpochSeconds' | 'validationSeconds'> {
  return {
    secondsPerEpoch: median(train.length > 1 ? train.slice(1) : train),
    firstEpochSeconds: train[0],
    validationSeconds: median(validation),
  };
}

/** The files that sequential_pytorch.py reads; numbers only, in a folder that is removed afterwards. */
function exportDataset(dataset: Dataset, folder: string): void {
  writeFileSync(join(folder, 'meta.json'), JSON.stringify({ items: dataset.items }));
  const arrays = {
    offsets: dataset.offsets,
    sequence: dataset.sequence,
    users: dataset.evaluationUsers,
    negatives: evaluationNegatives(dataset),
  };
  for (const [name, { buffer, byteOffset, byteLength }] of Object.entries(arrays)) {
    writeFileSync(join(folder, `${name}.i32`), new Uint8Array(buffer, byteOffset, byteLength));
  }
}
