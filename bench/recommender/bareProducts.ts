/**
 * The matrix products of one training step and nothing else: the lower bound that a step's time is held
 * against. Same shapes as the packed step has, forward once and backward twice, on numbers without meaning.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { NamedHostTensors, NamedTensors, Program } from '../../lib/src/engine/types';
import { libraryLoss, sharedClasses } from '../../lib/src/training/losses';
import type { ModelName } from '../../lib/src/training/recommender/models';
import type { RecommenderOptions } from '../../lib/src/training/recommender/options';

type Shape = Pick<
  RecommenderOptions,
  'model' | 'loss' | 'dim' | 'blocks' | 'heads' | 'maxLength' | 'negatives'
>;

/** How the blocks of the models differ. */
const BLOCKS: Record<ModelName, Blocks> = {
  sasrec: { feedForward: 1, labelledAlone: false },
  bert4rec: { feedForward: 4, labelledAlone: true },
};

interface Blocks {
  /** Width of the feed-forward layer, in widths of the model. */
  feedForward: number;
  /** Whether the last block computes its output and feed-forward at labelled positions alone. */
  labelledAlone: boolean;
}

/** Classes whose logits are products at every labelled position. */
function classesOf({ loss, negatives }: Shape, items: number): number {
  return sharedClasses(libraryLoss(loss), items + 1, negatives);
}

/** Positions of the last block's output and feed-forward. */
function lastPositions({ model }: Shape, positions: number, labelled: number): number {
  return BLOCKS[model].labelledAlone ? labelled : positions;
}

/** The matrices that the products take: fill a state with it. */
export function productOperands(options: Shape, items: number): NamedHostTensors {
  const { dim, model } = options;
  const wide = BLOCKS[model].feedForward * dim;
  const filled = (rows: number, columns: number): NamedHostTensors[string] => ({
    shape: [rows, columns],
    dtype: 'float32',
    data: new Float32Array(rows * columns).fill(0.01),
  });
  return {
    square: filled(dim, dim),
    inner: filled(dim, wide),
    outer: filled(wide, dim),
    classes: filled(Math.max(1, classesOf(options, items)), dim),
  };
}

/** Multiplications and additions of one run of bareProducts. */
export function productFlop(
  options: Shape,
  items: number,
  rows: number,
  labelled = rows * options.maxLength,
): number {
  const { dim, blocks, maxLength, model } = options;
  const positions = rows * maxLength;
  // Query, key, value, scores and mixture of values; then output and feed-forward.
  const attention = 3 * dim * dim + 2 * maxLength * dim;
  const rest = (1 + 2 * BLOCKS[model].feedForward) * dim * dim;
  const products =
    blocks * positions * attention +
    ((blocks - 1) * positions + lastPositions(options, positions, labelled)) * rest +
    labelled * dim * classesOf(options, items);
  // A multiplication and an addition; forward once, backward twice.
  return 2 * 3 * products;
}

/**
 * One run does the products of one step on `rows` packed rows with `labelled` labelled positions (all of them
 * for SASRec).
 */
export function bareProducts(
  options: Shape,
  items: number,
  rows: number,
  labelled = rows * options.maxLength,
): Program {
  const { dim, blocks, heads, maxLength: L } = options;
  const size = dim / heads;
  const N = rows * L;
  const last: Tensor[] = [];
  /**
   * Forward product, and the two of its gradients; the result must be used, or the graph would leave it out.
   */
  const product = (x: Tensor2D, w: Tensor2D): Tensor2D => {
    const y: Tensor2D = tf.matMul(x, w);
    last.push(tf.matMul(x, y, true), tf.matMul(y, w, false, true));
    return y;
  };
  return {
    name: `bare products ${rows}x${L}`,
    inputs: { x: { shape: [N, dim], dtype: 'float32' } },
    outputs({ square, inner, outer, classes }, inputs): NamedTensors {
      last.length = 0;
      let x = inputs.x as Tensor2D;
      for (let b = 0; b < blocks; b++) {
        const [q, k, v] = [0, 1, 2].map((i) =>
          tf.reshape(product(tf.add(x, i) as Tensor2D, square as Tensor2D), [rows, heads, L, size]),
        );
        const scores = tf.matMul(q, k, false, true);
        const mixed = tf.matMul(scores, v);
        last.push(
          tf.matMul(scores, mixed, true),
          tf.matMul(tf.matMul(mixed, v, false, true), k),
          tf.matMul(scores, q, true),
        );
        const after = b === blocks - 1 ? lastPositions(options, N, labelled) : N;
        x = product(
          tf.slice(tf.reshape(mixed, [N, dim]) as Tensor2D, [0, 0], [after, dim]),
          square as Tensor2D,
        );
        x = product(product(x, inner as Tensor2D), outer as Tensor2D);
      }
      if (classesOf(options, items) > 0) {
        // In blocks of 16 MiB of logits, as the step takes them.
        const height = Math.max(64, Math.floor(2 ** 22 / classes.shape[0]!));
        for (let start = 0; start < labelled; start += height) {
          const part = tf.slice(x, [start, 0], [Math.min(height, labelled - start), dim]);
          const logits = tf.matMul(part, classes as Tensor2D, false, true);
          last.push(tf.matMul(logits, classes as Tensor2D), tf.matMul(part, logits, true));
        }
      }
      // One number of each result leaves the engine.
      const corner = (t: Tensor): Tensor =>
        tf.reshape(
          tf.slice(
            t,
            t.shape.map(() => 0),
            t.shape.map(() => 1),
          ),
          [1],
        );
      return { done: tf.concat([...last, x].map(corner)) };
    },
  };
}
