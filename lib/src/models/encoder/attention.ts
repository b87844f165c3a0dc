/**
 * Attention of the text encoders on packed rows (method 4.3). Each token sees only its own sequence. With a
 * window, a token sees the first token of its sequence and its neighbours. The first token sees all tokens,
 * through projections of its own.
 *
 * There are two forms with equal results. "dense" computes all pairs of a row and masks. "banded" computes
 * only blocks along the diagonal.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors, ProgramContext } from '../../engine/types';
import { dense } from '../packedAttention';
import type { EncoderConfig } from './config';
import type { BatchShape } from './packing';

/** Added to scores of pairs that must not see each other; exp of it is 0 in float32. */
const EXCLUDED = -1e9;

/** Above this row length the banded form does less work than the dense one (measured on the CPU provider). */
export const DENSE_ROW_LIMIT = 256;

/** What the layers share, computed once per batch from the segments. */
export interface Layout extends BatchShape {
  form: 'dense' | 'banded';
  cls: Tensor;
  /**
   * dense: [rows, 1, L, L], or [rows, heads, L, L] with relative positions; banded: [rows, 1, L / side, side,
   * 3 side], without first tokens among the keys.
   */
  localBias: Tensor;
  /** Windowed attention only. */
  global?: {
    /** [rows, 1, slots, L]: which tokens belong to the slot. */
    bias: Tensor;
    /** [rows, 1, L, slots]: the same, transposed: which slot's first token a token sees (banded form). */
    ownerBias: Tensor;
    /** [rows, L, slots]: 1 if the token is the first of the slot's sequence. */
    isFirst: Tensor;
    /** [rows, L, 1]: 1 if the token is not a first token. */
    isOrdinary: Tensor;
  };
}

export function makeLayout(
  config: EncoderConfig,
  shape: BatchShape,
  inputs: NamedTensors,
  form?: 'dense' | 'banded',
): Layout {
  const { rows, rowLength: L, slots } = shape;
  const { segments, cls } = inputs;
  const bias = (allowed: Tensor): Tensor => tf.mul(tf.sub(1, tf.cast(allowed, 'float32')), EXCLUDED);
  if (config.attention === 'full') {
    const same = tf.equal(tf.reshape(segments, [rows, 1, L, 1]), tf.reshape(segments, [rows, 1, 1, L]));
    return { ...shape, form: 'dense', cls, localBias: bias(same) };
  }
  const side = config.window / 2;
  const chosen =
    form ?? (L <= Math.max(DENSE_ROW_LIMIT, config.window) || L % side !== 0 ? 'dense' : 'banded');
  const previous = tf.concat([tf.zeros([rows, 1], 'int32'), tf.slice(segments, [0, 0], [rows, L - 1])], 1);
  const first = tf.logicalAnd(tf.notEqual(segments, previous), tf.greater(segments, 0));
  const slotIds = tf.range(1, slots + 1, 1, 'int32');
  const belongs = tf.equal(tf.reshape(segments, [rows, L, 1]), tf.reshape(slotIds, [1, 1, slots]));
  const ownerBias = tf.reshape(bias(belongs), [rows, 1, L, slots]);
  const firstFloat = tf.reshape(tf.cast(first, 'float32'), [rows, L, 1]);
  return {
    ...shape,
    form: chosen,
    cls,
    localBias: bias(
      chosen === 'dense' ? denseAllowed(segments, first, side) : bandedAllowed(segments, first, side),
    ),
    global: {
      bias: tf.transpose(ownerBias, [0, 1, 3, 2]),
      ownerBias,
      isFirst: tf.mul(tf.cast(belongs, 'float32'), firstFloat),
      isOrdinary: tf.sub(1, firstFloat),
    },
  };
}

function denseAllowed(segments: Tensor, first: Tensor, side: number): Tensor {
  const [rows, L] = segments.shape;
  const order = tf.range(0, L, 1, 'int32');
  const distance = tf.abs(tf.sub(tf.reshape(order, [L, 1]), tf.reshape(order, [1, L])));
  const near = tf.reshape(tf.lessEqual(distance, tf.scalar(side, 'int32')), [1, 1, L, L]);
  const same = tf.equal(tf.reshape(segments, [rows, 1, L, 1]), tf.reshape(segments, [rows, 1, 1, L]));
  return tf.logicalAnd(same, tf.logicalOr(near, tf.reshape(first, [rows, 1, 1, L])));
}

function bandedAllowed(segments: Tensor, first: Tensor, side: number): Tensor {
  const [rows, L] = segments.shape;
  const blocks = L / side;
  // Keys outside the row and first tokens get a segment that no query has.
  const none = tf.fill([rows, L], -1, 'int32');
  const keys = windows(tf.reshape(tf.where(first, none, segments), [rows, 1, L, 1]), side, -1);
  const same = tf.equal(
    tf.reshape(segments, [rows, 1, blocks, side, 1]),
    tf.reshape(keys, [rows, 1, blocks, 1, 3 * side]),
  );
  const column = tf.sub(tf.range(0, 3 * side, 1, 'int32'), tf.scalar(side, 'int32'));
  const distance = tf.abs(
    tf.sub(tf.reshape(tf.range(0, side, 1, 'int32'), [side, 1]), tf.reshape(column, [1, 3 * side])),
  );
  return tf.logicalAnd(
    same,
    tf.reshape(tf.lessEqual(distance, tf.scalar(side, 'int32')), [1, 1, 1, side, 3 * side]),
  );
}

/**
 * [rows, n, L, size] -> [rows, n, L / side, 3 side, size]: each block with the one before and the one after
 * it.
 */
function windows(x: Tensor, side: number, padding: number): Tensor {
  const [rows, n, L, size] = x.shape;
  const blocks = L / side;
  const padded = tf.pad(
    x,
    [
      [0, 0],
      [0, 0],
      [side, side],
      [0, 0],
    ],
    padding,
  );
  const shifted = [0, 1, 2].map((k) =>
    tf.reshape(tf.slice(padded, [0, 0, k * side, 0], [rows, n, L, size]), [rows, n, blocks, side, size]),
  );
  return tf.concat(shifted, 3);
}

/**
 * Splits the last axis [.., parts * d] of x [rows * L, parts * d] into heads: `parts` tensors [rows, heads,
 * L, d / heads].
 */
function splitHeads(x: Tensor, rows: number, heads: number, parts: number): Tensor[] {
  const L = x.shape[0] / rows;
  const size = (x.shape[1] as number) / parts / heads;
  // A split into one part has no gradient in TensorFlow.js.
  if (parts === 1) return [tf.transpose(tf.reshape(x, [rows, L, heads, size]), [0, 2, 1, 3])];
  const turned = tf.transpose(tf.reshape(x, [rows, L, parts, heads, size]), [2, 0, 3, 1, 4]);
  return tf.split(turned, parts, 0).map((part) => tf.reshape(part, [rows, heads, L, size]));
}

/** [rows, heads, L, size] -> [rows, L, heads * size]. */
function joinHeads(x: Tensor): Tensor {
  const [rows, heads, L, size] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [rows, L, heads * size]);
}

/**
 * Attention output before the output projection, [rows * L, d], for x [rows * L, d]. With a window, also the
 * probabilities of the first tokens before dropout, [rows, heads, slots, L] (Figure 1).
 */
export function selfAttention(
  params: NamedTensors,
  name: string,
  x: Tensor,
  layout: Layout,
  config: EncoderConfig,
  context: ProgramContext,
): { output: Tensor; firstTokenAttention?: Tensor } {
  const { rows, rowLength: L } = layout;
  const { heads, hidden: d, attentionDropout } = config;
  const scale = 1 / Math.sqrt(d / heads);
  const projected = dense(params, `${name}/local`, x);
  const [query, key, value] = splitHeads(projected, rows, heads, 3);
  const q = tf.mul(query, scale);
  if (layout.form === 'dense') {
    const scores = tf.add(tf.matMul(q, key, false, true), layout.localBias);
    const weights = context.dropout(tf.softmax(scores), attentionDropout);
    const local = joinHeads(tf.matMul(weights, value));
    return finish(local);
  }
  return finish(joinHeads(bandedLocal(q, key, value, projected)));

  function finish(local: Tensor): { output: Tensor; firstTokenAttention?: Tensor } {
    if (layout.global === undefined) return { output: tf.reshape(local, [rows * L, d]) };
    const { output, probabilities } = globalAttention(params, name, x, layout, config, context);
    const placed = tf.matMul(layout.global.isFirst, output);
    const merged = tf.add(tf.mul(local, layout.global.isOrdinary), placed);
    return { output: tf.reshape(merged, [rows * L, d]), firstTokenAttention: probabilities };
  }

  function bandedLocal(q: Tensor, key: Tensor, value: Tensor, projected: Tensor): Tensor {
    const { slots, cls, localBias, global } = layout;
    const side = config.window / 2;
    const blocks = L / side;
    const size = d / heads;
    const [, firstKey, firstValue] = splitHeads(tf.gather(projected, cls), rows, heads, 3);
    const near = tf.add(
      tf.matMul(tf.reshape(q, [rows, heads, blocks, side, size]), windows(key, side, 0), false, true),
      localBias,
    );
    const first = tf.add(tf.matMul(q, firstKey, false, true), global!.ownerBias);
    const scores = tf.concat([tf.reshape(near, [rows, heads, L, 3 * side]), first], 3);
    const weights = context.dropout(tf.softmax(scores), attentionDropout);
    const [nearWeights, firstWeights] = tf.split(weights, [3 * side, slots], 3);
    const fromNear = tf.matMul(
      tf.reshape(nearWeights, [rows, heads, blocks, side, 3 * side]),
      windows(value, side, 0),
    );
    return tf.add(tf.reshape(fromNear, [rows, heads, L, size]), tf.matMul(firstWeights, firstValue));
  }
}

/**
 * What the first tokens gather from all tokens of their sequences, [rows, slots, d], and the weights used.
 */
export function globalAttention(
  params: NamedTensors,
  name: string,
  x: Tensor,
  layout: Layout,
  config: EncoderConfig,
  context: ProgramContext,
): { output: Tensor; probabilities: Tensor } {
  const { rows, cls, global } = layout;
  const { heads, hidden: d, attentionDropout } = config;
  const [key, value] = splitHeads(dense(params, `${name}/globalKeyValue`, x), rows, heads, 2);
  const [query] = splitHeads(dense(params, `${name}/globalQuery`, tf.gather(x, cls)), rows, heads, 1);
  const scores = tf.matMul(tf.mul(query, 1 / Math.sqrt(d / heads)), key, false, true);
  const probabilities = tf.softmax(tf.add(scores, global!.bias));
  return {
    output: joinHeads(tf.matMul(context.dropout(probabilities, attentionDropout), value)),
    probabilities,
  };
}
