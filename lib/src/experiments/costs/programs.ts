/**
 * The programs that stages run, at the sizes that a stage will have, counted without running them. Each is
 * the stage's own program; all its sequences are taken to have the mean length.
 */
import { forwardCost, type ProgramCost, trainingCost } from '../../engine/programCost';
import { accumulateGradients, adamW, clipByGlobalNorm } from '../../engine/optimizers';
import type { NamedSpecs, Precision } from '../../engine/types';
import type { EncoderConfig } from '../../models/encoder/config';
import type { BatchShape } from '../../models/encoder/packing';
import { encoderShapes, languageHeadShapes } from '../../models/encoder/parameters';
import { encoderProgram, encodingPlan } from '../../models/encoder/sequenceEncoder';
import { createRandom } from '../../random';
import { finetuningProgram, ITEM_TABLE } from '../../training/language/finetuningProgram';
import { labelPlaces } from '../../training/language/labelFeeds';
import { packed, packedShapes } from '../../training/language/packedShapes';
import { pretrainingProgram } from '../../training/language/pretrainingProgram';
import { type TunedLayers, tunedWeights } from '../../training/language/tunedLayers';
import { roundLabels } from '../../training/recommender/batchShapes';
import { recommenderModel } from '../../training/recommender/models';
import { recommenderOptions, type RecommenderOptions } from '../../training/recommender/options';
import { userEncoderProgram, rankProgram, trainingProgram } from '../../training/recommender/programs';
import { roundRows } from '../../training/recommender/packedFeeds';
import { remembered } from '../remembered';
import type { ProgramRuns } from './deviceTime';

interface Batch {
  /** Tokens of each sequence of a batch, and of the longest that may come. */
  readonly lengths: readonly number[];
  readonly longest: number;
  readonly tuned: TunedLayers;
  /** Steps of an update. */
  readonly accumulation: number;
  /** Single if absent. */
  readonly precision?: Precision;
}

const shapeOf = (config: EncoderConfig, { lengths, longest }: Batch): BatchShape =>
  packed(lengths, packedShapes(config, [lengths], longest)).shape;

export interface MaskedBatch extends Batch {
  /** Masked copies: their part of the tokens, their number of sequences, the share of them to predict. */
  readonly masked: { readonly part: number; readonly sequences: number; readonly share: number };
  /** Pairs of the contrastive loss; 0 without. */
  readonly pairs: number;
  readonly freezeWords: boolean;
  /** Whether the backward pass recomputes the layers. */
  readonly recompute?: boolean;
}

/** A step of LF or PT. */
export const maskedStep = remembered((config: EncoderConfig, batch: MaskedBatch): ProgramCost => {
  const { masked, pairs, tuned, freezeWords, accumulation, recompute } = batch;
  const shape = shapeOf(config, batch);
  const labels = labelPlaces(shape, masked.part, masked.sequences, masked.share);
  const plain = clipByGlobalNorm(adamW({ learningRate: 1 }), 1);
  const optimizer = accumulateGradients(plain, accumulation);
  const trainable = tunedWeights(tuned, config.layers, { freezeWords });
  return trainingCost(
    pretrainingProgram(config, { ...shape, labels, pairs }, { optimizer, trainable, recompute }),
    float({ ...encoderShapes(config), ...languageHeadShapes(config) }),
    batch.precision,
  );
});

/** An update of FT against all `items`. */
export const finetuningStep = remembered((config: EncoderConfig, items: number, batch: Batch): ProgramCost =>
  trainingCost(
    finetuningProgram(
      config,
      { ...shapeOf(config, batch), users: batch.lengths.length },
      {
        optimizer: accumulateGradients(adamW({ learningRate: 1 }), batch.accumulation),
        trainable: tunes(config, batch.tuned),
      },
    ),
    float({ ...encoderShapes(config), [ITEM_TABLE]: [items + 1, config.hidden] }),
    batch.precision,
  ),
);

function tunes({ layers }: EncoderConfig, tuned: TunedLayers): (name: string) => boolean {
  const trained = tunedWeights(tuned, layers, { freezeWords: false });
  return (name) => name !== ITEM_TABLE && trained(name);
}

/** Sequences looked at to see how many fit a batch. */
const SAMPLE = 512;

const encodingRun = remembered((config: EncoderConfig, shape: BatchShape) =>
  forwardCost(encoderProgram(config, shape, 'first'), float(encoderShapes(config))),
);

/** `count` sequences of `length` tokens encoded once. */
export function encodings(config: EncoderConfig, length: number, count: number): ProgramRuns[] {
  const lengths = new Array<number>(SAMPLE).fill(Math.max(1, Math.round(length)));
  return encodingPlan(config, { padToken: 1 }, lengths).map(({ shape, batches }) => ({
    cost: encodingRun(config, shape),
    times: Math.ceil((batches * count) / SAMPLE),
  }));
}

export interface RecommenderSizes {
  readonly model: RecommenderOptions['model'];
  readonly loss: RecommenderOptions['loss'];
  readonly variant: RecommenderOptions['variant'];
  readonly dim: number;
  /** Users of a step. */
  readonly batch: number;
  /** Steps of an update. */
  readonly pieces: number;
  readonly items: number;
  /** Positions of a user in a batch. */
  readonly length: number;
  /** Of the training; single if absent. */
  readonly precision?: Precision;
}

/** As in evaluation: packed rows and users of a run. */
const [ROWS_PER_RUN, USERS_PER_RUN] = [64, 128];
/** Mean share of all positions that are labels, if a model lists them. */
const LABELLED = 0.15;

/** An update. */
export const recommenderStep = remembered((sizes: RecommenderSizes): ProgramCost => {
  const { model, batch, pieces, items, length, variant } = sizes;
  const options = optionsOf(sizes);
  const positions = batch * length;
  const rows = roundRows(Math.max(1, Math.ceil(positions / options.maxLength)));
  const listed = recommenderModel(model).labels !== undefined;
  const labelled = listed ? roundLabels(LABELLED * positions) : 0;
  return trainingCost(
    trainingProgram(options, {
      items,
      trainable: (name) => isTrained(variant, name),
      rows,
      labelled,
      pieces,
    }),
    weightSpecs(options, items),
    sizes.precision,
  );
});

/** Which weights a variant trains, as far as it matters for the cost. */
function isTrained(variant: RecommenderOptions['variant'], name: string): boolean {
  if (variant === 'freeze') return name !== 'item/table';
  if (variant === 'furtherEmb') return name === 'item/table' || name.startsWith('output/');
  return name !== 'item/fixed';
}

const userRun = remembered((sizes: RecommenderSizes, places: number): ProgramCost => {
  const options = optionsOf(sizes);
  return forwardCost(
    userEncoderProgram(options, { items: sizes.items, rows: ROWS_PER_RUN, places }),
    weightSpecs(options, sizes.items),
  );
});

const rankRun = remembered((sizes: RecommenderSizes): ProgramCost => {
  const options = optionsOf(sizes);
  return forwardCost(
    rankProgram(options, { items: sizes.items, users: USERS_PER_RUN, candidates: USERS_PER_RUN ** 2 }),
    weightSpecs(options, sizes.items),
  );
});

/** Ranks of `users` users, once. */
export function rankings(sizes: RecommenderSizes, users: number): ProgramRuns[] {
  const places = Math.max(1, Math.floor((ROWS_PER_RUN * optionsOf(sizes).maxLength) / sizes.length));
  return [
    { cost: userRun(sizes, places), times: Math.ceil(users / places) },
    { cost: rankRun(sizes), times: Math.ceil(users / USERS_PER_RUN) },
  ];
}

function optionsOf({ model, loss, variant, dim, batch }: RecommenderSizes): RecommenderOptions {
  return recommenderOptions({ model, loss, variant, dim, batch });
}

/** Shapes of a model's weights with so few items that its tables cost nothing to make. */
const fewItemsShapes = remembered((model: RecommenderOptions['model'], dim: number, items: number) => {
  const options = { ...recommenderOptions({ model, dim }), items };
  const { body, table } = recommenderModel(model);
  const random = createRandom(1);
  const weights = Object.entries({ ...body(options, random), ...table(options, random) });
  return Object.fromEntries(weights.map(([name, { shape }]) => [name, shape]));
});

function weightSpecs({ model, dim, variant }: RecommenderOptions, items: number): NamedSpecs {
  const [one, two] = [1, 2].map((few) => fewItemsShapes(model, dim, few));
  // Sizes grow with the items, or not at all.
  const shapes = Object.entries(one).map(([name, shape]): [string, number[]] => [
    name,
    shape.map((size, axis) => size + (items - 1) * (two[name][axis] - size)),
  ]);
  return float({
    ...Object.fromEntries(shapes),
    ...(variant === 'withID' && { 'item/fixed': [items + 1, dim] }),
  });
}

function float(shapes: Readonly<Record<string, readonly number[]>>): NamedSpecs {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: 'float32' as const }]),
  );
}
