/**
 * `bench engine`: one training step of a transformer, ours beside PyTorch's, in turn within one run. The
 * models are transformer.ts and encoder.ts here and engine_pytorch.py there.
 */
import { availableParallelism } from 'node:os';
import { InputError } from '../../lib/src/errors';
import { PyTorchPeer, type PeerMode } from './peer';
import { BENCH_SHAPES, transformerJob, type BenchJob } from './jobs';
import { median } from '../median';
import { peerPython } from '../options';
import { measuredOn, RESULTS_FOLDER, writeResults } from '../results';
import { createEngine } from '../../lib/src/engine/engine';
import type { Engine, Precision, ProviderName } from '../../lib/src/engine/types';

export interface BenchOptions {
  provider?: ProviderName;
  /** Of ours; the peer multiplies in float32. */
  precision?: Precision;
  /** The same for both sides; all cores by default. */
  threads?: number;
  /** Turns of ours and each peer; the median is reported. At least 7. */
  rounds?: number;
  /** The four transformers of BENCH_SHAPES by default. */
  jobs?: readonly BenchJob[];
  /** Part of the results' file name, for jobs other than those. */
  label?: string;
  peers?: readonly PeerMode[];
  /**
   * A Python with torch; the environment variable ELEPHANT_PYTHON by default. Without one, only ours is
   * measured.
   */
  python?: string;
  /** Folder for the results' file, or false to write none; bench/results by default. */
  resultsFolder?: string | false;
  onProgress?: (line: string) => void;
}

export interface BenchResult {
  shape: string;
  /** Median milliseconds of our step. */
  oursMs: number;
  /** Milliseconds from the program to its first step: trace, passes, session. */
  compileMs: number;
  /** Ours; padding is not counted. */
  tokensPerSecond: number;
  /** Name of the peer, null if there was none. */
  peer: string | null;
  peerMs: number | null;
  /** Ours over the peer's: below one, we are faster. */
  ratio: number | null;
  /** Our multiplications and additions in matrix products, 10^9 per second. */
  gflops: number;
  /**
   * Of the fastest large matrix product that PyTorch, or without it we, reach on this machine with these
   * threads.
   */
  shareOfPeak: number | null;
}

/** Rows in the order of shapes, one for each peer that works. */
export async function benchEngine({
  provider = 'cpu',
  precision = 'single',
  threads = availableParallelism(),
  rounds = 9,
  jobs = BENCH_SHAPES.map(transformerJob),
  label,
  peers = provider === 'cpu' ? ['eager', 'eager with malloc settings', 'compile'] : ['eager', 'compile'],
  python = peerPython(provider),
  resultsFolder = RESULTS_FOLDER,
  onProgress = () => undefined,
}: BenchOptions = {}): Promise<BenchResult[]> {
  if (!Number.isInteger(rounds) || rounds < 7)
    throw new InputError('rounds', `expected a whole number from 7 on, got ${rounds}`);
  const engine = await createEngine({ provider, threads, precision });
  if (python === undefined)
    onProgress(
      `no peer: set ELEPHANT_PYTHON to a Python with torch${provider === 'cpu' ? '' : ' that sees the card'}`,
    );
  const results: BenchResult[] = [];
  let peak: number | null = null;
  try {
    for (const job of jobs) {
      const running: PyTorchPeer[] = [];
      try {
        for (const mode of python === undefined ? [] : peers) {
          const peer = new PyTorchPeer(python!, mode, provider);
          const problem = await peer.prepare(job.request, threads);
          if (problem === undefined) running.push(peer);
          else {
            onProgress(`${job.name}: PyTorch ${mode} left out: ${problem}`);
            peer.stop();
          }
        }
        if (running[0] !== undefined) peak = Math.max(peak ?? 0, await running[0].matmulGflops(threads));
        const times = await timeInTurns(engine, job, running, rounds);
        results.push(...resultsOf(job, times, running, peak));
        onProgress(results.slice(-Math.max(1, running.length)).map(line).join('\n'));
      } finally {
        for (const peer of running) peer.stop();
      }
    }
  } finally {
    await engine.dispose();
  }
  if (resultsFolder !== false)
    await writeResults(
      resultsFolder,
      ['engine', label, precision === 'mixed' ? precision : undefined, measuredOn(provider, threads, 'cpu-')]
        .filter((part) => part !== undefined)
        .join('-'),
      { provider, engine: engine.description, threads, rounds, matrixProductPeakGflops: peak, results },
    );
  return results;
}

interface Times {
  compileMs: number;
  /** Milliseconds of a step in each round; of each peer in `theirs`. */
  ours: readonly number[];
  theirs: readonly (readonly number[])[];
}

/** Ours and all peers take turns, so that a busy machine slows all of them. */
async function timeInTurns(
  engine: Engine,
  job: BenchJob,
  running: readonly PyTorchPeer[],
  rounds: number,
): Promise<Times> {
  const state = engine.createState(job.parameters());
  const before = performance.now();
  const step = await engine.compileTraining(job.program, state);
  const compileMs = performance.now() - before;
  const feeds = job.feeds();
  for (let i = 0; i < 3; i++) await step.run(feeds);
  // Several short steps per turn, so that a turn is long against the change of process.
  const start = performance.now();
  await step.run(feeds);
  const perTurn = Math.max(1, Math.min(10, Math.round(200 / (performance.now() - start))));
  const ours: number[] = [];
  const theirs = running.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    const times: number[] = [];
    for (let i = 0; i < perTurn; i++) {
      const before = performance.now();
      await step.run(feeds);
      times.push(performance.now() - before);
    }
    ours.push(median(times));
    for (const [i, peer] of running.entries()) theirs[i].push(await peer.run(perTurn));
  }
  step.dispose();
  state.dispose();
  return { compileMs, ours, theirs };
}

/** A result per peer, or one without a peer. */
function resultsOf(
  job: BenchJob,
  { compileMs, ours, theirs }: Times,
  running: readonly PyTorchPeer[],
  peak: number | null,
): BenchResult[] {
  const oursMs = median(ours);
  const gflops = job.flop / oursMs / 1e6;
  const common = {
    shape: job.name,
    oursMs,
    compileMs,
    tokensPerSecond: (1000 * job.tokens) / oursMs,
    gflops,
    shareOfPeak: peak === null ? null : gflops / peak,
  };
  if (running.length === 0) return [{ ...common, peer: null, peerMs: null, ratio: null }];
  return running.map((peer, i) => ({
    ...common,
    peer: peer.name,
    peerMs: median(theirs[i]),
    ratio: oursMs / median(theirs[i]),
  }));
}

function line({ shape, oursMs, peer, peerMs, ratio, gflops }: BenchResult): string {
  const ours = `${shape}: ours ${oursMs.toFixed(1)} ms (${Math.round(gflops)} GFLOP/s)`;
  return peer === null ? ours : `${ours}, ${peer} ${peerMs!.toFixed(1)} ms, ratio ${ratio!.toFixed(2)}`;
}
