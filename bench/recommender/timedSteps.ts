/**
 * Times a few training steps of a run and, on the same shapes, the bare matrix products, and scales both to
 * an epoch. Runs in a process of its own (timedWorker.ts), so that its peak memory is that of training alone;
 * no evaluation takes place.
 */
import type { Dataset } from '../../lib/src/data';
import { createEngine } from '../../lib/src/engine/engine';
import type { CompiledProgram, Engine, ProviderName, TrainingStep } from '../../lib/src/engine/types';
import { InputError } from '../../lib/src/errors';
import type { Batch } from '../../lib/src/training/recommender/batch';
import { recommenderBatches } from '../../lib/src/training/recommender/recommenderBatches';
import { type RecommenderOptions, recommenderOptions } from '../../lib/src/training/recommender/options';
import { trainingProgram } from '../../lib/src/training/recommender/programs';
import { startingPoint } from '../../lib/src/training/recommender/variants';
import { median } from '../median';
import { bareProducts, productFlop, productOperands } from './bareProducts';

export interface TimedStepsRequest {
  dataset: Dataset;
  options: Partial<RecommenderOptions> & Pick<RecommenderOptions, 'model'>;
  /** Steps to time, those that a shape begins with not counted. */
  steps: number;
  threads: number;
  /** "cpu" by default. */
  provider?: ProviderName;
}

export interface TimedSteps {
  secondsPerEpoch: number;
  /** Batches of an epoch, and how many were timed. */
  batches: number;
  timed: number;
  /** Shapes compiled: rows, or rows/labels, by how many batches of the epoch have them. */
  shapes: Record<string, number>;
  compileSeconds: number;
  /** Before the bare products were run. */
  peakMemoryMiB: number;
  /** Time of the bare products of an epoch. */
  productSeconds: number;
  /** Their multiplications and additions, 10^9. */
  productGflop: number;
}

export async function timeSteps({
  dataset,
  options: overrides,
  steps,
  threads,
  provider = 'cpu',
}: TimedStepsRequest): Promise<TimedSteps> {
  const options = recommenderOptions(overrides);
  const { tensors, trainable } = startingPoint(dataset, options);
  const engine = await createEngine({ provider, threads, seed: options.seed });
  try {
    const state = engine.createState(tensors);
    const epochOf = recommenderBatches(dataset, options);
    const shapes: Record<string, number> = {};
    for (const batch of epochOf(1).batches) shapes[keyOf(batch)] = (shapes[keyOf(batch)] ?? 0) + 1;
    const { total, batches } = epochOf(1);
    const compile = ({ rows, labelled }: Batch): Promise<TrainingStep> =>
      engine.compileTraining(
        trainingProgram(options, { items: dataset.items, trainable, rows, labelled }),
        state,
      );
    const { times, timed, compileSeconds, peakMemoryMiB } = await timeBatches(batches, steps, compile);
    if (timed === 0)
      throw new InputError(
        'bench sequential',
        `expected two batches of one shape in an epoch, got ${total} in all`,
        'Take a domain with more users',
      );
    const { bare, flop } = await timeBareProducts(engine, options, dataset.items, [...times.keys()]);
    const medians = new Map([...times].map(([key, list]) => [key, median(list)]));
    return {
      secondsPerEpoch: anEpoch(shapes, total, medians),
      batches: total,
      timed,
      shapes,
      compileSeconds,
      peakMemoryMiB,
      productSeconds: anEpoch(shapes, total, bare),
      productGflop: anEpoch(shapes, total, flop) / 1e6,
    };
  } finally {
    await engine.dispose();
  }
}

/** "rows", or "rows/labels". */
function keyOf({ rows, labelled }: Batch): string {
  return labelled === undefined ? String(rows) : `${rows}/${labelled}`;
}

/** Runs batches until `steps` of them are timed; the first of a shape, which compiles, is not. */
async function timeBatches(
  batches: Iterable<Batch>,
  steps: number,
  compile: (batch: Batch) => Promise<TrainingStep>,
): Promise<
  Pick<TimedSteps, 'timed' | 'compileSeconds' | 'peakMemoryMiB'> & { times: Map<string, number[]> }
> {
  const compiled = new Map<string, TrainingStep>();
  const times = new Map<string, number[]>();
  let [timed, compileSeconds] = [0, 0];
  let before = performance.now();
  for (const batch of batches) {
    const key = keyOf(batch);
    let step = compiled.get(key);
    const first = step === undefined;
    if (step === undefined) {
      const start = performance.now();
      step = await compile(batch);
      compiled.set(key, step);
      compileSeconds += (performance.now() - start) / 1000;
    }
    await step.run(batch.feeds);
    // From the end of one step to the end of the next: making the batch is part of an epoch.
    const now = performance.now();
    if (!first) {
      times.set(key, [...(times.get(key) ?? []), now - before]);
      timed++;
    }
    before = now;
    if (timed >= steps) break;
  }
  const peakMemoryMiB = process.resourceUsage().maxRSS / 1024;
  for (const step of compiled.values()) step.dispose();
  return { times, timed, compileSeconds, peakMemoryMiB };
}

/** Milliseconds and FLOP of the bare products of a step, by shape: "rows" or "rows/labels". */
async function timeBareProducts(
  engine: Engine,
  options: RecommenderOptions,
  items: number,
  shapes: readonly string[],
): Promise<{ bare: Map<string, number>; flop: Map<string, number> }> {
  const operands = engine.createState(productOperands(options, items));
  const bare = new Map<string, number>();
  const flop = new Map<string, number>();
  for (const shape of shapes) {
    const [rows, labelled] = shape.split('/').map(Number);
    const program = await engine.compile(bareProducts(options, items, rows, labelled), operands);
    bare.set(shape, await medianRun(program, rows * options.maxLength * options.dim));
    flop.set(shape, productFlop(options, items, rows, labelled));
  }
  return { bare, flop };
}

async function medianRun(program: CompiledProgram, size: number): Promise<number> {
  const feeds = { x: new Float32Array(size).fill(0.01) };
  await program.run(feeds);
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    const start = performance.now();
    await program.run(feeds);
    times.push(performance.now() - start);
  }
  program.dispose();
  return median(times);
}

/**
 * Of an epoch, a thousandth of the sum of what each batch takes, by shape; shapes too rare to have been timed
 * count as the average.
 */
function anEpoch(shapes: Record<string, number>, total: number, ofBatch: Map<string, number>): number {
  let [sum, count] = [0, 0];
  for (const [key, value] of ofBatch) {
    sum += value * (shapes[key] ?? 0);
    count += shapes[key] ?? 0;
  }
  return ((sum / count) * total) / 1000;
}
