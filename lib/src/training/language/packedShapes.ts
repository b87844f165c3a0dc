/**
 * The shapes of a language stage's batches: one row length and few row counts, chosen for the sequences that
 * the stage will meet. Depends on lengths and sizes only, so equal inputs give equal shapes.
 */
import { fewRowCounts } from '../../data/packing';
import { DENSE_ROW_LIMIT } from '../../models/encoder/attention';
import type { EncoderConfig } from '../../models/encoder/config';
import { type BatchShape, fillRows } from '../../models/encoder/packing';
import { fewSizes, type Rounding } from '../fewSizes';

export interface PackedShapes extends Pick<BatchShape, 'rowLength' | 'slots'> {
  rows: Rounding;
}

/** Row lengths are multiples of this. */
const ROW_STEP = 32;
/**
 * A stage has as few row counts as keep the share of empty rows below EMPTY_ROWS, and at most
 * MOST_ROW_COUNTS. Each has its own working memory.
 */
const EMPTY_ROWS = 0.08;
const MOST_ROW_COUNTS = 4;
/**
 * Attention's multiply-adds run at about half the speed of the projections' (`bench engine --shape
 * encoder --profile`).
 */
const ATTENTION_WEIGHT = 2;

/**
 * The shapes with the least work for `batches`, the sequence lengths of some batches. `longest`: tokens of
 * the longest sequence to come. Longer rows hold more sequences without gaps, but attention covers the whole
 * row.
 */
export function packedShapes(
  config: EncoderConfig,
  batches: readonly (readonly number[])[],
  longest: number,
): PackedShapes {
  const candidates = rowLengths(config, longest).map((rowLength) => {
    const slots = Math.min(32, Math.max(4, Math.ceil(rowLength / 12)));
    const needed = batches.map((lengths) => fillRows(lengths, rowLength, slots).length);
    const rows = rowCounts(needed);
    return {
      rowLength,
      slots,
      rows,
      work: rowLength * workOfToken(config, rowLength) * needed.reduce((sum, count) => sum + rows(count), 0),
    };
  });
  const { work: _, ...best } = candidates.reduce((a, b) => (b.work < a.work ? b : a));
  return best;
}

/** Which sequences share a row, and the shape of the batch that they make. */
export function packed(
  lengths: readonly number[],
  { rowLength, slots, rows: rounding }: PackedShapes,
): { rows: number[][]; shape: BatchShape } {
  const rows = fillRows(lengths, rowLength, slots);
  return { rows, shape: { rows: rounding(rows.length), rowLength, slots } };
}

function rowCounts(needed: readonly number[]): Rounding {
  const total = (count: Rounding): number => needed.reduce((sum, rows) => sum + count(rows), 0);
  const most = total((rows) => rows) / (1 - EMPTY_ROWS);
  const choices = Array.from({ length: MOST_ROW_COUNTS }, (_, i) => fewSizes(needed, i + 1, fewRowCounts));
  return choices.find((rounding) => total(rounding) <= most) ?? choices[MOST_ROW_COUNTS - 1];
}

/**
 * From the shortest row that holds the longest sequence to half as long again, because the memory of
 * attention weights grows with the row length.
 */
function rowLengths(
  { positions, positionOffset, attention, window }: EncoderConfig,
  longest: number,
): number[] {
  const most = positions - positionOffset;
  // Long rows are computed in blocks of half a window, which must fill them.
  const step =
    attention === 'window' && longest > DENSE_ROW_LIMIT ? Math.max(ROW_STEP, window / 2) : ROW_STEP;
  const shortest = Math.ceil(longest / step) * step;
  const limit = Math.min(most, 1.5 * shortest, longest > DENSE_ROW_LIMIT ? Infinity : DENSE_ROW_LIMIT);
  const lengths = [Math.min(most, shortest)];
  for (let length = shortest + step; length <= limit; length += step) lengths.push(length);
  return lengths;
}

/** Multiply-adds of one token in one layer, in rows of this length. */
function workOfToken(
  { hidden: d, intermediate, attention, window }: EncoderConfig,
  rowLength: number,
): number {
  const banded = attention === 'window' && rowLength > Math.max(DENSE_ROW_LIMIT, window);
  const attended = banded ? 1.5 * window : rowLength;
  return (
    (attention === 'window' ? 6 : 4) * d * d + 2 * d * intermediate + ATTENTION_WEIGHT * 2 * attended * d
  );
}
