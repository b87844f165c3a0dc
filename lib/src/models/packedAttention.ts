/**
 * Attention over packed rows: several histories side by side in one row, each position seeing only its own
 * history. Shared by SASRec and BERT4Rec. Knows nothing of training, evaluation or how rows are packed.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedSpecs, NamedTensors, ProgramContext } from '../engine/types';

/** Added to a score that must not count: its exp is exactly 0 in float32. */
const EXCLUDED = -1e9;

/**
 * Inputs of a packed batch, all int32 [rows, rowLength]. `items`: item ids, 0 at empty places. `slots`: place
 * in the padded form, counted so that the newest item is always in slot maxLength - 1. `segments`: which
 * history a position belongs to, 0 at empty places. `padded`: how many padded slots that history has in the
 * padded form.
 */
export function packedSpecs(rows: number, rowLength: number): NamedSpecs {
  const spec = { shape: [rows, rowLength], dtype: 'int32' as const };
  return { items: spec, slots: spec, segments: spec, padded: spec };
}

/** Names of the feeds that `packedSpecs` declares. */
export type PackedFeeds = Record<'items' | 'slots' | 'segments' | 'padded', Int32Array>;

/**
 * Scores to add, [rows, 1, L, L]: 0 if query and key belong to one history (and, if `causal`, the key is not
 * later).
 */
export function segmentMask(segments: Tensor, causal: boolean): Tensor {
  const [rows, L] = segments.shape;
  let allowed: Tensor = tf.equal(
    tf.reshape(segments, [rows, 1, L, 1]),
    tf.reshape(segments, [rows, 1, 1, L]),
  );
  if (causal) {
    const order = tf.range(0, L, 1, 'int32');
    const earlier = tf.lessEqual(tf.reshape(order, [1, 1, 1, L]), tf.reshape(order, [1, 1, L, 1]));
    allowed = tf.logicalAnd(allowed, earlier);
  }
  return tf.mul(tf.sub(1, tf.cast(allowed, 'float32')), EXCLUDED);
}

/**
 * One key that stands for n equal ones (method 14.4): the padded slots of SASRec. Their keys and values are
 * the bias vectors, and every later position attends to them (D10). `score` is q . key + ln n, so its weight
 * is that of all n.
 */
export interface VirtualKeys {
  /** ln n per query, [rows, 1, L, 1]; EXCLUDED if n is 0. */
  logCount: Tensor;
  /**
   * While training: how many of the n weights survive dropout, divided by n (1 - rate); [rows, 1, L, 1]. One
   * draw per query serves all heads, while the padded form has one per head. For SASRec's single head that is
   * the same; for several heads, mean and variance per head are the same.
   */
  kept(rate: number): Tensor;
}

/** Virtual keys for the padded slots. `padded` int32 [rows, L]; n may reach `maxLength`. */
export function paddedKeys(padded: Tensor, maxLength: number, context: ProgramContext): VirtualKeys {
  const [rows, L] = padded.shape;
  const n = tf.reshape(padded, [rows, 1, L, 1]);
  const logs = Array.from({ length: maxLength + 1 }, (_, count) =>
    count === 0 ? EXCLUDED : Math.log(count),
  );
  const logCount = tf.reshape(tf.gather(tf.tensor1d(logs, 'float32'), tf.reshape(padded, [rows * L])), [
    rows,
    1,
    L,
    1,
  ]);
  return {
    logCount,
    kept(rate) {
      // Binomial(n, 1 - rate) by inversion: count the thresholds P(B <= k), k < n, that a uniform number
      // reaches.
      const thresholds = tf.gather(binomialThresholds(maxLength, 1 - rate), tf.reshape(padded, [rows * L]));
      const u = tf.reshape(context.uniform([rows, L]), [rows * L, 1]);
      const kept = tf.sum(tf.cast(tf.greaterEqual(u, thresholds), 'float32'), 1);
      const mean = tf.mul(tf.maximum(tf.cast(n, 'float32'), 1), 1 - rate);
      return tf.div(tf.reshape(kept, [rows, 1, L, 1]), mean);
    },
  };
}

/**
 * Row n holds P(Binomial(n, p) <= k) for k = 0..maxCount-1, and 2 (never reached) from k = n on. [maxCount +
 * 1, maxCount]
 */
export function binomialThresholds(maxCount: number, p: number): tf.Tensor2D {
  const rows: number[][] = [];
  let mass = [1];
  for (let n = 0; n <= maxCount; n++) {
    let below = 0;
    rows.push(Array.from({ length: maxCount }, (_, k) => (k < n ? (below += mass[k]) : 2)));
    mass = Array.from({ length: n + 2 }, (_, k) => (mass[k] ?? 0) * (1 - p) + (mass[k - 1] ?? 0) * p);
  }
  return tf.tensor2d(rows, [maxCount + 1, maxCount], 'float32');
}

export interface AttentionOptions {
  rows: number;
  rowLength: number;
  heads: number;
  /** Dropout on the attention weights. */
  dropout: number;
}

/** What attention is computed from; L is the row length. */
export interface AttentionInputs {
  /** [rows * L, d] */
  query: Tensor;
  /** Of keys and values, [rows * L, d]. */
  source: Tensor;
  /** Added to the scores, [rows, 1, L, L]. */
  mask: Tensor;
  /** One more key per row, for the padded slots of SASRec. */
  virtual?: VirtualKeys;
  /** Flat positions, int32 [n]: the result is for them alone. */
  places?: Tensor;
}

/**
 * Multi-head attention with biases in all four projections, scale 1 / sqrt(head size), dropout on the
 * weights. The result is [rows * L, d], or [n, d] at `places`. Parameters under `name`: query, key, value,
 * output, each with /kernel [d, d] and /bias [d].
 */
export function packedAttention(
  params: NamedTensors,
  name: string,
  { query, source, mask, virtual, places }: AttentionInputs,
  { rows, rowLength: L, heads, dropout }: AttentionOptions,
  context: ProgramContext,
): Tensor {
  const d = query.shape[1] as number;
  const size = d / heads;
  const split = (x: Tensor, n: number): Tensor =>
    heads === 1
      ? tf.reshape(x, [rows, 1, n, d])
      : tf.transpose(tf.reshape(x, [rows, n, heads, size]), [0, 2, 1, 3]);
  const join = (x: Tensor): Tensor => {
    const flat = tf.reshape(heads === 1 ? x : tf.transpose(x, [0, 2, 1, 3]), [rows * L, d]);
    return places === undefined ? flat : tf.gather(flat, places as tf.Tensor1D);
  };

  const keyCount = virtual === undefined ? L : L + 1;
  const keySource = virtual === undefined ? source : withZeroPosition(source, rows, L);
  const keyMask = virtual === undefined ? mask : tf.concat([mask, virtual.logCount], 3);

  // The queries are scaled: d numbers per position instead of L.
  const q = split(tf.mul(dense(params, `${name}/query`, query), 1 / Math.sqrt(size)), L);
  const k = split(dense(params, `${name}/key`, keySource), keyCount);
  const v = split(dense(params, `${name}/value`, keySource), keyCount);
  let weights: Tensor = tf.softmax(tf.add(tf.matMul(q, k, false, true), keyMask));
  if (virtual === undefined) weights = context.dropout(weights, dropout);
  else if (context.training && dropout > 0) {
    const [own, rest] = tf.split(weights, [L, 1], 3);
    weights = tf.concat([context.dropout(own, dropout), tf.mul(rest, virtual.kept(dropout))], 3);
  }
  return dense(params, `${name}/output`, join(tf.matMul(weights, v)));
}

/** One more position per row, with input zero: its key and value are the bias vectors. [rows * (L + 1), d] */
function withZeroPosition(source: Tensor, rows: number, L: number): Tensor {
  const d = source.shape[1] as number;
  const longer = tf.pad(tf.reshape(source, [rows, L, d]), [
    [0, 0],
    [0, 1],
    [0, 0],
  ]);
  return tf.reshape(longer, [rows * (L + 1), d]);
}

/** x [n, in] times `name`/kernel [in, out] plus `name`/bias [out]. */
export function dense(params: NamedTensors, name: string, x: Tensor): Tensor {
  return tf.add(tf.matMul(x as tf.Tensor2D, params[`${name}/kernel`] as tf.Tensor2D), params[`${name}/bias`]);
}
