/**
 * What encoding a catalogue will cost on this machine, before it starts: FLOP counted from shapes, memory, and time from batches
 * timed here. For people; no result depends on it. Training: training/language/estimateTraining.ts.
 */
import type { Engine, NamedHostTensors } from '../../engine/types';
import type { EncoderConfig } from './config';
import { describeCost as describe, stageCost, type StageCost } from './cost';
import { type EncoderSequence, packBatch } from './packing';
import { encoderShapes } from './parameters';
import { encodeProgram, planOf, type SequenceEncoderOptions } from './sequenceEncoder';

export interface CostEstimate extends StageCost {
  /** On this machine, with the engine given; compilation not counted. */
  seconds: number;
}

/** Layers of the two small models that are timed; the whole model's time lies on the line through both. */
export const PROBE_LAYERS = [1, 3] as const;

/** Times one batch of every shape that encoding `sequences` takes, on a model of few layers, and extrapolates. Some seconds at most. */
export async function estimateEncoding(
  engine: Engine,
  { config, ...options }: { config: EncoderConfig } & SequenceEncoderOptions,
  sequences: readonly Pick<EncoderSequence, 'tokens'>[],
): Promise<CostEstimate> {
  const lengths = sequences.map(({ tokens }) => tokens.length);
  const plan = planOf(config, options, lengths);
  const times: number[] = [];
  for (const layers of PROBE_LAYERS) {
    const probe = { ...config, layers: Math.min(layers, config.layers) };
    const state = engine.createState(probeWeights(encoderShapes(probe)));
    let seconds = 0;
    for (const { shape, batches } of plan) {
      const program = await engine.compile(encodeProgram(probe, shape, options.pooling ?? 'first'), state);
      const rows = Array.from({ length: shape.rows }, (_, r) => [r]);
      const { feeds } = packBatch(probe, shape, rows, rows.map(() => ({ tokens: new Int32Array(shape.rowLength) })), options.padToken);
      seconds += batches * (await timeOf(() => program.run(feeds)));
      program.dispose();
    }
    state.dispose();
    times.push(seconds);
  }
  const pooledOnly = (options.pooling ?? 'first') === 'first';
  const costs = plan.map(({ shape: { rows, rowLength }, batches }) =>
    stageCost(config, { tokens: batches * rows * rowLength, labels: 0, training: false, rowLength, batchTokens: rows * rowLength, pooledOnly }));
  return {
    flop: costs.reduce((sum, { flop }) => sum + flop, 0),
    stateBytes: Math.max(0, ...costs.map(({ stateBytes }) => stateBytes)),
    activationBytes: Math.max(0, ...costs.map(({ activationBytes }) => activationBytes)),
    seconds: extrapolate(times, config.layers),
  };
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

/** Seconds of one call: the shorter of two after a first that is not counted, and one only where calls are long. */
export async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const once = async (): Promise<number> => {
    const start = performance.now();
    await run();
    return (performance.now() - start) / 1000;
  };
  await once();
  const first = await once();
  return first > 2 ? first : Math.min(first, await once());
}

/** Weights of the right size without meaning: speed does not depend on values. */
export function probeWeights(shapes: Record<string, readonly number[]>): NamedHostTensors {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    // Not all equal, so that no difference vanishes into numbers that are slow to compute with.
    for (let i = 0; i < data.length; i++) data[i] = name.endsWith('/gain') ? 1 : 0.01 * ((i % 7) - 3);
    return [name, { shape, dtype: 'float32', data }];
  }));
}
