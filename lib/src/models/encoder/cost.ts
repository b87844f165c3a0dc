/**
 * What a language stage will cost, before it starts: FLOP by the formulas of method 15, memory of state and
 * activations, and time at a speed measured here. These are estimates for people; nothing depends on them.
 */
import { type EncoderConfig } from './config';
import { encoderShapes, languageHeadShapes } from './parameters';

export interface StageWork {
  /** Tokens that pass through the encoder, including padding of packed rows. */
  tokens: number;
  /** Tokens whose masked form is predicted. */
  labels: number;
  /** Training adds the backward pass and the optimiser. */
  training: boolean;
  /**
   * Share of the layers that the backward pass reaches. It ends below the lowest tuned layer. All by default.
   */
  reached?: number;
  /** Row length of the packed batches, for attention. */
  rowLength: number;
  /**
   * Only pooled first tokens are needed, so the last layer of a windowed encoder does little (method 14.1).
   */
  pooledOnly?: boolean;
  /** Tokens of one batch, for the memory of activations. */
  batchTokens: number;
  /** The backward pass recomputes each layer from its input. */
  recompute?: boolean;
}

export interface StageCost {
  flop: number;
  /** Weights, with gradients and Adam's moments when training. */
  stateBytes: number;
  /** Largest part of the activations of one batch. */
  activationBytes: number;
}

/** A multiply-add counts as two. Training costs three forward passes, as far as the backward pass reaches. */
export function stageCost(config: EncoderConfig, work: StageWork): StageCost {
  const { layers, hidden: d, intermediate, heads, vocabulary } = config;
  const projections = config.attention === 'window' ? 6 : 4; // q, k, v, output; global key and value
  const attended =
    config.attention === 'window' ? Math.min(work.rowLength, 2 * config.window) : work.rowLength;
  const perLayer = 2 * projections * d * d + 4 * d * intermediate + 4 * attended * d;
  // There: the global keys and values of all tokens.
  const perToken =
    work.pooledOnly && config.attention === 'window'
      ? (layers - 1) * perLayer + 4 * d * d
      : layers * perLayer;
  const head = work.labels * 2 * (d * d + d * vocabulary);
  const weights = count(encoderShapes(config)) + (work.labels > 0 ? count(languageHeadShapes(config)) : 0);
  // Kept for the backward pass: about 12 tensors of width d, 3 of the inner width, 3 of attention weights per
  // layer.
  const kept = work.training && !work.recompute ? layers : 1;
  const activations =
    work.batchTokens *
    4 *
    (kept * (12 * d + 3 * intermediate + 3 * heads * attended) +
      // Inputs of the layers, and as much again for values in transit.
      (work.recompute ? 2 * layers * d : 0) +
      (work.labels > 0 ? 0.15 * 3 * vocabulary : 0));
  return {
    flop:
      work.tokens * perToken * (passes(work) + (work.recompute ? (work.reached ?? 1) : 0)) +
      head * (work.training ? 3 : 1),
    stateBytes: 4 * weights * (work.training ? 5 : 1),
    activationBytes: activations,
  };
}

/** How many forward passes take as long as everything that is done with a token. */
export function passes({ training, reached = 1 }: Pick<StageWork, 'training' | 'reached'>): number {
  return training ? 1 + 2 * reached : 1;
}

/** "2.1 TFLOP, 340 MiB, about 40 s at 53 GFLOP/s". */
export function describeCost(
  { flop, stateBytes, activationBytes }: StageCost,
  flopPerSecond: number,
): string {
  const units = ['FLOP', 'kFLOP', 'MFLOP', 'GFLOP', 'TFLOP', 'PFLOP', 'EFLOP'];
  let [value, unit] = [flop, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  const memory = Math.round((stateBytes + activationBytes) / 2 ** 20);
  const seconds = flop / flopPerSecond;
  const time =
    seconds < 90
      ? `${Math.max(1, Math.round(seconds))} s`
      : seconds < 5400
        ? `${Math.round(seconds / 60)} min`
        : `${(seconds / 3600).toFixed(1)} h`;
  return (
    `${value.toPrecision(3)} ${units[unit]}, ${memory} MiB, about ${time} at ` +
    `${(flopPerSecond / 1e9).toPrecision(2)} GFLOP/s`
  );
}

function count(shapes: Record<string, readonly number[]>): number {
  return Object.values(shapes).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
