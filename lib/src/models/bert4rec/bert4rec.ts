/**
 * BERT4Rec as the authors run it (method 8.1), on packed rows. Padding is masked as a key there, so leaving
 * it out changes nothing. Forward pass only: losses are in training/losses, scoring is in evaluation.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { gelu, sampleNorm } from '../../engine/ops';
import type { NamedTensors, ProgramContext } from '../../engine/types';
import { itemVectors } from '../itemEmbedding';
import { dense, packedAttention, segmentMask } from '../packedAttention';
import { BERT4REC_NORM_EPS, type BERT4RecOptions } from './options';

/**
 * Output vectors of all positions, [rows * rowLength, d]. With `places` (int32 [n], flat positions), only
 * those of these places, [n, d]: the last block then computes its feed-forward part, two thirds of its work,
 * for them alone. `inputs` as in packedSpecs. The id V + 1 is the mask token.
 * @example
 * ```ts
 * import type { Program } from 'elephant/engine';
 * import { bert4rec, BERT4REC_DEFAULTS, packedSpecs } from 'elephant/models';
 * const options = { ...BERT4REC_DEFAULTS, items: 100, dim: 16 };
 * const outputs: Program['outputs'] = (params, inputs, context) => ({
 *   hidden: bert4rec(params, inputs, context, options), // [8 * 50, 16]
 * });
 * const forward: Program = { name: 'BERT4Rec', inputs: packedSpecs(8, options.maxLength), outputs };
 * ```
 */
export function bert4rec(
  params: NamedTensors,
  inputs: NamedTensors,
  context: ProgramContext,
  { blocks, heads, dropout }: BERT4RecOptions,
  places?: Tensor,
): Tensor {
  const [rows, rowLength] = inputs.segments.shape;
  const flat = (x: Tensor): tf.Tensor1D => tf.reshape(x, [rows * rowLength]);
  // The authors' own layer norm divides by the standard deviation with divisor d - 1, with eps outside the
  // root.
  const norm = (name: string, x: Tensor): Tensor =>
    sampleNorm(x, params[`${name}/gain`], params[`${name}/bias`], BERT4REC_NORM_EPS);
  const mask = segmentMask(inputs.segments, false);

  const table = tf.concat([itemVectors(params), params.mask], 0);
  let x: Tensor = tf.add(
    tf.gather(table, flat(inputs.items)),
    tf.gather(params.position, flat(inputs.slots)),
  );
  x = context.dropout(x, dropout);
  for (let b = 0; b < blocks; b++) {
    const block = `block${b}`;
    const asked = b === blocks - 1 ? places : undefined;
    const attended = packedAttention(
      params,
      `${block}/attention`,
      { query: x, source: x, mask, places: asked },
      { rows, rowLength, heads, dropout },
      context,
    );
    if (asked !== undefined) x = tf.gather(x, asked as tf.Tensor1D);
    x = norm(`${block}/attentionNorm`, tf.add(x, context.dropout(attended, dropout)));
    const inner = context.dropout(gelu(dense(params, `${block}/inner`, x), 'tanh'), dropout);
    x = norm(
      `${block}/forwardNorm`,
      tf.add(x, context.dropout(dense(params, `${block}/outer`, inner), dropout)),
    );
    x = context.dropout(x, dropout);
  }
  return x;
}

/** Class vectors [V + 1, d] and biases [V + 1] that the output vectors are scored against. */
export function bert4recClasses(
  params: NamedTensors,
  { output }: Pick<BERT4RecOptions, 'output'>,
): { classes: tf.Tensor2D; bias: tf.Tensor1D } {
  const classes = output === 'tied' ? itemVectors(params) : (params['output/classes'] as tf.Tensor2D);
  return { classes, bias: params['output/bias'] as tf.Tensor1D };
}
