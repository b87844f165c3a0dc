/**
 * Splits a batch into pieces of one shape, if a device cannot hold the whole. Histories of different rows
 * never meet in a program, and a loss is a mean over labels. So the mean of the pieces' losses, each times
 * its share of the labels (SHARE_OF_BATCH), is the loss of the batch; accumulateGradients takes that of the
 * gradients. Only dropout differs, since each piece is a step with masks of its own. Pure.
 */
import { sizeOf } from '../../engine/graph';
import type { Feeds, HostArray, NamedSpecs } from '../../engine/types';
import type { Batch } from './batch';
import { roundLabels } from './batchShapes';
import { SHARE_OF_BATCH } from './models/labelSpecs';
import type { StepShape } from './models/model';

/**
 * Always `pieces` of them, though the last may count nothing. `inputsOf`: what a step of a shape is fed.
 * Inputs whose size grows with the rows are cut, row by row; the others, such as items drawn for the whole
 * batch, go to every piece.
 */
export function batchPieces(
  batch: Batch,
  pieces: number,
  maxLength: number,
  inputsOf: (shape: StepShape) => NamedSpecs,
): Batch[] {
  if (pieces === 1) return [batch];
  const rows = Math.ceil(batch.rows / pieces);
  const sizes = [batch.rows, rows].map((count) => inputsOf({ rows: count, labelled: batch.labelled }));
  const cut = Object.keys(sizes[0]).filter((name) => {
    const [whole, part] = sizes.map((specs) => sizeOf(specs[name].shape));
    return whole !== part;
  });
  const ranges = Array.from({ length: pieces }, (_, i): Range => {
    // The last rows are taken twice rather than padded, and count once.
    const from = Math.min(i * rows, batch.rows - rows);
    return { from: from * maxLength, counted: i * rows * maxLength, to: (from + rows) * maxLength };
  });
  const own = ranges.map((range) => labelsIn(batch, range));
  const count = own.reduce((sum, { length }) => sum + length, 0);
  const labelled = batch.labelled && roundLabels(Math.max(...own.map(({ length }) => length)));
  return ranges.map((range, i) => {
    const feeds: Feeds = { ...batch.feeds };
    for (const name of cut) {
      const values = feeds[name] as HostArray;
      const perPlace = values.length / (batch.rows * maxLength);
      feeds[name] = values.slice(range.from * perPlace, range.to * perPlace);
    }
    const given =
      labelled === undefined
        ? { weights: weightsOf(own[i], range) }
        : listed(batch.feeds, own[i], range.from, labelled);
    return {
      rows,
      labelled,
      feeds: { ...feeds, ...given, [SHARE_OF_BATCH]: (pieces * own[i].length) / Math.max(1, count) },
    };
  });
}

/** Places of the flat rectangle: those of a piece, of which those before `counted` are another's as well. */
interface Range {
  readonly from: number;
  readonly counted: number;
  readonly to: number;
}

/** Indices of the labels that a piece counts, in the batch's list of them, or in its flat rectangle. */
function labelsIn({ feeds, labelled }: Batch, { counted, to }: Range): number[] {
  const weights = feeds.weights as Float32Array;
  const placeOf = (i: number): number => (labelled === undefined ? i : (feeds.places as Int32Array)[i]);
  return [...weights.keys()].filter((i) => weights[i] > 0 && placeOf(i) >= counted && placeOf(i) < to);
}

/** The mean over these labels. */
function weightsOf(labels: readonly number[], { from, to }: Range): Float32Array {
  const weights = new Float32Array(to - from);
  for (const place of labels) weights[place - from] = 1 / labels.length;
  return weights;
}

/** The same of a model that lists its labels: `own` of them in lists of `size`. */
function listed(
  { places, labels }: Feeds,
  own: readonly number[],
  from: number,
  size: number,
): Record<'places' | 'labels' | 'weights', HostArray> {
  const list = (values: Feeds[string], less = 0): Int32Array => {
    const kept = new Int32Array(size);
    kept.set(own.map((i) => (values as Int32Array)[i] - less));
    return kept;
  };
  const weights = new Float32Array(size).fill(1 / own.length, 0, own.length);
  return { places: list(places, from), labels: list(labels), weights };
}
