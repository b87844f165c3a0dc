/**
 * SASRec as the authors run it (method 7.1), on packed rows: only real positions are computed. The authors
 * let padded slots take part in attention (D10); here they are one virtual key, with the same result. Forward
 * pass only: losses are in training/losses, scoring is in evaluation.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { layerNorm } from '../../engine/ops';
import type { NamedTensors, ProgramContext } from '../../engine/types';
import { dense, packedAttention, paddedKeys, segmentMask } from '../packedAttention';
import { SASREC_NORM_EPS, type SASRecOptions } from './options';

/**
 * Output vectors of all positions, [rows * rowLength, d]. With `places` (int32 [n], flat positions), only
 * those of these places, [n, d]: the last block then computes everything after its attention for them alone.
 * The score of item j at a position is its vector . table[j].
 *
 * `inputs` as in packedSpecs; `embedded` is table[items], [rows * rowLength, d]. The caller looks it up, and
 * may look up labels in the same gather. Vectors at empty places are finite and without meaning.
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import type { Program } from 'elephant/engine';
 * import { itemVectors, packedSpecs, sasrec, SASREC_DEFAULTS } from 'elephant/models';
 * const options = { ...SASREC_DEFAULTS, items: 100, dim: 16 };
 * const outputs: Program['outputs'] = (params, inputs, context) => {
 *   const embedded = tf.gather(itemVectors(params), tf.reshape(inputs.items, [-1]));
 *   return { hidden: sasrec(params, inputs, embedded, context, options) }; // [8 * 50, 16]
 * };
 * const forward: Program = { name: 'SASRec', inputs: packedSpecs(8, options.maxLength), outputs };
 * ```
 */
export function sasrec(
  params: NamedTensors,
  inputs: NamedTensors,
  embedded: Tensor,
  context: ProgramContext,
  { dim, blocks, heads, maxLength, dropout, padding }: SASRecOptions,
  places?: Tensor,
): Tensor {
  const [rows, rowLength] = inputs.segments.shape;
  const norm = (name: string, x: Tensor): Tensor =>
    layerNorm(x, params[`${name}/gain`], params[`${name}/bias`], SASREC_NORM_EPS);
  const mask = segmentMask(inputs.segments, true);
  const virtual = padding === 'attended' ? paddedKeys(inputs.padded, maxLength, context) : undefined;

  const positions = tf.gather(params.position, tf.reshape(inputs.slots, [rows * rowLength]));
  let x: Tensor = context.dropout(tf.add(tf.mul(embedded, Math.sqrt(dim)), positions), dropout);
  for (let b = 0; b < blocks; b++) {
    const block = `block${b}`;
    const asked = b === blocks - 1 ? places : undefined;
    // Only the query is normalised, and the residual is the normalised query.
    let query = norm(`${block}/queryNorm`, x);
    const attended = packedAttention(
      params,
      `${block}/attention`,
      { query, source: x, mask, virtual, places: asked },
      { rows, rowLength, heads, dropout },
      context,
    );
    if (asked !== undefined) query = tf.gather(query, asked as tf.Tensor1D);
    x = norm(`${block}/forwardNorm`, tf.add(query, attended));
    const inner = tf.relu(context.dropout(dense(params, `${block}/inner`, x), dropout));
    x = tf.add(x, context.dropout(dense(params, `${block}/outer`, inner), dropout));
  }
  return norm('outputNorm', x);
}
