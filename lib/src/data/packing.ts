/**
 * The place of each history in the rectangular input of a model: padded (one history per row, aligned right,
 * as the authors feed it) or packed (several histories per row). Lengths go in, positions come out; it knows
 * no items or users.
 */
export interface RowPlan {
  /** Rows of the rectangle, empty ones at the end included. */
  rows: number;
  rowLength: number;
  /** Per sequence: its row (-1 for a sequence of length 0), first column and length. */
  row: Int32Array;
  start: Int32Array;
  length: Int32Array;
  /** Positions that hold something; the rest of rows * rowLength is padding. */
  used: number;
}

/** Per position [rows, rowLength], row-major: what a packed model needs to know about the place. */
export interface PlanPositions {
  /** 1 + index of the sequence, 0 at empty places: attention stays within equal numbers. */
  segment: Int32Array;
  /** Index within the sequence, 0 = oldest; -1 at empty places. */
  index: Int32Array;
  /**
   * Slot the element has in the padded form of width `maxLength` (newest = maxLength - 1); 0 if there is
   * nothing.
   */
  slot: Int32Array;
}

/** One sequence per row, aligned right; row k holds sequence k. */
export function padRows(lengths: ArrayLike<number>, rowLength: number): RowPlan {
  const plan = emptyPlan(lengths, rowLength);
  for (let k = 0; k < lengths.length; k++) {
    plan.row[k] = lengths[k] === 0 ? -1 : k;
    plan.start[k] = rowLength - lengths[k];
  }
  return { ...plan, rows: lengths.length };
}

/**
 * Several sequences per row: best fit in order of decreasing length, each into the fullest row that still
 * takes it. Deterministic. `roundRows` maps the number of rows needed to the number given, so that few input
 * shapes occur (one compiled graph per shape); by default fewRowCounts.
 * @throws RangeError for a length that is negative or above rowLength: clip histories to the newest items
 * first.
 * @example
 * ```ts
 * import { packRows, planPositions } from 'elephant/data';
 * const plan = packRows([2, 3, 1], 3); // histories of 2, 3 and 1 items in rows of 3
 * console.log(plan.rows, plan.row, planPositions(plan, 3).segment); // 2 rows instead of 3
 * ```
 */
export function packRows(
  lengths: ArrayLike<number>,
  rowLength: number,
  roundRows: (rows: number) => number = fewRowCounts,
): RowPlan {
  const plan = emptyPlan(lengths, rowLength);
  const byLength: number[][] = Array.from({ length: rowLength + 1 }, () => []);
  for (let k = 0; k < lengths.length; k++) byLength[lengths[k]].push(k);
  // rowsWithSpace[s] = rows that have exactly s free positions at their end.
  const rowsWithSpace: number[][] = Array.from({ length: rowLength + 1 }, () => []);
  let rows = 0;
  for (let length = rowLength; length >= 1; length--) {
    for (const k of byLength[length]) {
      let space = length;
      while (space <= rowLength && rowsWithSpace[space].length === 0) space++;
      const row = space <= rowLength ? rowsWithSpace[space].pop()! : rows++;
      const free = space <= rowLength ? space : rowLength;
      plan.row[k] = row;
      plan.start[k] = rowLength - free;
      rowsWithSpace[free - length].push(row);
    }
  }
  for (const k of byLength[0]) plan.row[k] = -1;
  const given = roundRows(rows);
  if (given < rows) throw new RangeError(`packRows: expected roundRows(${rows}) >= ${rows}, got ${given}`);
  return { ...plan, rows: given };
}

/**
 * The next of 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, ...: four counts per doubling, at most
 * 25 % empty rows.
 */
export function fewRowCounts(rows: number): number {
  if (rows <= 4) return Math.max(1, rows);
  const step = 2 ** (Math.floor(Math.log2(rows - 1)) - 2);
  return Math.ceil(rows / step) * step;
}

/**
 * The plan spelled out per position, each array [rows * rowLength]. `maxLength` is the width of the padded
 * form that the model's position table is made for.
 * @throws RangeError for a sequence longer than maxLength.
 */
export function planPositions(plan: RowPlan, maxLength: number): PlanPositions {
  const size = plan.rows * plan.rowLength;
  const positions = {
    segment: new Int32Array(size),
    index: new Int32Array(size).fill(-1),
    slot: new Int32Array(size),
  };
  for (let k = 0; k < plan.row.length; k++) {
    const length = plan.length[k];
    if (length > maxLength)
      throw new RangeError(
        `planPositions: expected sequences of at most ${maxLength}, got ${length} at sequence ${k}`,
      );
    const first = plan.row[k] * plan.rowLength + plan.start[k];
    for (let j = 0; j < length; j++) {
      positions.segment[first + j] = k + 1;
      positions.index[first + j] = j;
      positions.slot[first + j] = maxLength - length + j;
    }
  }
  return positions;
}

function emptyPlan(lengths: ArrayLike<number>, rowLength: number): Omit<RowPlan, 'rows'> {
  let used = 0;
  for (let k = 0; k < lengths.length; k++) {
    if (!(Number.isInteger(lengths[k]) && lengths[k] >= 0 && lengths[k] <= rowLength)) {
      throw new RangeError(
        `rows of ${rowLength}: expected lengths 0..${rowLength}, got ${lengths[k]} at sequence ${k}`,
      );
    }
    used += lengths[k];
  }
  return {
    rowLength,
    row: new Int32Array(lengths.length),
    start: new Int32Array(lengths.length),
    length: Int32Array.from(lengths),
    used,
  };
}
