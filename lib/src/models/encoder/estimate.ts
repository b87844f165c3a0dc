/**
 * What encoding a catalogue will cost on this machine, before it starts: FLOP counted from shapes, memory,
 * and time from batches timed here. For people; no result depends on it. For training see
 * experiments/costs.
 */
import type { Engine, NamedHostTensors } from '../../engine/types';
import type { EncoderConfig } from './config';
import { describeCost as describe, stageCost, type StageCost } from './cost';
import { type BatchShape, type EncoderSequence, packBatch, type EncoderBatch } from './packing';
import { encoderShapes } from './parameters';
import { encoderProgram, encodingPlan, type SequenceEncoderOptions } from './sequenceEncoder';

export interface CostEstimate extends StageCost {
  /** On this machine with the given engine, including compilation. */
  seconds: number;
  /** Of these, seconds spent compiling the programs of all shapes. */
  compileSeconds: number;
}

/** Layers of the two small models that are timed. The line through both gives the whole model's time. */
const PROBE_LAYERS = [1, 3] as const;

/**
 * Times one batch of every shape needed to encode `sequences`, on models of few layers, and extrapolates.
 * Takes a few seconds at most.
 */
export async function estimateEncoding(
  engine: Engine,
  { config, ...options }: { config: EncoderConfig } & SequenceEncoderOptions,
  sequences: readonly Pick<EncoderSequence, 'tokens'>[],
): Promise<CostEstimate> {
  const pooling = options.pooling ?? 'first';
  const plan = encodingPlan(
    config,
    options,
    sequences.map(({ tokens }) => tokens.length),
  );
  const probes = PROBE_LAYERS.map((layers) => {
    const probe = { ...config, layers: Math.min(layers, config.layers) };
    return { probe, state: engine.createState(probeWeights(encoderShapes(probe))) };
  });
  let [compileSeconds, runSeconds] = [0, 0];
  for (const { shape, batches } of plan) {
    const { compile, run } = await probeTimes(
      config.layers,
      probes.map(({ probe, state }) => async () => {
        const program = await engine.compile(encoderProgram(probe, shape, pooling), state);
        return {
          run: () => program.run(fullRows(probe, shape, options.padToken).feeds),
          close: () => program.dispose(),
        };
      }),
    );
    compileSeconds += compile;
    runSeconds += batches * run;
  }
  for (const { state } of probes) state.dispose();
  const costs = plan.map(({ shape: { rows, rowLength }, batches }) =>
    stageCost(config, {
      tokens: batches * rows * rowLength,
      labels: 0,
      training: false,
      rowLength,
      batchTokens: rows * rowLength,
      pooledOnly: pooling === 'first',
    }),
  );
  return {
    flop: costs.reduce((sum, { flop }) => sum + flop, 0),
    stateBytes: Math.max(0, ...costs.map(({ stateBytes }) => stateBytes)),
    activationBytes: Math.max(0, ...costs.map(({ activationBytes }) => activationBytes)),
    seconds: compileSeconds + runSeconds,
    compileSeconds,
  };
}

/**
 * A packed batch of `shape` without free places, with sequences as long as the model allows. The work does
 * not depend on the tokens.
 */
export function fullRows(config: EncoderConfig, shape: BatchShape, padToken: number): EncoderBatch {
  const longest = config.positions - config.positionOffset;
  const lengths: number[] = [];
  for (let left = shape.rowLength; left > 0; left -= lengths[lengths.length - 1])
    lengths.push(Math.min(longest, left));
  const rows = Array.from({ length: shape.rows }, (_, r) => lengths.map((_, i) => r * lengths.length + i));
  return packBatch(
    config,
    shape,
    rows,
    rows.flatMap(() => lengths.map((length) => ({ tokens: new Int32Array(length).fill(2) }))),
    padToken,
  );
}

/** "2.1 TFLOP, 340 MiB, about 40 s at 53 GFLOP/s". */
export function describeCost(cost: CostEstimate): string {
  return describe(cost, cost.flop / Math.max(cost.seconds, 1e-6));
}

/** Time of a model of `layers` layers from those of the two probes. */
export function extrapolate([few, more]: readonly number[], layers: number): number {
  const [a, b] = PROBE_LAYERS.map((n) => Math.min(n, layers));
  return a === b ? few : few + (Math.max(0, more - few) * (layers - a)) / (b - a);
}

/** A program of a probe, compiled. */
interface Probe {
  run(): Promise<unknown>;
  close(): void;
}

/**
 * Calls are timed in turns until this many seconds have passed, so that a disturbance of the machine affects
 * both probes alike.
 */
const TIMING = 3;
const MOST_TURNS = 7;

/**
 * Seconds that a model of `layers` layers takes to compile, and per call, extrapolated from its two probes.
 * The line through both multiplies any error, so the shortest of several calls is taken. The extra time of
 * the first call, spent on memory, counts as compilation.
 */
export async function probeTimes(
  layers: number,
  opened: readonly (() => Promise<Probe>)[],
): Promise<{ compile: number; run: number }> {
  const firsts: number[] = [];
  const probes: Probe[] = [];
  for (const open of opened) {
    firsts.push(
      await secondsOf(async () => {
        const probe = await open();
        probes.push(probe);
        await probe.run();
      }),
    );
  }
  const calls = probes.map(() => Infinity);
  for (let turn = 0, spent = 0; turn < 2 || (turn < MOST_TURNS && spent < TIMING); turn++) {
    for (const [i, { run }] of probes.entries()) {
      const seconds = await secondsOf(run);
      calls[i] = Math.min(calls[i], seconds);
      spent += seconds;
    }
    // Long calls vary little, and repeating them is expensive.
    if (spent > 2 * TIMING) break;
  }
  for (const { close } of probes) close();
  return {
    compile: extrapolate(
      firsts.map((first, i) => Math.max(0, first - calls[i])),
      layers,
    ),
    run: extrapolate(calls, layers),
  };
}

async function secondsOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

/** Weights of the right size without meaning: speed does not depend on values. */
export function probeWeights(shapes: Record<string, readonly number[]>): NamedHostTensors {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
      // Not all equal, so that no difference becomes a denormal number, which is slow to compute with.
      for (let i = 0; i < data.length; i++) data[i] = name.endsWith('/gain') ? 1 : 0.01 * ((i % 7) - 3);
      return [name, { shape, dtype: 'float32', data }];
    }),
  );
}
