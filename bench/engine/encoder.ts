/**
 * A deep and narrow text encoder with masked-token loss, as a training program: what `bench engine --shape
 * encoder` steps beside PyTorch. Sentences of different lengths lie several to a row, each seeing itself
 * only; the peer pads them, as is usual there.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { gelu, layerNorm, meanLinearCrossEntropy } from '../../lib/src/engine/ops';
import { adamW, clipByGlobalNorm } from '../../lib/src/engine/optimizers';
import type { Feeds, NamedHostTensors, TrainingProgram } from '../../lib/src/engine/types';
import { filled, normal, uniform } from './random';

export interface EncoderShape {
  /** Tokens of each sentence of a batch. */
  lengths: readonly number[];
  /** Tokens of a row that sentences are packed into. */
  rowLength: number;
  dim: number;
  heads: number;
  layers: number;
  vocabulary: number;
}

const DROPOUT = 0.1;
/** Share of tokens that are to be predicted. */
const LABELS = 0.15;

/** Twelve layers of width 48; lengths drawn once and for all. */
export function encoderShape(
  sentences: number,
  shortest: number,
  longest: number,
  rowLength: number,
): EncoderShape {
  const random = uniform(7);
  const lengths = Array.from(
    { length: sentences },
    () => shortest + Math.floor(random() * (longest - shortest + 1)),
  );
  return { lengths, rowLength, dim: 48, heads: 4, layers: 12, vocabulary: 1500 };
}

export function tokensOf({ lengths }: EncoderShape): number {
  return lengths.reduce((a, b) => a + b, 0);
}

export function labelsOf(shape: EncoderShape): number {
  return Math.floor(LABELS * tokensOf(shape));
}

/** Sentences by row, longest first, each into the first row that takes it. */
export function rowsOf({ lengths, rowLength }: EncoderShape): number[][] {
  const rows: { left: number; members: number[] }[] = [];
  for (const length of [...lengths].sort((a, b) => b - a)) {
    let row = rows.find(({ left }) => left >= length);
    if (row === undefined) rows.push((row = { left: rowLength, members: [] }));
    row.left -= length;
    row.members.push(length);
  }
  return rows.map(({ members }) => members);
}

export function encoderStep(shape: EncoderShape): TrainingProgram {
  const { rowLength: L, dim: d, heads, layers } = shape;
  const rows = rowsOf(shape).length;
  const tokens = { shape: [rows, L], dtype: 'int32' as const };
  const labels = { shape: [labelsOf(shape)], dtype: 'int32' as const };
  return {
    name: `encoder of ${layers} layers, ${rows} x ${L}`,
    inputs: { ids: tokens, positions: tokens, segments: tokens, labelAt: labels, labels },
    optimizer: clipByGlobalNorm(adamW({ learningRate: 1e-3 }), 1),
    loss(params, { ids, positions, segments, labelAt, labels }, context): Scalar {
      const same = tf.equal(tf.reshape(segments, [rows, 1, L, 1]), tf.reshape(segments, [rows, 1, 1, L]));
      const mask = tf.mul(tf.sub(1, tf.cast(same, 'float32')), -1e9);
      const flat = (t: Tensor): Tensor1D => tf.reshape(t, [rows * L]);
      const dense = (x: Tensor, name: string): Tensor =>
        tf.add(tf.matMul(x as Tensor2D, params[`${name}/kernel`] as Tensor2D), params[`${name}/bias`]);
      const norm = (x: Tensor, name: string): Tensor =>
        layerNorm(x, params[`${name}/gain`], params[`${name}/bias`], 1e-5);
      const drop = (x: Tensor): Tensor => context.dropout(x, DROPOUT);
      let x = drop(
        norm(
          tf.add(tf.gather(params.words, flat(ids)), tf.gather(params.positions, flat(positions))),
          'norm',
        ),
      );
      for (let i = 0; i < layers; i++) {
        const parts = tf.split(
          tf.transpose(
            tf.reshape(dense(x, `layer${i}/qkv`), [rows, L, 3, heads, d / heads]),
            [2, 0, 3, 1, 4],
          ),
          3,
        );
        const [q, k, v] = parts.map((part) => tf.reshape(part, [rows, heads, L, d / heads]));
        const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(d / heads)), mask);
        const mixed = tf.reshape(tf.transpose(tf.matMul(drop(tf.softmax(scores)), v), [0, 2, 1, 3]), [
          rows * L,
          d,
        ]);
        const h = norm(tf.add(x, drop(dense(mixed, `layer${i}/output`))), `layer${i}/norm1`);
        x = norm(
          tf.add(h, drop(dense(gelu(dense(h, `layer${i}/inner`)), `layer${i}/outer`))),
          `layer${i}/norm2`,
        );
      }
      const hidden = norm(gelu(dense(tf.gather(x, labelAt as Tensor1D), 'head')), 'headNorm');
      return meanLinearCrossEntropy({
        hidden: hidden as Tensor2D,
        classes: params.classes as Tensor2D,
        labels: labels as Tensor1D,
        bias: params.classBias as Tensor1D,
      });
    },
  };
}

export function encoderParameters({ lengths, dim: d, layers, vocabulary }: EncoderShape): NamedHostTensors {
  const random = uniform(1);
  const result: NamedHostTensors = {
    words: normal([vocabulary, d], 0.02, random),
    positions: normal([Math.max(...lengths), d], 0.02, random),
    classes: normal([vocabulary, d], 0.02, random),
    classBias: filled([vocabulary], () => 0),
  };
  const dense = (name: string, from: number, to: number): void => {
    result[`${name}/kernel`] = normal([from, to], 1 / Math.sqrt(from), random);
    result[`${name}/bias`] = filled([to], () => 0);
  };
  const norm = (name: string): void => {
    result[`${name}/gain`] = filled([d], () => 1);
    result[`${name}/bias`] = filled([d], () => 0);
  };
  norm('norm');
  for (let i = 0; i < layers; i++) {
    dense(`layer${i}/qkv`, d, 3 * d);
    dense(`layer${i}/output`, d, d);
    norm(`layer${i}/norm1`);
    dense(`layer${i}/inner`, d, 4 * d);
    dense(`layer${i}/outer`, 4 * d, d);
    norm(`layer${i}/norm2`);
  }
  dense('head', d, d);
  norm('headNorm');
  return result;
}

/** Random tokens in packed rows; the first tokens of the longest sentences are the labels. */
export function encoderBatch(shape: EncoderShape): Feeds {
  const { rowLength: L, vocabulary } = shape;
  const rows = rowsOf(shape);
  const random = uniform(2);
  const token = (): number => Math.floor(random() * vocabulary);
  const [ids, positions, segments] = [0, 0, 0].map(() => new Int32Array(rows.length * L));
  const places: number[] = [];
  rows.forEach((members, r) => {
    let at = r * L;
    members.forEach((length, k) => {
      for (let i = 0; i < length; i++, at++) {
        places.push(at);
        ids[at] = token();
        positions[at] = i;
        segments[at] = k + 1;
      }
    });
  });
  const labelAt = Int32Array.from(places.slice(0, labelsOf(shape)));
  return { ids, positions, segments, labelAt, labels: labelAt.map(token) };
}

/**
 * Multiplications and additions in the products of one step on real tokens: forward once, backward twice;
 * attention left out.
 */
export function encoderFlop(shape: EncoderShape): number {
  const { dim: d, layers, vocabulary } = shape;
  return 6 * (tokensOf(shape) * layers * 12 * d * d + labelsOf(shape) * d * (d + vocabulary));
}
