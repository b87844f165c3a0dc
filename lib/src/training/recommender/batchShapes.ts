/**
 * The few input shapes of a training run: each is a graph to compile with working memory of its own, so the batches of an epoch are
 * brought to two or three sizes that suit this dataset. Looks at lengths of histories only; called by recommenderTrainee.
 *
 * On Beauty (batch 128) rows come to three counts instead of six, labels of BERT4Rec and its rows to two each instead of three or four.
 */
import { type Dataset, packRows, trainPart } from '../../data';
import type { BatchShapes, Rounding } from './batch';
import { clozeSample } from './clozeBatches';
import type { RecommenderOptions } from './options';
import { roundRows } from './packedFeeds';
import { stream } from './streams';
import { userBatches } from './userBatches';

/** Epochs looked at: the more, the rarer a batch that fits no size. */
const EPOCHS = 3;
const SASREC_SIZES = 3;
const BERT4REC_SIZES = 2;
/** Sizes of label lists are multiples of this. */
const LABELS_STEP = 32;

/** Equal dataset, options and users: equal shapes, so a run that resumes sums in the same order. */
export function batchShapes(dataset: Dataset, users: Int32Array, options: RecommenderOptions): BatchShapes {
  const { maxLength, seed } = options;
  const bert = options.model === 'bert4rec';
  const [rows, labelled]: number[][] = [[], []];
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const random = stream(seed, 'cloze', epoch);
    for (const batch of userBatches(dataset, users, epoch, options)) {
      const parts = Array.from(batch, (row) => trainPart(dataset, row));
      rows.push(packRows(parts.map((part) => Math.min(maxLength, bert ? part.length : part.length - 1)), maxLength, (count) => count).rows);
      if (bert) labelled.push(parts.reduce((sum, part) => sum + clozeSample(part, dataset.items, maxLength, random).labels.reduce((n, label) => n + Number(label > 0), 0), 0));
    }
  }
  const upTo = (step: number): Rounding => (needed) => step * Math.max(1, Math.ceil(needed / step));
  return {
    rows: fewSizes(rows, bert ? BERT4REC_SIZES : SASREC_SIZES, roundRows),
    labelled: fewSizes(labelled.map(upTo(LABELS_STEP)), BERT4REC_SIZES, upTo(2 * LABELS_STEP)),
  };
}

/**
 * The `most` sizes with the least padding for what was `seen`, as a rounding up; what is larger than all that was seen is left to
 * `otherwise`.
 */
export function fewSizes(seen: readonly number[], most: number, otherwise: Rounding): Rounding {
  const values = [...new Set(seen)].sort((a, b) => a - b);
  const counts = values.map((value) => seen.reduce((sum, other) => sum + Number(other === value), 0));
  // A dozen values at most in practice, so all ways to cut them into `most` groups are tried, those already worse left out.
  let sizes: number[] = [];
  let least = Infinity;
  const choose = (chosen: number[], start: number, total: number): void => {
    if (total >= least) return;
    if (start === values.length) {
      [least, sizes] = [total, chosen];
      return;
    }
    if (chosen.length === most) return;
    let below = 0;
    for (let j = start; j < values.length; j++) {
      below += counts[j];
      // The last size allowed must hold the largest value.
      if (chosen.length < most - 1 || j === values.length - 1) choose([...chosen, values[j]], j + 1, total + below * values[j]);
    }
  };
  choose([], 0, 0);
  return (needed) => sizes.find((size) => size >= needed) ?? otherwise(needed);
}
