/**
 * `bench engine --adam`: the memory bandwidth of Adam on a large table with a gradient for every row, beside
 * what this machine copies and adds. On the CPU provider.
 *
 * An update cannot do with less than 28 bytes a weight: it reads weight, gradient and both moments and writes
 * all but the gradient. Bandwidth is counted so whatever is moved besides, so that the share of the limit
 * says how much faster an update could be. Moved besides are the results between the operators of an update,
 * and a copy of each output: onnxruntime-node writes where it is told to, and then copies that into a new
 * array for the result that it returns. The two sums differ by that copy.
 */
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { emptyGraph, newValue } from '../../lib/src/engine/graph';
import { HostState, ortTensor } from '../../lib/src/engine/hostState';
import { adam } from '../../lib/src/engine/optimizers';
import { cpuSession } from '../../lib/src/engine/runtime/cpuSession';
import type { NamedHostTensors } from '../../lib/src/engine/types';
import { compileStep, type StepJob } from './compiledStep';
import { filled, uniform } from './random';
import { median } from '../median';
import { RESULTS_FOLDER, writeResults } from '../results';
import { inTurns } from './turns';

export const ADAM_BYTES = 28;
/** Rows that a step looks up where the gradient comes from a gather. */
const LOOKED_UP = 2560;
/**
 * Weights of a piece where the table is cut: what stays in a core's cache (updates.ts cuts small parameters
 * so).
 */
const PIECE = 1 << 16;

export interface AdamRow {
  what: string;
  /** Weights updated, or numbers copied or added. */
  weights: number;
  ms: number;
  /** Counted for each weight. */
  bytes: number;
  gbPerSecond: number;
  /** Of the fastest of the rows that are not Adam. */
  shareOfLimit: number;
}

export interface AdamBenchOptions {
  /** Rows of the table. */
  rows?: number;
  width?: number;
  threads?: number;
  rounds?: number;
  resultsFolder?: string | false;
  onProgress?: (line: string) => void;
}

/** First what the machine does at most, then Adam. */
export async function benchAdam({
  rows = 200_000,
  width = 64,
  threads = availableParallelism(),
  rounds = 7,
  resultsFolder = RESULTS_FOLDER,
  onProgress = () => undefined,
}: AdamBenchOptions = {}): Promise<AdamRow[]> {
  const weights = rows * width;
  const jobs = [
    givenGradient(rows, width),
    givenGradient(rows, width, Math.max(1, Math.floor(PIECE / width))),
    gatheredGradient(rows, width),
  ];
  const steps = await Promise.all(
    jobs.map(async (job) => compileStep(job.program, new HostState(job.parameters()), { threads })),
  );
  const feeds = jobs.map((job) => job.feeds());
  const [from, to] = [new Float32Array(weights).fill(1), new Float32Array(weights)];
  const sums = [await tableSum(weights, threads, 'largest'), await tableSum(weights, threads, 'whole')];
  const measured = [
    { what: 'copy of a typed array, one thread', bytes: 8, run: () => to.set(from) },
    {
      what: 'sum of two tables in ONNX Runtime and its largest number, handed out',
      bytes: 16,
      run: () => sums[0].run(),
    },
    { what: 'sum of two tables in ONNX Runtime, handed out', bytes: 12, run: () => sums[1].run() },
    ...jobs.map(({ name }, i) => ({ what: name, bytes: ADAM_BYTES, run: () => steps[i].run(feeds[i]) })),
  ];
  const times = (
    await inTurns(
      measured.map(({ run }) => run),
      rounds,
    )
  ).map(median);
  await Promise.all([...sums, ...steps].map((session) => session.dispose()));
  const speed = measured.map(({ bytes }, i) => (bytes * weights) / times[i] / 1e6);
  const limit = Math.max(...speed.slice(0, -jobs.length));
  const results = measured.map(({ what, bytes }, i) => ({
    what,
    weights,
    ms: times[i],
    bytes,
    gbPerSecond: speed[i],
    shareOfLimit: speed[i] / limit,
  }));
  for (const row of results)
    onProgress(
      `${row.what}: ${row.ms.toFixed(1)} ms, ${row.gbPerSecond.toFixed(1)} GB/s at ${row.bytes} bytes ` +
        'a weight',
    );
  if (resultsFolder !== false)
    await writeResults(resultsFolder, `engine-adam-${threads}-threads`, {
      threads,
      rounds,
      rows,
      width,
      results,
    });
  return results;
}

/**
 * Adam and nothing else: the gradient is fed. In one table, or in tables of `pieceRows` rows, each updated
 * within the cache.
 */
export function givenGradient(rows: number, width: number, pieceRows = rows): StepJob {
  const sizes = Array.from({ length: Math.ceil(rows / pieceRows) }, (_, i) =>
    Math.min(pieceRows, rows - i * pieceRows),
  );
  const specs = sizes.map((size) => ({ shape: [size, width], dtype: 'float32' as const }));
  const numbers = (name: string, seed: number): NamedHostTensors => {
    const random = uniform(seed);
    return Object.fromEntries(
      specs.map(({ shape }, i) => [`${name}${i}`, filled(shape, () => random() - 0.5)]),
    );
  };
  return {
    name: `Adam${sizes.length === 1 ? '' : `, the table in ${sizes.length} pieces`}`,
    program: {
      name: 'Adam alone',
      inputs: Object.fromEntries(specs.map((spec, i) => [`gradient${i}`, spec])),
      optimizer: adam({ learningRate: 1e-3 }),
      loss: (params, inputs) =>
        specs
          .map((_, i) => withGradient(params[`table${i}`], inputs[`gradient${i}`]))
          .reduce((a, b) => tf.add(a, b)),
    },
    parameters: () => numbers('table', 3),
    feeds: () =>
      Object.fromEntries(Object.entries(numbers('gradient', 4)).map(([name, { data }]) => [name, data])),
  };
}

/** A loss that costs nothing and whose gradient is that tensor. */
function withGradient(table: Tensor, gradient: Tensor): Scalar {
  const loss = tf.customGrad((x) => ({
    value: tf.sum(tf.slice(x as Tensor, [0, 0], [1, 1])),
    gradFunc: () => gradient,
  }));
  return loss(table) as Scalar;
}

/**
 * As an embedding has it: some rows are looked up, and the gradient of the others is 0 (D41: dense Adam moves
 * them all the same).
 */
export function gatheredGradient(rows: number, width: number): StepJob {
  return {
    name: `Adam and the gradient of ${LOOKED_UP} rows looked up`,
    program: {
      name: 'Adam on an embedding',
      inputs: { ids: { shape: [LOOKED_UP], dtype: 'int32' } },
      optimizer: adam({ learningRate: 1e-3 }),
      loss: ({ table }, { ids }) => {
        const looked = tf.gather(table, ids as tf.Tensor1D);
        return tf.mean(tf.mul(looked, looked)) as Scalar;
      },
    },
    parameters: () => {
      const random = uniform(3);
      return { table: filled([rows, width], () => random() - 0.5) };
    },
    feeds: () => {
      const random = uniform(4);
      return { ids: Int32Array.from({ length: LOOKED_UP }, () => Math.floor(random() * rows)) };
    },
  };
}

/**
 * a + b over vectors that stay where they are; what comes out is the sum, into memory that is given, or its
 * largest number.
 */
async function tableSum(
  length: number,
  threads: number,
  out: 'whole' | 'largest',
): Promise<{ run(): Promise<unknown>; dispose(): Promise<void> }> {
  const graph = emptyGraph();
  const [a, b, sum] = ['a', 'b', 'sum'].map(() => newValue([length], 'float32'));
  const largest = newValue([1], 'float32');
  graph.inputs.set('a', a).set('b', b);
  graph.nodes.push({ op: 'Add', inputs: [a, b], outputs: [sum], attrs: {} });
  if (out === 'largest')
    graph.nodes.push({
      op: 'ReduceMax',
      inputs: [sum],
      outputs: [largest],
      attrs: { axes: [0], keepdims: true },
    });
  graph.outputs.set('out', out === 'largest' ? largest : sum);
  const session = await cpuSession(graph, 'sum', threads);
  const [x, y, z] = [length, length, out === 'largest' ? 1 : length].map((size) =>
    ortTensor({ shape: [size], dtype: 'float32' }, new Float32Array(size).fill(1)),
  );
  return { run: () => session.run({ a: x, b: y }, { out: z }), dispose: () => session.release() };
}
