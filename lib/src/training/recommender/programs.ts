/**
 * The programs of a recommender: its training step and its encoder, for a given input shape. They join a
 * model (models/), a loss (training/losses) and an optimiser (engine). The batchers make what is fed.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { adam } from '../../engine/optimizers';
import type { NamedSpecs, NamedTensors, Program, ProgramContext, TrainingProgram } from '../../engine/types';
import { InputError } from '../../errors';
import { bert4rec, bert4recClasses } from '../../models/bert4rec';
import { itemVectors } from '../../models/itemEmbedding';
import { packedSpecs } from '../../models/packedAttention';
import { sasrec } from '../../models/sasrec';
import { type AllItemsLoss, libraryLoss, type RecommenderLoss } from '../losses';
import { lazyRows } from './lazyRows';
import type { RecommenderOptions } from './options';

/**
 * The training step for batches of `rows` packed rows (and `labelled` labelled positions for BERT4Rec).
 * `loss`: the one that the options name, or a user's own.
 * @example
 * ```ts
 * import { recommenderOptions, trainingProgram } from 'elephant/training';
 * const options = recommenderOptions({ model: 'sasrec', loss: 'ce', dim: 16 });
 * const program = trainingProgram(options, 100, () => true, 8); // 100 items, 8 rows, all weights trained
 * console.log(Object.keys(program.inputs));
 * ```
 */
export function trainingProgram(
  options: RecommenderOptions,
  items: number,
  trainable: (name: string) => boolean,
  rows: number,
  labelled = 0,
  loss = libraryLoss(options.loss),
): TrainingProgram {
  const { learningRate, beta1, beta2, eps, maxLength } = options;
  const dense = adam({ learningRate, beta1, beta2, eps });
  const common = {
    optimizer: options.lazyRows ? lazyRows(dense, (name) => name === 'item/table') : dense,
    trainable,
  };
  const packed = packedSpecs(rows, maxLength);
  if (options.model === 'bert4rec') {
    return {
      ...common,
      name: `bert4rec step ${rows}x${maxLength}, ${labelled} labels`,
      inputs: { ...packed, places: { shape: [labelled], dtype: 'int32' }, ...labelSpecs(labelled) },
      loss(params, inputs, context) {
        const hidden = bert4rec(params, inputs, context, { ...options, items }, inputs.places) as Tensor2D;
        // The options' check has refused other losses for BERT4Rec.
        return (loss as AllItemsLoss).value({
          hidden,
          ...bert4recClasses(params, options),
          labels: inputs.labels as Tensor1D,
          weights: inputs.weights as Tensor1D,
        });
      },
    };
  }
  const known = { ...packed, ...labelSpecs(rows * maxLength) };
  return {
    ...common,
    name: `sasrec ${loss.name} step ${rows}x${maxLength}`,
    inputs: { ...known, ...lossSpecs(loss, options, rows * maxLength, Object.keys(known)) },
    loss: (params, inputs, context) => sasrecLoss(params, inputs, context, { ...options, items }, loss),
  };
}

function labelSpecs(size: number): NamedSpecs {
  return { labels: { shape: [size], dtype: 'int32' }, weights: { shape: [size], dtype: 'float32' } };
}

/**
 * Inputs of a loss beyond labels and weights. @throws InputError for a name that is already among `known`.
 */
function lossSpecs(
  loss: RecommenderLoss,
  options: RecommenderOptions,
  size: number,
  known: readonly string[],
): NamedSpecs {
  if (loss.against === 'allItems')
    return options.paddingAsClass ? { paddedShare: { shape: [], dtype: 'float32' } } : {};
  const drawn = loss.against === 'negativesPerPosition' ? size * options.negatives : options.negatives;
  const own = loss.inputs?.specs(options, size) ?? {};
  const taken = [...known, 'negatives'].find((name) => name in own);
  if (taken !== undefined)
    throw new InputError(`train loss ${loss.name}`, `expected other input names than "${taken}"`);
  return { negatives: { shape: [drawn], dtype: 'int32' }, ...own };
}

function sasrecLoss(
  params: NamedTensors,
  inputs: NamedTensors,
  context: ProgramContext,
  options: RecommenderOptions & { items: number },
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

/**
 * Output vectors [places, d] of a packed batch, without dropout, at the flat positions `places` [places] of
 * its rectangle.
 * @example
 * ```ts
 * import { encodeProgram, recommenderOptions } from 'elephant/training';
 * const options = recommenderOptions({ model: 'sasrec', dim: 16 });
 * const program = encodeProgram(options, 100, 8, 32); // 100 items, 8 rows; vectors at 32 places: [32, 16]
 * console.log(program.inputs.items.shape); // [8, 50]
 * ```
 */
export function encodeProgram(
  options: RecommenderOptions,
  items: number,
  rows: number,
  places: number,
): Program {
  const model = { ...options, items };
  return {
    name: `${options.model} encoder ${rows}x${options.maxLength}, ${places} places`,
    inputs: { ...packedSpecs(rows, options.maxLength), places: { shape: [places], dtype: 'int32' } },
    outputs(params, inputs, context) {
      if (options.model === 'bert4rec')
        return { hidden: bert4rec(params, inputs, context, model, inputs.places) };
      const embedded = tf.gather(
        itemVectors(params),
        tf.reshape(inputs.items, [rows * options.maxLength]) as Tensor1D,
      );
      return { hidden: sasrec(params, inputs, embedded, context, model, inputs.places) };
    },
  };
}

/**
 * Ranks of `users` output vectors [users, d] against all items. `targets` [users] and `candidates` [count]
 * are flat places in the score matrix [users, V + 1]: row * (V + 1) + item id. `above` and `notBelow` count
 * all columns, padding and target included.
 */
export function rankProgram(
  options: RecommenderOptions,
  items: number,
  users: number,
  candidates: number,
): Program {
  const width = items + 1;
  return {
    name: `${options.model} ranks of ${users} users`,
    inputs: {
      hidden: { shape: [users, options.dim], dtype: 'float32' },
      targets: { shape: [users], dtype: 'int32' },
      candidates: { shape: [candidates], dtype: 'int32' },
    },
    outputs(params, inputs) {
      const hidden = inputs.hidden as Tensor2D;
      let scores: Tensor;
      if (options.model === 'bert4rec') {
        const { classes, bias } = bert4recClasses(params, options);
        scores = tf.add(tf.matMul(hidden, classes, false, true), bias);
      } else scores = tf.matMul(hidden, itemVectors(params), false, true);
      const flat = tf.reshape(scores, [users * width]);
      const targetScores = tf.gather(flat, inputs.targets as Tensor1D);
      const column = tf.reshape(targetScores, [users, 1]);
      const counted = (higher: Tensor): Tensor => tf.sum(tf.cast(higher, 'float32'), 1);
      return {
        above: counted(tf.greater(scores, column)),
        notBelow: counted(tf.greaterEqual(scores, column)),
        targetScores,
        paddingScores: tf.reshape(tf.slice(scores, [0, 0], [users, 1]), [users]),
        candidateScores: tf.gather(flat, inputs.candidates as Tensor1D),
      };
    },
  };
}
