/**
 * The programs of a recommender for a given input shape: its training step, its encoder and the ranks of its
 * users. They join a model (models), a loss (training/losses) and an optimiser (engine).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { accumulateGradients, adam } from '../../engine/optimizers';
import type { Program, TrainingProgram } from '../../engine/types';
import { packedSpecs } from '../../models/packedAttention';
import { libraryLoss, type RecommenderLoss } from '../losses';
import { lazyRows } from './lazyRows';
import { recommenderModel } from './models';
import { SHARE_OF_BATCH } from './models/labelSpecs';
import type { ModelStep, OutputLayer } from './models/model';
import type { RecommenderOptions } from './options';

/** What a training step is compiled for. */
export interface TrainingShape {
  items: number;
  /** Which weights the optimiser may change. */
  trainable(name: string): boolean;
  /** Packed rows of a batch. */
  rows: number;
  /** Labelled positions of a batch, if the model lists them (BERT4Rec). */
  labelled?: number;
  /** In place of the loss that the options name. */
  loss?: RecommenderLoss;
  /** Steps that make an update (batchPieces); by default 1. */
  pieces?: number;
}

/**
 * The training step for batches of one shape: `rows` packed rows of options.maxLength positions. Its inputs
 * are those of packedSpecs and of the loss, and labels and weights: one per position for SASRec, `labelled`
 * of them with their places for BERT4Rec.
 * @throws InputError for a loss of your own whose inputs have names that are taken.
 * @example
 * ```ts
 * import { recommenderOptions, trainingProgram } from 'elephant/training';
 * const options = recommenderOptions({ model: 'sasrec', loss: 'ce', dim: 16 });
 * const program = trainingProgram(options, { items: 100, rows: 8, trainable: () => true });
 * console.log(Object.keys(program.inputs));
 * ```
 */
export function trainingProgram(
  options: RecommenderOptions,
  { items, trainable, rows, labelled, loss = libraryLoss(options.loss), pieces = 1 }: TrainingShape,
): TrainingProgram {
  const { learningRate, beta1, beta2, eps } = options;
  const dense = adam({ learningRate, beta1, beta2, eps });
  const optimizer = options.lazyRows ? lazyRows(dense, (name) => name === 'item/table') : dense;
  const step = recommenderModel(options.model).step({ ...options, items }, { rows, labelled }, loss);
  if (pieces === 1) return { ...step, optimizer, trainable };
  return { ...ofBatch(step), optimizer: accumulateGradients(optimizer, pieces), trainable };
}

/** The step of a piece: its loss times its share of the batch. */
function ofBatch(step: ModelStep): ModelStep {
  return {
    name: `${step.name}, a piece`,
    inputs: { ...step.inputs, [SHARE_OF_BATCH]: { shape: [], dtype: 'float32' } },
    loss: (params, inputs, context) =>
      tf.mul(step.loss(params, inputs, context), inputs[SHARE_OF_BATCH] as Scalar),
  };
}

/**
 * Output vectors [places, d] of a packed batch, without dropout, at the flat positions `places` [places] of
 * its rectangle.
 * @example
 * ```ts
 * import { recommenderOptions, userEncoderProgram } from 'elephant/training';
 * const options = recommenderOptions({ model: 'sasrec', dim: 16 });
 * const program = userEncoderProgram(options, { items: 100, rows: 8, places: 32 }); // gives [32, 16]
 * console.log(program.inputs.items.shape); // [8, 50]
 * ```
 */
export function userEncoderProgram(
  options: RecommenderOptions,
  { items, rows, places }: { items: number; rows: number; places: number },
): Program {
  const model = recommenderModel(options.model);
  return {
    name: `${options.model} encoder ${rows}x${options.maxLength}, ${places} places`,
    inputs: { ...packedSpecs(rows, options.maxLength), places: { shape: [places], dtype: 'int32' } },
    outputs: (params, inputs, context) => ({
      hidden: model.hidden(params, inputs, context, { ...options, items }, inputs.places),
    }),
  };
}

/**
 * Ranks of `users` output vectors [users, d] against all items. `targets` [users] and `candidates` [count]
 * are flat places in the score matrix [users, V + 1]: row * (V + 1) + item id. `above` and `notBelow` count
 * all columns, padding and target included.
 */
export function rankProgram(
  options: RecommenderOptions,
  { items, users, candidates }: { items: number; users: number; candidates: number },
): Program {
  const width = items + 1;
  const model = recommenderModel(options.model);
  return {
    name: `${options.model} ranks of ${users} users`,
    inputs: {
      hidden: { shape: [users, options.dim], dtype: 'float32' },
      targets: { shape: [users], dtype: 'int32' },
      candidates: { shape: [candidates], dtype: 'int32' },
    },
    outputs(params, inputs) {
      const hidden = inputs.hidden as Tensor2D;
      const scores = scoresOf(hidden, model.outputLayer(params, options));
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

/** Logits of output vectors [n, d]: [n, V + 1]. */
export function scoresOf(hidden: Tensor2D, { classes, bias }: OutputLayer): Tensor2D {
  const products: Tensor2D = tf.matMul(hidden, classes, false, true);
  return bias === undefined ? products : tf.add(products, bias);
}
