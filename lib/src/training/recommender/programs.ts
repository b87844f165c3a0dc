/**
 * The programs of a recommender: its training step and its encoder, for a given input shape. They join a
 * model (models/), a loss (training/losses) and an optimiser (engine); what is fed comes from the batchers.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { meanLinearCrossEntropy } from '../../engine/ops';
import { adam } from '../../engine/optimizers';
import type { NamedSpecs, NamedTensors, Program, ProgramContext, TrainingProgram } from '../../engine/types';
import { bert4rec, bert4recClasses } from '../../models/bert4rec';
import { itemVectors } from '../../models/itemEmbedding';
import { packedSpecs } from '../../models/packedAttention';
import { sasrec } from '../../models/sasrec';
import { binaryCrossEntropyLoss, sampledSoftmaxLoss } from '../losses';
import { lazyRows } from './lazyRows';
import type { RecommenderOptions } from './options';

/** The training step for batches of `rows` packed rows (and `labelled` labelled positions for BERT4Rec). */
export function trainingProgram(
  options: RecommenderOptions,
  items: number,
  trainable: (name: string) => boolean,
  rows: number,
  labelled = 0,
): TrainingProgram {
  const { learningRate, beta1, beta2, eps } = options;
  const dense = adam({ learningRate, beta1, beta2, eps });
  const common = {
    optimizer: options.lazyRows ? lazyRows(dense, (name) => name === 'item/table') : dense,
    trainable,
  };
  if (options.model === 'bert4rec') {
    return {
      ...common,
      name: `bert4rec step ${rows}x${options.maxLength}, ${labelled} labels`,
      inputs: {
        ...packedSpecs(rows, options.maxLength),
        places: { shape: [labelled], dtype: 'int32' },
        labels: { shape: [labelled], dtype: 'int32' },
        weights: { shape: [labelled], dtype: 'float32' },
      },
      loss(params, inputs, context) {
        const hidden = bert4rec(params, inputs, context, { ...options, items }, inputs.places);
        const { classes, bias } = bert4recClasses(params, options);
        return meanLinearCrossEntropy(
          { hidden: hidden as Tensor2D, classes, bias, labels: inputs.labels as Tensor1D },
          inputs.weights as Tensor1D,
        );
      },
    };
  }
  return {
    ...common,
    name: `sasrec ${options.loss} step ${rows}x${options.maxLength}`,
    inputs: { ...packedSpecs(rows, options.maxLength), ...lossSpecs(options, rows * options.maxLength) },
    loss: (params, inputs, context) => sasrecLoss(params, inputs, context, options, items),
  };
}

function lossSpecs(
  { loss, negatives: k, logQ, paddingAsClass }: RecommenderOptions,
  size: number,
): NamedSpecs {
  const specs: NamedSpecs = {
    labels: { shape: [size], dtype: 'int32' },
    weights: { shape: [size], dtype: 'float32' },
  };
  if (loss === 'bce') specs.negatives = { shape: [size * k], dtype: 'int32' };
  if (loss === 'sampled') {
    specs.negatives = { shape: [k], dtype: 'int32' };
    if (logQ !== 'none') specs.logQ = { shape: [k], dtype: 'float32' };
    if (logQ === 'both') specs.logQLabels = { shape: [size], dtype: 'float32' };
  }
  if (paddingAsClass) specs.paddedShare = { shape: [], dtype: 'float32' };
  return specs;
}

function sasrecLoss(
  params: NamedTensors,
  inputs: NamedTensors,
  context: ProgramContext,
  options: RecommenderOptions,
  items: number,
): Scalar {
  const { loss, dim, paddingAsClass } = options;
  const { labels, weights, negatives } = inputs;
  const model = { ...options, items };
  const table = itemVectors(params);
  const size = labels.shape[0] as number;
  const ids = tf.reshape(inputs.items, [size]) as Tensor1D;
  if (loss === 'ce') {
    const hidden = sasrec(params, inputs, tf.gather(table, ids), context, model);
    const real = meanLinearCrossEntropy(
      { hidden: hidden as Tensor2D, classes: table, labels: labels as Tensor1D },
      weights as Tensor1D,
    );
    if (!paddingAsClass) return real;
    const share = inputs.paddedShare as Scalar;
    return tf.add(tf.mul(real, tf.sub(1, share)), tf.mul(paddedLoss(params, table, dim), share));
  }
  // One look-up for inputs, labels and negatives, so that one gradient is summed into the table.
  const count = negatives.shape[0] as number;
  const all = tf.gather(table, tf.concat([ids, labels as Tensor1D, negatives as Tensor1D]));
  const [embedded, positives, drawn] = tf.split(all, [size, size, count]);
  const hidden = sasrec(params, inputs, embedded, context, model);
  if (loss === 'bce') return binaryCrossEntropyLoss(hidden, positives, drawn, weights);
  const { logQ, logQLabels } = inputs;
  return sampledSoftmaxLoss({
    hidden,
    positives,
    negatives: drawn,
    labels,
    negativeLabels: negatives,
    weights,
    logQ,
    logQLabels,
  });
}

/**
 * D11 as coded: every padded slot puts out the last norm's bias and is trained as class 0; all of them are
 * one position.
 */
function paddedLoss(params: NamedTensors, classes: Tensor2D, dim: number): Scalar {
  const hidden = tf.reshape(params['outputNorm/bias'], [1, dim]) as Tensor2D;
  return meanLinearCrossEntropy({ hidden, classes, labels: tf.zeros([1], 'int32') });
}

/**
 * Output vectors [places, d] of a packed batch, without dropout, at the flat positions `places` [places] of
 * its rectangle.
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
