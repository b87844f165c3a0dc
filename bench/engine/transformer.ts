/**
 * A small causal transformer with full softmax and Adam, as a training program: what the engine's tests and
 * `bench engine` step.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { embedding, layerNorm, meanLinearCrossEntropy } from '../../lib/src/engine/ops';
import { adam } from '../../lib/src/engine/optimizers';
import type {
  Feeds,
  NamedHostTensors,
  NamedTensors,
  Optimizer,
  ProgramContext,
  TrainingProgram,
} from '../../lib/src/engine/types';
import { filled, normal, uniform } from './random';

export { uniform };

export interface TransformerShape {
  batch: number;
  length: number;
  dim: number;
  items: number;
  blocks?: number;
  heads?: number;
  dropout?: number;
}

export function transformerStep(
  shape: TransformerShape,
  optimizer: Optimizer = adam({ learningRate: 1e-3, eps: 1e-8 }),
): TrainingProgram {
  const { batch, length, items } = shape;
  return {
    name: `transformer ${batch}x${length} d${shape.dim} V${items}`,
    inputs: {
      ids: { shape: [batch, length], dtype: 'int32' },
      labels: { shape: [batch * length], dtype: 'int32' },
    },
    optimizer,
    loss(params, { ids, labels }, context) {
      const hidden = encoder(params, ids, context, shape);
      return meanLinearCrossEntropy({
        hidden: hidden as Tensor2D,
        classes: params.items as Tensor2D,
        labels: labels as Tensor1D,
      });
    },
  };
}

/** [batch * length, d] */
function encoder(
  params: NamedTensors,
  ids: Tensor,
  context: ProgramContext,
  shape: TransformerShape,
): Tensor {
  const { batch: B, length: L, dim: d, blocks = 2, heads = 1, dropout = 0 } = shape;
  const future = tf.reshape(
    tf.tensor(Array.from({ length: L * L }, (_, i) => (i % L > Math.floor(i / L) ? -1e9 : 0))),
    [1, 1, L, L],
  );
  const split = (x: Tensor): Tensor => tf.transpose(tf.reshape(x, [B, L, heads, d / heads]), [0, 2, 1, 3]);
  const dense = (x: Tensor, name: string): Tensor =>
    tf.add(tf.matMul(x as Tensor2D, params[`${name}/kernel`] as Tensor2D), params[`${name}/bias`]);
  const norm = (x: Tensor, name: string): Tensor =>
    layerNorm(x, params[`${name}/gain`], params[`${name}/bias`], 1e-5);

  let x = tf.reshape(tf.add(tf.mul(embedding(params.items, ids), Math.sqrt(d)), params.position), [B * L, d]);
  x = context.dropout(x, dropout);
  for (let b = 0; b < blocks; b++) {
    const y = norm(x, `block${b}/norm1`);
    const [q, k, v] = ['query', 'key', 'value'].map((part) => split(dense(y, `block${b}/${part}`)));
    const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(d / heads)), future);
    const weights = context.dropout(tf.softmax(scores), dropout);
    const mixed = tf.reshape(tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]), [B * L, d]);
    x = tf.add(x, context.dropout(dense(mixed, `block${b}/output`), dropout));
    const inner = tf.relu(dense(norm(x, `block${b}/norm2`), `block${b}/inner`));
    x = tf.add(x, context.dropout(dense(inner, `block${b}/outer`), dropout));
  }
  return norm(x, 'norm');
}

export function transformerParameters(
  { length, dim: d, items, blocks = 2 }: TransformerShape,
  seed = 1,
): NamedHostTensors {
  const random = uniform(seed);
  const result: NamedHostTensors = {
    items: normal([items, d], 0.05, random),
    position: normal([length, d], 0.05, random),
  };
  const norm = (name: string): void => {
    result[`${name}/gain`] = filled([d], () => 1);
    result[`${name}/bias`] = filled([d], () => 0);
  };
  for (let b = 0; b < blocks; b++) {
    for (const part of ['query', 'key', 'value', 'output', 'inner', 'outer']) {
      result[`block${b}/${part}/kernel`] = normal([d, d], 1 / Math.sqrt(d), random);
      result[`block${b}/${part}/bias`] = normal([d], 0.02, random);
    }
    norm(`block${b}/norm1`);
    norm(`block${b}/norm2`);
  }
  norm('norm');
  return result;
}

/** A random batch: what comes next depends on what is there, so that there is something to learn. */
export function transformerBatch({ batch, length, items }: TransformerShape, seed = 2): Feeds {
  const random = uniform(seed);
  const ids = Int32Array.from({ length: batch * length }, () => Math.floor(random() * items));
  const labels = ids.map((id) => (id * 7 + Math.floor(random() * 3)) % items);
  return { ids, labels };
}

/** Multiplications and additions in the matrix products of one step: forward once, backward twice. */
export function productFlop({ batch, length, dim, items, blocks = 2 }: TransformerShape): number {
  const rows = batch * length;
  const perBlock = 6 * 2 * rows * dim * dim + 2 * 2 * rows * length * dim;
  return 3 * (blocks * perBlock + 2 * rows * dim * items);
}
