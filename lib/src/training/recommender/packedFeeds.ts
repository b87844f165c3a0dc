/**
 * Converts histories to the packed input of a model (models/packedAttention): item ids in, int32 feeds out.
 * The batchers decide which history is trained on and what is masked in it.
 */
import { packRows, planPositions, type RowPlan } from '../../data/packing';
import type { PackedFeeds } from '../../models/packedAttention';

/**
 * Rounds up to few row counts, so that there are few compiled graphs, each with its own working memory: steps
 * of 1 up to 8, 2 up to 16, 4 up to 32... On Beauty, 128 users need 12 to 19 rows: four graphs instead of
 * seven, for 6 % more empty positions.
 */
export function roundRows(rows: number): number {
  const step = 2 ** Math.max(0, Math.ceil(Math.log2(rows)) - 3);
  return Math.ceil(rows / step) * step;
}

/** Histories as a model's input: the place of each, and the feeds. */
export interface PackedBatch {
  plan: RowPlan;
  feeds: PackedFeeds;
}

/**
 * Packs `sequences` (each at most maxLength long; oldest first) into rows of maxLength positions. `rowCount`
 * fixes the number of rows, or rounds it up; by default few counts occur. Each feed is row-major
 * [rows, maxLength], as packedSpecs declares it.
 * @throws RangeError for a sequence longer than maxLength, and for fewer rows than are needed.
 * @example
 * ```ts
 * import { packSequences } from 'elephant/training';
 * const { plan, feeds } = packSequences([[4, 2], [7], [1, 5, 3]], 3); // ids from 1, oldest first
 * console.log(plan.rows, feeds.items); // 2 rows of 3 positions
 * ```
 */
export function packSequences(
  sequences: readonly ArrayLike<number>[],
  maxLength: number,
  rowCount: number | ((rows: number) => number) = roundRows,
): PackedBatch {
  const lengths = sequences.map((sequence) => sequence.length);
  const plan = packRows(lengths, maxLength, typeof rowCount === 'number' ? () => rowCount : rowCount);
  const { segment, slot } = planPositions(plan, maxLength);
  const items = new Int32Array(segment.length);
  const padded = new Int32Array(segment.length);
  forEachPosition(plan, (place, k, j) => {
    items[place] = sequences[k][j];
    padded[place] = maxLength - lengths[k];
  });
  return { plan, feeds: { items, slots: slot, segments: segment, padded } };
}

/**
 * Calls `visit(place in the flat rectangle, sequence, index within it)` for every position that is not empty.
 */
export function forEachPosition(
  plan: RowPlan,
  visit: (place: number, sequence: number, index: number) => void,
): void {
  for (let k = 0; k < plan.row.length; k++) {
    const first = plan.row[k] * plan.rowLength + plan.start[k];
    for (let j = 0; j < plan.length[k]; j++) visit(first + j, k, j);
  }
}
