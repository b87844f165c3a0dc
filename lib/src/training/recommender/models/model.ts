/**
 * What training, ranking and export need to know of a recommender. Types only. The network itself is in
 * lib/src/models. CONTRIBUTING.md has the recipe for a new model.
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Dataset } from '../../../data/types';
import type { NamedHostTensors, NamedTensors, ProgramContext, TrainingProgram } from '../../../engine/types';
import type { Random } from '../../../random';
import type { RecommenderLoss } from '../../losses';
import type { Batch, BatchShapes } from '../batch';
import type { NegativeFeeds } from '../negativeSampling';
import type { RecommenderOptions } from '../options';

/** The options of a run, and the number of items it knows. */
export type ModelOptions = RecommenderOptions & { items: number };

/** One of RECOMMENDERS. */
export interface RecommenderModel {
  readonly defaults: ModelDefaults;
  /** @throws InputError for options and a loss that this model cannot be trained with. */
  check(options: RecommenderOptions, loss: RecommenderLoss): void;

  /** Initial weights but for the item table. Draws from `random` before `table` does. */
  body(options: ModelOptions, random: Random): NamedHostTensors;
  /** A random item table, `item/table`, and the rows beside it that are not items. */
  table(options: ModelOptions, random: Random): NamedHostTensors;
  /** Those rows if the item table is a given one. Frozen with it. */
  rowsBeside?(options: ModelOptions): NamedHostTensors;

  /**
   * The id after a history at which the next item is asked for. Without one, the output at the newest item is
   * the prediction.
   */
  question?(items: number): number;
  /** Output vectors of a packed batch, [n, d], at its flat positions `places` (int32 [n]). */
  hidden(
    params: NamedTensors,
    inputs: NamedTensors,
    context: ProgramContext,
    options: ModelOptions,
    places: Tensor,
  ): Tensor;
  /** What output vectors are scored against. */
  outputLayer(params: NamedTensors, options: RecommenderOptions): OutputLayer;
  /** The weights that it is read from, for export. */
  outputNames(options: RecommenderOptions): { classes: string; bias?: string };

  /** The training step but for its optimiser. */
  step(options: ModelOptions, shape: StepShape, loss: RecommenderLoss): ModelStep;
  /** Fewest items of a training part that give a label. */
  readonly shortest: number;
  /** Positions that a training part of `length` items fills before it is cut to maxLength. */
  positions(length: number): number;
  /** Labels of a new sample of `part`. Absent if every position has one. */
  labels?(part: Int32Array, options: ModelOptions, random: Random): number;
  /** Most row counts of a run, and most sizes of its list of labels. */
  readonly sizes: number;
  /** Which random stream the batches of an epoch draw from. */
  readonly stream: 'negatives' | 'cloze';
  batch(input: BatchInput): Batch;
}

/** Defaults that differ from model to model: the authors' values. */
export interface ModelDefaults {
  loss: 'bce' | 'ce';
  heads: number;
  dropout: number;
  batch: number;
  userSampling: 'replacement' | 'shuffled' | 'repeated';
  beta2: number;
}

/** Class vectors [items + 1, d], class = item id, and what is added to the logits, [items + 1]. */
export interface OutputLayer {
  classes: Tensor2D;
  bias?: Tensor1D;
}

/** Packed rows of a batch, and the length of its list of labels if it has one. */
export interface StepShape {
  rows: number;
  labelled?: number;
}

export interface ModelStep extends Pick<TrainingProgram, 'name' | 'inputs'> {
  loss(params: NamedTensors, inputs: NamedTensors, context: ProgramContext): Scalar;
}

/** What the batch of one update is made of. */
export interface BatchInput {
  dataset: Dataset;
  /** Rows of the dataset. */
  users: Int32Array;
  options: Pick<RecommenderOptions, 'maxLength' | 'paddingAsClass'>;
  random: Random;
  /** As the loss draws them. */
  negatives: NegativeFeeds;
  /** The sizes to round up to. */
  shapes: BatchShapes;
}
