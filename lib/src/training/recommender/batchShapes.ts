/**
 * The few input shapes of a training run. Each is a graph to compile with its own working memory, so the
 * batches of an epoch are rounded to two or three sizes that suit this dataset. Depends on lengths of
 * histories only.
 *
 * On Beauty (batch 128) this gives three row counts instead of six. For BERT4Rec it gives two sizes each of
 * rows and of labels, instead of three or four.
 */
import { packRows } from '../../data/packing';
import { trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';
import { fewSizes, type Rounding } from '../fewSizes';
import type { BatchShapes } from './batch';
import { recommenderModel } from './models';
import type { RecommenderOptions } from './options';
import { roundRows } from './packedFeeds';
import { stream } from './streams';
import { userBatches } from './userBatches';

/** Epochs that are looked at. With more of them, a batch that fits no size is rarer. */
const EPOCHS = 3;
/** Sizes of label lists are multiples of this. */
const LABELS_STEP = 32;

const upTo =
  (step: number): Rounding =>
  (needed) =>
    step * Math.max(1, Math.ceil(needed / step));

/** The size of a label list that is longer than all that were looked at. */
export const roundLabels = upTo(2 * LABELS_STEP);

/** Equal dataset, options and users give equal shapes, so a run that resumes sums in the same order. */
export function batchShapes(dataset: Dataset, users: Int32Array, options: RecommenderOptions): BatchShapes {
  const { maxLength, seed } = options;
  const model = recommenderModel(options.model);
  const sized = { ...options, items: dataset.items };
  const [rows, labelled]: number[][] = [[], []];
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const random = stream(seed, model.stream, epoch);
    for (const batch of userBatches(dataset, users, epoch, options)) {
      const parts = Array.from(batch, (row) => trainPart(dataset, row));
      rows.push(
        packRows(
          parts.map((part) => Math.min(maxLength, model.positions(part.length))),
          maxLength,
          (count) => count,
        ).rows,
      );
      if (model.labels !== undefined)
        labelled.push(parts.reduce((sum, part) => sum + model.labels!(part, sized, random), 0));
    }
  }
  return {
    rows: fewSizes(rows, model.sizes, roundRows),
    labelled: fewSizes(labelled.map(upTo(LABELS_STEP)), model.sizes, roundLabels),
  };
}
