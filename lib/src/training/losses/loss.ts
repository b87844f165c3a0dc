/**
 * What a loss of a recommender is: an object that says what each label is compared with, and computes the
 * loss from vectors. It knows no model, dataset or optimiser. CONTRIBUTING.md has the recipe for a new one.
 */
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Feeds, NamedSpecs, NamedTensors } from '../../engine/types';

/** A loss of the library (LOSSES), or one of your own for trainRecommender. */
export type RecommenderLoss = AllItemsLoss | NegativesLoss;

/** Each label is compared with all items. The only kind for BERT4Rec. */
export interface AllItemsLoss extends NamedLoss {
  readonly against: 'allItems';
  /** The loss of a batch: a scalar, in TensorFlow.js ops that have gradients. */
  value(batch: AllItemsVectors): Scalar;
}

/**
 * Each label is compared with drawn items. "negativesPerPosition": `negatives` items for each label, drawn
 * uniformly from those that the user has not had in training. "negativesPerBatch": `negatives` items for all
 * labels of an update together, drawn as the option `negativeSampling` says; a label may be among them.
 */
export interface NegativesLoss extends NamedLoss {
  readonly against: 'negativesPerPosition' | 'negativesPerBatch';
  /** Defaults for these options; they override those of the model. */
  readonly defaults?: Partial<LossOptions>;
  /** Inputs of the program beyond ids and weights: their shapes, and their values for one update. */
  readonly inputs?: {
    /** Shapes and types; `positions` is N, the padded size of a batch. */
    specs(options: LossOptions, positions: number): NamedSpecs;
    /** The values for one update, under the names of `specs`. */
    feeds(batch: DrawnItems, options: LossOptions): Feeds;
  };
  /** The loss of a batch: a scalar, in TensorFlow.js ops that have gradients. */
  value(batch: NegativesVectors, options: LossOptions): Scalar;
}

interface NamedLoss {
  /** As in `loss: 'bce'`, and in results and checkpoints. */
  readonly name: string;
  /** One line for `elephant train --options`. A loss of your own needs none. */
  readonly meaning?: string;
}

/** The options of a training that concern its loss. recommender/options.ts has their meaning. */
export interface LossOptions {
  negatives: number;
  negativeSampling: 'uniform' | 'popularity';
  logQ: 'none' | 'negatives' | 'both';
}

/** N positions of a batch. Those without a label have weight 0 and some valid id. */
interface LabelledVectors {
  /** Output of the model, [N, d]. */
  readonly hidden: Tensor2D;
  /** Ids of the next items, int32 [N]. */
  readonly labels: Tensor1D;
  /**
   * [N], 1 / (number of labels), or 0 at positions without a label. The weighted sum is the mean over labels.
   */
  readonly weights: Tensor1D;
}

/** What a loss over all items receives of a batch. */
export interface AllItemsVectors extends LabelledVectors {
  /** Vector of each id, [items + 1, d]; id 0 is padding. */
  readonly classes: Tensor2D;
  /** BERT4Rec: added to the logits, [items + 1]. */
  readonly bias?: Tensor1D;
}

/** What a loss over drawn items receives of a batch. */
export interface NegativesVectors extends LabelledVectors {
  /** Vectors of the labels, [N, d]. */
  readonly positives: Tensor2D;
  /**
   * Vectors of the K drawn items, [K, d]. "negativesPerPosition": K is N * negatives, and those of a position
   * are consecutive.
   */
  readonly negatives: Tensor2D;
  /** Their ids, int32 [K]. */
  readonly negativeLabels: Tensor1D;
  /** The loss's own inputs, by name. */
  readonly inputs: NamedTensors;
}

/** The ids of one update. */
export interface DrawnItems {
  /** [N] */
  readonly labels: Int32Array;
  /** [K] */
  readonly negatives: Int32Array;
  /** "negativesPerBatch": ln of the expected count of `item` among the K. */
  logExpected(item: number): number;
}

/**
 * How many of `all` classes get their logits from one matrix product for all labels. The cost of a step
 * depends on it. Negatives per position are dot products, which cost little.
 */
export function sharedClasses({ against }: RecommenderLoss, all: number, negatives: number): number {
  if (against === 'allItems') return all;
  return against === 'negativesPerBatch' ? negatives : 0;
}
