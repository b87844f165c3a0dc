/**
 * The forward pass of a text encoder on packed rows: embeddings, post-norm blocks, pooling (method 4.2-4.4).
 * Written in TensorFlow.js ops, so it runs eagerly and compiled. Losses are in training/losses, the names of
 * published weights in longformer/.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { gelu, layerNorm } from '../../engine/ops';
import type { NamedTensors, ProgramContext } from '../../engine/types';
import { dense } from '../packedAttention';
import { globalAttention, type Layout, makeLayout, selfAttention } from './attention';
import type { EncoderConfig } from './config';
import type { BatchShape } from './packing';
import { encoderShapes } from './parameters';
import { relativeBias } from './relativeBias';

/** Which outputs are needed, and how they are computed. */
export interface EncoderOptions {
  /** Which attention form; chosen by row length if absent. Results are equal. */
  form?: 'dense' | 'banded';
  /**
   * "first": the vector of the first token. "mean": the mean over all tokens of the sequence, including the
   * first (MiniLM).
   */
  pooling?: 'first' | 'mean';
  /**
   * True if `hidden` is not needed: the last layer is then computed for the pooled tokens only (window
   * attention).
   */
  pooledOnly?: boolean;
  /**
   * True: training keeps only the input of each layer and recomputes the layers for their gradients.
   * `attentions` is then empty.
   */
  recompute?: boolean;
}

/** What the encoder gives for packed rows. */
export interface EncoderOutputs {
  /** [rows * rowLength, d]; absent with pooledOnly. */
  hidden?: Tensor;
  /** [rows * slots, d]; empty slots hold finite values without meaning. */
  pooled: Tensor;
  /** Per layer the attention of first tokens, [rows, heads, slots, rowLength] (window attention). */
  attentions: Tensor[];
}

/**
 * The forward pass of a BERT-like or Longformer-like text encoder on packed rows. `params` are the weights of
 * a LanguageModel; `inputs` as in encoderSpecs; `shape` is the size of the packed batch, `config` that of the
 * model. SequenceEncoder packs sequences and runs it.
 * @throws Error for `recompute` in a model with relative positions (MPNet).
 */
export function encoder(
  params: NamedTensors,
  inputs: NamedTensors,
  context: ProgramContext,
  config: EncoderConfig,
  shape: BatchShape,
  options: EncoderOptions = {},
): EncoderOutputs {
  const { pooling = 'first', pooledOnly = false, recompute = false } = options;
  const layout = layoutOf(params, inputs, config, shape, options);
  const onlyFirst = pooledOnly && pooling === 'first' && layout.global !== undefined;
  const attentions: Tensor[] = [];
  let x = embed(params, inputs, context, config);
  for (let i = 0; i < config.layers; i++) {
    const name = `layer${i}`;
    if (onlyFirst && i === config.layers - 1) {
      const last = layerOfFirst(params, name, x, layout, config, context);
      return { pooled: last.pooled, attentions: [...attentions, last.attention] };
    }
    if (recompute) {
      const own = Object.keys(encoderShapes(config)).filter((each) => each.startsWith(`${name}/`));
      const weights = Object.fromEntries(own.map((each) => [each, params[each]]));
      x = context.recomputed(
        x,
        weights,
        (x, weights, context) => layer(weights, name, x, layout, config, context).x,
      );
      continue;
    }
    const { x: next, firstTokenAttention } = layer(params, name, x, layout, config, context);
    if (firstTokenAttention !== undefined) attentions.push(firstTokenAttention);
    x = next;
  }
  return {
    hidden: x,
    pooled: pooling === 'first' ? tf.gather(x, inputs.cls) : meanPooling(x, inputs.segments, shape),
    attentions,
  };
}

/** What all layers share, with the bias of relative positions if the model has them. */
function layoutOf(
  params: NamedTensors,
  inputs: NamedTensors,
  config: EncoderConfig,
  shape: BatchShape,
  { form, recompute = false }: EncoderOptions,
): Layout {
  const layout = makeLayout(config, shape, inputs, form);
  if (config.relativeBuckets === undefined) return layout;
  if (recompute) throw new Error('encoder: relative positions would get no gradient in recomputed layers');
  const bias = relativeBias(params['attention/relativeBias'], shape.rowLength);
  return { ...layout, localBias: tf.add(layout.localBias, bias) };
}

function layer(
  params: NamedTensors,
  name: string,
  x: Tensor,
  layout: Layout,
  config: EncoderConfig,
  context: ProgramContext,
): { x: Tensor; firstTokenAttention?: Tensor } {
  const attention = selfAttention(params, `${name}/attention`, x, layout, config, context);
  const { output, firstTokenAttention } = attention;
  return { x: block(params, name, x, output, context, config), firstTokenAttention };
}

/** The last layer for first tokens alone (window attention): [rows * slots, d]. */
function layerOfFirst(
  params: NamedTensors,
  name: string,
  x: Tensor,
  layout: Layout,
  config: EncoderConfig,
  context: ProgramContext,
): { pooled: Tensor; attention: Tensor } {
  const attention = globalAttention(params, `${name}/attention`, x, layout, config, context);
  const attended = tf.reshape(attention.output, [layout.rows * layout.slots, config.hidden]);
  const first = tf.gather(x, layout.cls);
  return {
    pooled: block(params, name, first, attended, context, config),
    attention: attention.probabilities,
  };
}

function embed(
  params: NamedTensors,
  inputs: NamedTensors,
  context: ProgramContext,
  config: EncoderConfig,
): Tensor {
  let x = tf.add(
    tf.add(
      tf.gather(params['embeddings/words'], inputs.tokens),
      tf.gather(params['embeddings/positions'], inputs.positions),
    ),
    tf.gather(params['embeddings/types'], inputs.types),
  );
  if (config.itemPositions > 0)
    x = tf.add(x, tf.gather(params['embeddings/itemPositions'], inputs.itemPositions));
  return context.dropout(norm(params, 'embeddings/norm', x, config), config.hiddenDropout);
}

/** h = LN(x + dropout(dense(attended))); LN(h + dropout(W2 gelu(W1 h))). */
function block(
  params: NamedTensors,
  name: string,
  x: Tensor,
  attended: Tensor,
  context: ProgramContext,
  config: EncoderConfig,
): Tensor {
  const { hiddenDropout } = config;
  const projected = context.dropout(dense(params, `${name}/attention/output`, attended), hiddenDropout);
  const h = norm(params, `${name}/attention/norm`, tf.add(x, projected), config);
  const inner = gelu(dense(params, `${name}/forward/inner`, h), 'erf');
  const outer = context.dropout(dense(params, `${name}/forward/outer`, inner), hiddenDropout);
  return norm(params, `${name}/forward/norm`, tf.add(h, outer), config);
}

function norm(params: NamedTensors, name: string, x: Tensor, config: EncoderConfig): Tensor {
  return layerNorm(x, params[`${name}/gain`], params[`${name}/bias`], config.normEps);
}

function meanPooling(x: Tensor, segments: Tensor, { rows, rowLength: L, slots }: BatchShape): Tensor {
  const slotIds = tf.reshape(tf.range(1, slots + 1, 1, 'int32'), [1, slots, 1]);
  const member = tf.cast(tf.equal(tf.reshape(segments, [rows, 1, L]), slotIds), 'float32');
  const sums = tf.matMul(member, tf.reshape(x, [rows, L, -1]));
  const counts = tf.maximum(tf.sum(member, 2, true), 1);
  return tf.reshape(tf.div(sums, counts), [rows * slots, -1]);
}
