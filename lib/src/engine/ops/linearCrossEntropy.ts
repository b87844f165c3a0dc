/**
 * Cross-entropy over classes whose logits are products of a vector and a class table: the loss of every
 * full-softmax recommender and masked language model, as one op.
 *
 * The logits (rows x classes, the largest tensor of such a step) are never kept whole. Rows are taken in
 * blocks whose logits fit the processor's cache, and each block's part of the gradients is computed
 * meanwhile. One-hot labels and row weights act on the small factors of the gradients, never on the logits.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** Vectors, classes and labels of meanLinearCrossEntropy: n rows of width d. */
export interface LinearCrossEntropy {
  /** [n, d] */
  hidden: Tensor2D;
  /** [classes, d] */
  classes: Tensor2D;
  /** int32 [n] */
  labels: Tensor1D;
  /** [classes], added to every row's logits. */
  bias?: Tensor1D;
}

/**
 * Number of logits in a block: 16 MiB. Smaller blocks cost more in summing the class gradients than they
 * save.
 */
const BLOCK = 1 << 22;

/**
 * Mean over rows of -log softmax(hidden . classes^T + bias)[label], weighted by `weights` [n] if given (0
 * leaves a row out; no gradient flows into them). The mean over no rows is 0.
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { meanLinearCrossEntropy } from 'elephant/engine';
 * const hidden = tf.tensor2d([[1, 0], [0, 1]]); // [n, d]: an output vector per row
 * const classes = tf.tensor2d([[0, 0], [2, 0], [0, 2]]); // [items + 1, d]; row 0 is padding
 * const loss = meanLinearCrossEntropy({ hidden, classes, labels: tf.tensor1d([1, 2], 'int32') });
 * console.log(loss.dataSync()[0]); // 0.2395
 * ```
 */
export function meanLinearCrossEntropy(
  { hidden, classes, labels, bias }: LinearCrossEntropy,
  weights?: Tensor1D,
): Scalar {
  const rows = hidden.shape[0];
  const shares =
    weights === undefined
      ? (tf.fill([rows], 1 / rows) as Tensor1D)
      : (tf.div(weights, tf.maximum(tf.sum(weights), 1e-12)) as Tensor1D);
  const withGradients = tf.engine().isTapeOn();
  const run = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [hidden, classes, bias] = args as [Tensor2D, Tensor2D, Tensor1D | undefined];
    const blocks = logSumExpInBlocks(hidden, classes, bias, shares, withGradients);
    const ofLabels = tf.gather(classes, labels);
    const products = tf.sum(tf.mul(hidden, ofLabels), -1);
    const labelLogits = bias === undefined ? products : tf.add(products, tf.gather(bias, labels));
    const value = tf.sum(tf.mul(tf.sub(tf.concat(blocks.map((b) => b.normaliser)), labelLogits), shares));
    if (withGradients) {
      const { dClasses, dBias } = blocks[blocks.length - 1];
      const column = tf.reshape(shares, [rows, 1]);
      const atLabels = (t: Tensor): Tensor => tf.unsortedSegmentSum(tf.neg(t), labels, classes.shape[0]);
      const dHidden = tf.mul(tf.sub(tf.concat(blocks.map((b) => b.expected!)), ofLabels), column);
      save([
        dHidden,
        tf.add(tf.transpose(dClasses!), atLabels(tf.mul(hidden, column))),
        tf.add(dBias!, atLabels(shares)),
      ]);
    }
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        saved.slice(0, args.length).map((gradient) => tf.mul(gradient, dy)),
    };
  });
  return (bias === undefined ? run(hidden, classes) : run(hidden, classes, bias)) as Scalar;
}

interface Block {
  /** log(sum(exp(logits))) of the block's rows. */
  normaliser: Tensor1D;
  /** Their expected class vectors, probabilities . classes. */
  expected?: Tensor;
  /**
   * Gradients of the weighted sum of normalisers over this and all earlier blocks: [d, classes], [classes].
   */
  dClasses?: Tensor;
  dBias?: Tensor;
}

function logSumExpInBlocks(
  hidden: Tensor2D,
  classes: Tensor2D,
  bias: Tensor1D | undefined,
  shares: Tensor1D,
  withGradients: boolean,
): Block[] {
  const [rows, d] = hidden.shape;
  const [count] = classes.shape;
  const blockCount = Math.ceil(rows / Math.min(rows, Math.max(64, Math.floor(BLOCK / count))));
  const height = Math.ceil(rows / blockCount);
  const blocks: Block[] = [];
  for (let start = 0; start < rows; start += height) {
    const size = Math.min(height, rows - start);
    const last = blocks[blocks.length - 1];
    const part = afterwards(tf.slice(hidden, [start, 0], [size, d]), last);
    const products = tf.matMul(part, classes, false, true);
    const logits = bias === undefined ? products : (tf.add(products, bias) as Tensor2D);
    const max = tf.max(logits, -1);
    const probabilities = tf.softmax(logits);
    // The largest probability is 1 / sum(exp(logit - max)), so this gives log-sum-exp without another pass of
    // exponentials.
    const normaliser = tf.sub(max, tf.log(tf.max(probabilities, -1))) as Tensor1D;
    if (!withGradients) {
      blocks.push({ normaliser });
      continue;
    }
    const column = tf.reshape(tf.slice(shares, start, size), [size, 1]) as Tensor2D;
    // Transposed, so that the product packs its small factor and not the probabilities.
    const ofClasses = tf.matMul(tf.mul(part, column) as Tensor2D, probabilities, true, false);
    const ofBias =
      bias === undefined
        ? tf.zeros([count])
        : tf.reshape(tf.matMul(column, probabilities, true, false), [count]);
    blocks.push({
      normaliser,
      expected: tf.matMul(probabilities, classes),
      dClasses: last === undefined ? ofClasses : tf.add(last.dClasses!, ofClasses),
      dBias: last === undefined ? ofBias : tf.add(last.dBias!, ofBias),
    });
  }
  return blocks;
}

/**
 * `hidden` plus zero, computed from the result of the block before. A runtime may choose the order of
 * independent operators, and would otherwise compute the logits of all blocks before it uses those of the
 * first.
 */
function afterwards(hidden: Tensor2D, last: Block | undefined): Tensor2D {
  if (last?.dClasses === undefined || last.expected === undefined) return hidden;
  const done = tf.add(
    tf.transpose(tf.slice(last.dClasses, [0, 0], [-1, 1])),
    tf.slice(last.expected, [0, 0], [1, -1]),
  );
  return tf.add(hidden, tf.mul(done, 0)) as Tensor2D;
}
