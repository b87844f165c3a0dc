/** What `bench engine` measures: training steps that exist on both sides, ours and PyTorch's. */
import type { Feeds, NamedHostTensors, TrainingProgram } from '../../lib/src/engine/types';
import {
  encoderBatch,
  encoderFlop,
  encoderParameters,
  encoderShape,
  encoderStep,
  labelsOf,
  tokensOf,
  type EncoderShape,
} from './encoder';
import {
  productFlop,
  transformerBatch,
  transformerParameters,
  transformerStep,
  type TransformerShape,
} from './transformer';

export interface BenchJob {
  name: string;
  program: TrainingProgram;
  parameters(): NamedHostTensors;
  feeds(): Feeds;
  /** Multiplications and additions in the matrix products of a step. */
  flop: number;
  /** Tokens of a step, padding not counted. */
  tokens: number;
  /** How engine_pytorch.py is asked for the same step. */
  request: Record<string, unknown>;
}

/** The shapes of the issue: batch x length, width, items. */
export const BENCH_SHAPES: readonly TransformerShape[] = [
  { batch: 128, length: 20, dim: 64, items: 2000 },
  { batch: 128, length: 20, dim: 256, items: 2000 },
  { batch: 128, length: 50, dim: 768, items: 2000 },
  { batch: 128, length: 50, dim: 64, items: 12101 },
];

/**
 * Twelve layers of width 48. Equal lengths compare the step alone; sentences of mixed lengths the work as it
 * comes, where we pack and the peer pads.
 */
export const ENCODER_SHAPES: readonly EncoderShape[] = [
  encoderShape(64, 16, 16, 32),
  encoderShape(64, 8, 20, 32),
  encoderShape(16, 84, 96, 96),
];

export function transformerJob(shape: TransformerShape): BenchJob {
  const { batch, length, dim, items, blocks = 2 } = shape;
  return {
    name: `${batch}x${length} d${dim} V${items}`,
    program: transformerStep(shape),
    parameters: () => transformerParameters(shape),
    feeds: () => transformerBatch(shape),
    flop: productFlop(shape),
    tokens: batch * length,
    request: { model: 'transformer', batch, length, dim, items, blocks },
  };
}

export function encoderJob(shape: EncoderShape): BenchJob {
  const { lengths, dim, heads, layers, vocabulary } = shape;
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  return {
    name:
      `encoder of ${layers} layers d${dim}, ${lengths.length} x ` +
      `${least === most ? most : `${least}-${most}`} tokens`,
    program: encoderStep(shape),
    parameters: () => encoderParameters(shape),
    feeds: () => encoderBatch(shape),
    flop: encoderFlop(shape),
    tokens: tokensOf(shape),
    request: { model: 'encoder', lengths, dim, heads, layers, items: vocabulary, labels: labelsOf(shape) },
  };
}
