/**
 * `bench scaling`: seconds per epoch of SASRec as one size of a made-up shop or of the model grows, ours and
 * padded PyTorch's (sequential_pytorch.py). Every epoch is whole, and the two sides take turns.
 */
import { availableParallelism } from 'node:os';
import { type Dataset, trainPart } from '../../lib/src/data';
import { makeShop } from '../defaults/shop';
import { median } from '../median';
import { type BenchCase, benchSequential } from './benchSequential';

/** One epoch: what of the shop and of the model it depends on. */
export interface ScalingSize {
  readonly users: number;
  readonly items: number;
  /** Mean number of events per user. */
  readonly events: number;
  readonly dim: number;
  /** Items of a history that are read. */
  readonly maxLength: number;
}

export interface ScalingAxis {
  readonly size: keyof ScalingSize;
  readonly values: readonly number[];
  readonly loss: 'bce' | 'ce';
  /** What stays as it is. */
  readonly fixed: ScalingSize;
}

const FIXED: ScalingSize = { users: 2000, items: 4000, events: 20, dim: 64, maxLength: 50 };

export const SCALING_AXES: readonly ScalingAxis[] = [
  { size: 'users', values: [1000, 2000, 4000, 8000, 16_000], loss: 'bce', fixed: FIXED },
  { size: 'events', values: [5, 10, 20, 50, 100, 200], loss: 'bce', fixed: { ...FIXED, maxLength: 200 } },
  { size: 'dim', values: [32, 64, 128, 256, 512], loss: 'bce', fixed: FIXED },
  // The softmax is the loss whose cost depends on the number of items.
  { size: 'items', values: [500, 1000, 2000, 4000, 8000], loss: 'ce', fixed: FIXED },
];

export interface ScalingRow extends ScalingSize {
  readonly axis: keyof ScalingSize;
  readonly loss: ScalingAxis['loss'];
  /** Positions of an epoch that have a next item. */
  readonly positions: number;
  /** Multiplications and additions of an epoch's matrix products, 10^9. */
  readonly productGflop: number;
  /** Median over the rounds. */
  readonly oursSeconds: number;
  /** Absent without a Python. */
  readonly peerSeconds?: number;
}

export interface ScalingOptions {
  readonly axes?: readonly ScalingAxis[];
  readonly threads?: number;
  readonly rounds?: number;
  /** A Python with torch and numpy; without it only ours are measured. */
  readonly python?: string;
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export async function benchScaling({
  axes = SCALING_AXES,
  threads = availableParallelism(),
  rounds = 3,
  python,
  onProgress,
  signal,
}: ScalingOptions = {}): Promise<ScalingRow[]> {
  const rows: ScalingRow[] = [];
  for (const { size: axis, values, loss, fixed } of axes) {
    for (const value of values) {
      const size = { ...fixed, [axis]: value };
      const dataset = shopOf(size);
      const measured = await timed(dataset, size, loss, { threads, rounds, python, signal });
      const row = { ...size, axis, loss, items: dataset.items, ...measured };
      rows.push(row);
      onProgress?.(scalingLine(row));
    }
  }
  return rows;
}

function shopOf({ users, items, events }: ScalingSize): Dataset {
  return makeShop({ users, events, perItem: (users * events) / items });
}

async function timed(
  dataset: Dataset,
  { dim, maxLength }: ScalingSize,
  loss: ScalingAxis['loss'],
  { rounds, ...how }: Required<Pick<ScalingOptions, 'threads' | 'rounds'>> & ScalingOptions,
): Promise<Pick<ScalingRow, 'positions' | 'productGflop' | 'oursSeconds' | 'peerSeconds'>> {
  const cases: BenchCase[] = [{ name: `SASRec, ${loss}`, options: { model: 'sasrec', loss } }];
  const measured: Awaited<ReturnType<typeof benchSequential>> = [];
  for (let round = 0; round < rounds; round++)
    measured.push(
      ...(await benchSequential(dataset, {
        ...how,
        cases,
        options: { dim, maxLength },
        quick: dataset.users,
      })),
    );
  const peers = measured.flatMap(({ peer }) => (peer === undefined ? [] : [peer.secondsPerEpoch]));
  const [{ products, ours }] = measured;
  return {
    positions: trainedPositions(dataset, maxLength),
    productGflop: products.gflops * ours.secondsPerEpoch,
    oursSeconds: median(measured.map((row) => row.ours.secondsPerEpoch)),
    ...(peers.length > 0 && { peerSeconds: median(peers) }),
  };
}

/** How many positions of all training parts have a next item, as far as a history is read. */
export function trainedPositions(dataset: Dataset, maxLength: number): number {
  let positions = 0;
  for (let user = 0; user < dataset.users; user++)
    positions += Math.max(0, Math.min(maxLength, trainPart(dataset, user).length - 1));
  return positions;
}

/** What the seconds grow with: their exponent over `x` by least squares of the logarithms. */
export function growth(points: readonly { x: number; seconds: number }[]): number {
  const logs = points.map(({ x, seconds }) => [Math.log(x), Math.log(seconds)] as const);
  const mean = (at: 0 | 1): number => logs.reduce((sum, log) => sum + log[at], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const sum = (of: (log: readonly [number, number]) => number): number =>
    logs.reduce((total, log) => total + of(log), 0);
  return sum(([a, b]) => (a - x) * (b - y)) / sum(([a]) => (a - x) ** 2);
}

function scalingLine({ axis, oursSeconds, peerSeconds, positions, ...row }: ScalingRow): string {
  const peer = peerSeconds === undefined ? '' : `, PyTorch ${peerSeconds.toFixed(2)} s`;
  return (
    `${axis} ${row[axis as 'users']}: ${oursSeconds.toFixed(2)} s per epoch of ${positions} positions, ` +
    `${((1e6 * oursSeconds) / positions).toFixed(1)} µs each${peer}`
  );
}
