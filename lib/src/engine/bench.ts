/**
 * `elephant bench engine`: one training step of a transformer, ours beside PyTorch's, in turn within one run. Called by the command
 * line; the model is bench/transformer.ts here and bench/engine_pytorch.py there.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { InputError } from '../errors';
import { projectRoot } from '../project';
import { PyTorchPeer, type PeerMode } from './bench/peer';
import { transformerBatch, transformerParameters, transformerStep, type TransformerShape } from './bench/transformer';
import { createEngine } from './engine';
import type { ProviderChoice } from './types';

/** The shapes of the issue: batch x length, width, items. */
export const BENCH_SHAPES: readonly TransformerShape[] = [
  { batch: 128, length: 20, dim: 64, items: 2000 },
  { batch: 128, length: 20, dim: 256, items: 2000 },
  { batch: 128, length: 50, dim: 768, items: 2000 },
  { batch: 128, length: 50, dim: 64, items: 12101 },
];

export interface BenchOptions {
  provider?: ProviderChoice;
  /** The same for both sides; all cores by default. */
  threads?: number;
  /** Turns of ours and each peer; the median is reported. At least 7. */
  rounds?: number;
  shapes?: readonly TransformerShape[];
  peers?: readonly PeerMode[];
  /** A Python with torch; the environment variable ELEPHANT_PYTHON by default. Without one, only ours is measured. */
  python?: string;
  /** Folder for the results' file, or false to write none; bench/results by default. */
  resultsFolder?: string | false;
  onProgress?: (line: string) => void;
}

export interface BenchResult {
  shape: string;
  /** Median milliseconds of our step. */
  oursMs: number;
  /** Name of the peer, null where none was there. */
  peer: string | null;
  peerMs: number | null;
  /** Ours over the peer's: below one, we are faster. */
  ratio: number | null;
  /** Our multiplications and additions in matrix products, 10^9 a second. */
  gflops: number;
  /** Of the fastest large matrix product that PyTorch, or without it we, reach on this machine with these threads. */
  shareOfPeak: number | null;
}

/** Rows in the order of shapes, one for each peer that works. */
export async function benchEngine({
  provider = 'cpu',
  threads = availableParallelism(),
  rounds = 9,
  shapes = BENCH_SHAPES,
  peers = ['eager', 'eager with malloc settings', 'compile'],
  python = process.env.ELEPHANT_PYTHON,
  resultsFolder = join(projectRoot, 'bench', 'results'),
  onProgress = () => undefined,
}: BenchOptions = {}): Promise<BenchResult[]> {
  if (!Number.isInteger(rounds) || rounds < 7) throw new InputError('rounds', `expected a whole number from 7 on, got ${rounds}`);
  const engine = await createEngine({ provider, threads });
  if (python === undefined) onProgress('no peer: set ELEPHANT_PYTHON to a Python with torch');
  const results: BenchResult[] = [];
  let peak: number | null = null;
  try {
    for (const shape of shapes) {
      const running: PyTorchPeer[] = [];
      try {
        for (const mode of python === undefined ? [] : peers) {
          const peer = new PyTorchPeer(python!, mode);
          const problem = await peer.prepare(shape, threads);
          if (problem === undefined) running.push(peer);
          else {
            onProgress(`${nameOf(shape)}: PyTorch ${mode} left out: ${problem}`);
            peer.stop();
          }
        }
        if (running[0] !== undefined) peak = Math.max(peak ?? 0, await running[0].matmulGflops(threads));
        results.push(...(await measure(shape)));
        onProgress(results.slice(-Math.max(1, running.length)).map(line).join('\n'));
      } finally {
        for (const peer of running) peer.stop();
      }

      async function measure(shape: TransformerShape): Promise<BenchResult[]> {
        const state = engine.createState(transformerParameters(shape));
        const step = await engine.compileTraining(transformerStep(shape), state);
        const feeds = transformerBatch(shape);
        for (let i = 0; i < 3; i++) await step.run(feeds);
        // Several short steps a turn, so that a turn is long against the change of process.
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
        const oursMs = median(ours);
        const gflops = productFlop(shape) / oursMs / 1e6;
        const common = { shape: nameOf(shape), oursMs, gflops, shareOfPeak: peak === null ? null : gflops / peak };
        if (running.length === 0) return [{ ...common, peer: null, peerMs: null, ratio: null }];
        return running.map((peer, i) => ({ ...common, peer: peer.name, peerMs: median(theirs[i]), ratio: oursMs / median(theirs[i]) }));
      }
    }
  } finally {
    await engine.dispose();
  }
  if (resultsFolder !== false) await save(resultsFolder, engine.provider, threads, rounds, peak, results);
  return results;
}

/** Multiplications and additions in the matrix products of one step: forward once, backward twice. */
export function productFlop({ batch, length, dim, items, blocks = 2 }: TransformerShape): number {
  const rows = batch * length;
  const perBlock = 6 * 2 * rows * dim * dim + 2 * 2 * rows * length * dim;
  return 3 * (blocks * perBlock + 2 * rows * dim * items);
}

async function save(folder: string, provider: string, threads: number, rounds: number, peak: number | null, results: BenchResult[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version, onnxruntime: ort.env.versions.node };
  const report = { machine, provider, threads, rounds, matrixProductPeakGflops: peak, results };
  await writeFile(join(folder, `engine-${provider}-${threads}-threads.json`), `${JSON.stringify(report, null, 2)}\n`);
}

function nameOf({ batch, length, dim, items }: TransformerShape): string {
  return `${batch}x${length} d${dim} V${items}`;
}

function line({ shape, oursMs, peer, peerMs, ratio, gflops }: BenchResult): string {
  const ours = `${shape}: ours ${oursMs.toFixed(1)} ms (${Math.round(gflops)} GFLOP/s)`;
  return peer === null ? ours : `${ours}, ${peer} ${peerMs!.toFixed(1)} ms, ratio ${ratio!.toFixed(2)}`;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
