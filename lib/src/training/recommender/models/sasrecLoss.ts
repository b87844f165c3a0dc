/** SASRec's training step up to its loss: what a loss is fed, and the vectors that it compares. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { NamedSpecs, NamedTensors, ProgramContext } from '../../../engine/types';
import { InputError } from '../../../errors';
import { itemVectors } from '../../../models/itemEmbedding';
import { sasrec } from '../../../models/sasrec';
import type { AllItemsLoss, RecommenderLoss } from '../../losses';
import type { RecommenderOptions } from '../options';
import { SHARE_OF_BATCH } from './labelSpecs';
import type { ModelOptions } from './model';

/**
 * Inputs of a loss beyond labels and weights. @throws InputError for a name that is already among `known`.
 */
export function lossSpecs(
  loss: RecommenderLoss,
  options: RecommenderOptions,
  size: number,
  known: readonly string[],
): NamedSpecs {
  if (loss.against === 'allItems')
    return options.paddingAsClass ? { paddedShare: { shape: [], dtype: 'float32' } } : {};
  const drawn = loss.against === 'negativesPerPosition' ? size * options.negatives : options.negatives;
  const own = loss.inputs?.specs(options, size) ?? {};
  const taken = [...known, 'negatives', SHARE_OF_BATCH].find((name) => name in own);
  if (taken !== undefined)
    throw new InputError(`train loss ${loss.name}`, `expected other input names than "${taken}"`);
  return { negatives: { shape: [drawn], dtype: 'int32' }, ...own };
}

export function sasrecLoss(
  params: NamedTensors,
  inputs: NamedTensors,
  context: ProgramContext,
  options: ModelOptions,
  loss: RecommenderLoss,
): Scalar {
  const labels = inputs.labels as Tensor1D;
  const weights = inputs.weights as Tensor1D;
  const table = itemVectors(params);
  const [size] = labels.shape;
  const ids: Tensor1D = tf.reshape(inputs.items, [size]);
  if (loss.against === 'allItems') {
    const hidden = sasrec(params, inputs, tf.gather(table, ids), context, options) as Tensor2D;
    const real = loss.value({ hidden, classes: table, labels, weights });
    if (!options.paddingAsClass) return real;
    const share = inputs.paddedShare as Scalar;
    return tf.add(tf.mul(real, tf.sub(1, share)), tf.mul(paddedLoss(params, table, loss), share));
  }
  // One look-up for inputs, labels and negatives, so that one gradient is summed into the table.
  const negativeLabels = inputs.negatives as Tensor1D;
  const all = tf.gather(table, tf.concat([ids, labels, negativeLabels]));
  const [embedded, positives, negatives] = tf.split(all, [size, size, negativeLabels.size]) as Tensor2D[];
  const hidden = sasrec(params, inputs, embedded, context, options) as Tensor2D;
  return loss.value({ hidden, positives, negatives, labels, negativeLabels, weights, inputs }, options);
}

/**
 * D11 as coded: every padded slot outputs the last norm's bias and is trained as class 0. All of them are
 * computed as one position.
 */
function paddedLoss(params: NamedTensors, classes: Tensor2D, loss: AllItemsLoss): Scalar {
  const hidden: Tensor2D = tf.reshape(params['outputNorm/bias'], [1, classes.shape[1]]);
  return loss.value({ hidden, classes, labels: tf.zeros([1], 'int32'), weights: tf.ones([1]) });
}
