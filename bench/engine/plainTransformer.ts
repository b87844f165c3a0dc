/**
 * A training step written with nothing but TensorFlow.js's own operators: softmax, layer normalisation, gelu
 * and the log-sum-exp of the loss spelled out, as a program is that knows nothing of the engine's ops. What
 * `bench engine --passes` recognises things in.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { adam } from '../../lib/src/engine/optimizers';
import type { TrainingProgram } from '../../lib/src/engine/types';
import type { StepJob } from './compiledStep';
import { transformerBatch, transformerParameters, type TransformerShape } from './transformer';

/** The sizes of transformerJob, one head, no dropout; parameters and batches are the same. */
export function plainTransformerJob(shape: TransformerShape): StepJob {
  const { batch, length, dim, items } = shape;
  return {
    name: `${batch}x${length} d${dim} V${items} in plain TensorFlow.js`,
    program: plainTransformerStep(shape),
    parameters: () => transformerParameters(shape),
    feeds: () => transformerBatch(shape),
  };
}

function plainTransformerStep({
  batch: B,
  length: L,
  dim: d,
  items,
  blocks = 2,
}: TransformerShape): TrainingProgram {
  return {
    name: `plain transformer ${B}x${L} d${d} V${items}`,
    inputs: { ids: { shape: [B, L], dtype: 'int32' }, labels: { shape: [B * L], dtype: 'int32' } },
    optimizer: adam({ learningRate: 1e-3 }),
    loss(params, { ids, labels }): Scalar {
      const future = tf.tensor(
        Array.from({ length: L * L }, (_, i) => (i % L > Math.floor(i / L) ? -1e9 : 0)),
        [1, L, L],
      );
      const dense = (x: Tensor, name: string): Tensor =>
        tf.add(tf.matMul(x as Tensor2D, params[`${name}/kernel`] as Tensor2D), params[`${name}/bias`]);
      const split = (x: Tensor): Tensor => tf.reshape(x, [B, L, d]);
      const norm = (x: Tensor, name: string): Tensor => {
        const centred = tf.sub(x, tf.mean(x, -1, true));
        const scale = tf.sqrt(tf.add(tf.mean(tf.mul(centred, centred), -1, true), 1e-5));
        return tf.add(tf.mul(tf.div(centred, scale), params[`${name}/gain`]), params[`${name}/bias`]);
      };
      const softmax = (x: Tensor): Tensor => {
        const powers = tf.exp(tf.sub(x, tf.max(x, -1, true)));
        return tf.div(powers, tf.sum(powers, -1, true));
      };
      const gelu = (x: Tensor): Tensor => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
      let x: Tensor = tf.reshape(
        tf.add(tf.mul(tf.gather(params.items, ids as Tensor1D), Math.sqrt(d)), params.position),
        [B * L, d],
      );
      for (let b = 0; b < blocks; b++) {
        const y = norm(x, `block${b}/norm1`);
        const [q, k, v] = ['query', 'key', 'value'].map((part) => split(dense(y, `block${b}/${part}`)));
        const weights = softmax(
          tf.add(tf.mul(tf.matMul(q, tf.transpose(k, [0, 2, 1])), 1 / Math.sqrt(d)), future),
        );
        x = tf.add(x, dense(tf.reshape(tf.matMul(weights, v), [B * L, d]), `block${b}/output`));
        x = tf.add(x, dense(gelu(dense(norm(x, `block${b}/norm2`), `block${b}/inner`)), `block${b}/outer`));
      }
      const logits = tf.matMul(norm(x, 'norm') as Tensor2D, tf.transpose(params.items as Tensor2D));
      const own = tf.sum(tf.mul(logits, tf.oneHot(labels as Tensor1D, items)), 1);
      return tf.mean(tf.sub(tf.logSumExp(logits, 1), own)) as Scalar;
    },
  };
}
