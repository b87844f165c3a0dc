/** The same recommender in plain padded PyTorch: sequential_pytorch.py, its files, and what it prints. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, evaluationNegatives } from '../../lib/src/data';
import type { Metrics, Protocol } from '../../lib/src/evaluation';
import type { RecommenderOptions } from '../../lib/src/training/recommender/options';
import type { ProviderName } from '../../lib/src/engine/types';
import { peerEnvironment } from '../options';
import { PythonPeer } from '../pythonPeer';
import { type BenchSide, sideTimes } from './benchSide';

/** The losses of the peer: "ce-all" makes logits at padded slots too. */
export type PeerLoss = 'bce' | 'ce' | 'ce-all';

export interface PeerTraining {
  /** A Python with torch and numpy. */
  readonly python: string;
  /** Of writePeerFiles. */
  readonly folder: string;
  readonly options: RecommenderOptions;
  readonly loss: PeerLoss;
  /** Time so many steps instead of epochs. */
  readonly steps?: number;
  readonly threads: number;
  /** Where ours computes; the peer computes on the same card. */
  readonly provider?: ProviderName;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** `epochs`: how many were run; of some steps, their share of one. */
export interface PeerMeasurement {
  readonly side: BenchSide & { torch: string };
  readonly epochs: number;
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

interface PeerResult {
  test: Record<Protocol, Metrics>;
  peakMemoryMiB: number;
  torch: string;
}

/** @throws InputError without the program; Error if the script fails */
export async function measurePeer(training: PeerTraining): Promise<PeerMeasurement> {
  const { say } = training;
  const peer = start(training);
  const epochs: PeerEpoch[] = [];
  let quick: PeerSteps | undefined;
  let result: PeerResult | undefined;
  for await (const text of peer.lines()) {
    const line = JSON.parse(text) as PeerEpoch | PeerSteps | PeerResult;
    if ('epoch' in line) {
      epochs.push(line);
      say(`PyTorch, epoch ${line.epoch}, ${line.seconds.toFixed(1)} s`);
    } else if ('secondsPerEpoch' in line) {
      quick = line;
      say(`PyTorch, ${line.secondsPerEpoch.toFixed(1)} s per epoch`);
    } else result = line;
  }
  if (quick !== undefined) {
    const { share, ...side } = quick;
    return { side, epochs: share };
  }
  if (result === undefined) throw new Error('bench: expected a last line from the peer, got none');
  const { selection } = training.options;
  const times = sideTimes(
    epochs.map(({ seconds }) => seconds),
    epochs.map(({ validationSeconds }) => validationSeconds),
  );
  const validation = epochs.map((epoch) => epoch.validation[selection]['NDCG@10']);
  return { side: { ...times, validation, ...result }, epochs: epochs.length };
}

function start({
  python,
  folder,
  options,
  steps,
  loss,
  threads,
  signal,
  provider,
}: PeerTraining): PythonPeer {
  const { maxLength, ...rest } = options;
  const request = { ...rest, steps, loss, length: maxLength, threads };
  const args = ['train', folder, JSON.stringify(request)];
  const env = peerEnvironment(provider ?? 'cpu');
  return new PythonPeer(join(__dirname, 'sequential_pytorch.py'), python, { args, env, signal });
}

/** The files that sequential_pytorch.py reads: numbers only. */
export function writePeerFiles(dataset: Dataset, folder: string): void {
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
