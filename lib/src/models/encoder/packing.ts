/**
 * Packs token sequences into rows of equal length, several per row if they fit, as feeds of an encoder
 * program. Padding is masked everywhere, so packing saves work and changes no result (method 3.4).
 */
import { InputError } from '../../errors';
import type { NamedSpecs } from '../../engine/types';
import type { EncoderConfig } from './config';

/** Size of one batch; a program is compiled for one shape. */
export interface BatchShape {
  rows: number;
  /** Tokens of a row. */
  rowLength: number;
  /** Sequences that a row may hold. */
  slots: number;
}

/** One sequence. Its first token is `<s>` or `[CLS]`. */
export interface EncoderSequence {
  readonly tokens: Int32Array;
  /** Token types; all 0 if absent. */
  readonly types?: Int32Array;
  readonly itemPositions?: Int32Array;
}

/** Feeds by name, and where each sequence went. */
export interface EncoderBatch {
  readonly feeds: Record<string, Int32Array>;
  /** place[i]: row * slots + slot of sequence i, its index in pooled outputs; -1 if it is in no row. */
  readonly places: Int32Array;
  /** start[i]: flat index (row * rowLength + column) of sequence i's first token; -1 if it is in no row. */
  readonly starts: Int32Array;
}

export function encoderSpecs(
  { itemPositions }: EncoderConfig,
  { rows, rowLength, slots }: BatchShape,
): NamedSpecs {
  const tokens = { shape: [rows * rowLength], dtype: 'int32' as const };
  return {
    tokens,
    positions: tokens,
    types: tokens,
    ...(itemPositions > 0 ? { itemPositions: tokens } : {}),
    segments: { shape: [rows, rowLength], dtype: 'int32' },
    cls: { shape: [rows * slots], dtype: 'int32' },
  };
}

/**
 * Groups sequences (by index) into rows, longest first, each into the fullest row that has room for it. A row
 * holds at most `slots` sequences and `rowLength` tokens. Deterministic.
 */
export function fillRows(lengths: ArrayLike<number>, rowLength: number, slots: number): number[][] {
  const order = Array.from({ length: lengths.length }, (_, i) => i).sort(
    (i, j) => lengths[j] - lengths[i] || i - j,
  );
  const rows: number[][] = [];
  // openBySpace[s]: rows with exactly s free tokens and a free slot.
  const openBySpace: number[][] = Array.from({ length: rowLength + 1 }, () => []);
  for (const i of order) {
    const length = lengths[i];
    if (length < 1 || length > rowLength)
      throw new InputError('fillRows', `expected sequences of 1 to ${rowLength} tokens, got ${length}`);
    let space = length;
    while (space <= rowLength && openBySpace[space].length === 0) space++;
    let row: number;
    if (space > rowLength) {
      row = rows.length;
      rows.push([]);
      space = rowLength;
    } else {
      row = openBySpace[space].pop() as number;
    }
    rows[row].push(i);
    if (rows[row].length < slots && space - length > 0) openBySpace[space - length].push(row);
  }
  return rows;
}

/** Feeds for rows made by fillRows. There may be fewer `rows` than shape.rows; the rest is padding. */
export function packBatch(
  config: EncoderConfig,
  shape: BatchShape,
  rows: readonly (readonly number[])[],
  sequences: readonly EncoderSequence[],
  padToken: number,
): EncoderBatch {
  const { rowLength, slots } = shape;
  if (rows.length > shape.rows)
    throw new InputError('packBatch', `expected at most ${shape.rows} rows, got ${rows.length}`);
  const size = shape.rows * rowLength;
  const tokens = new Int32Array(size).fill(padToken);
  const [positions, types, itemPositions, segments] = [0, 0, 0, 0].map(() => new Int32Array(size));
  const cls = new Int32Array(shape.rows * slots);
  const places = new Int32Array(sequences.length).fill(-1);
  const starts = new Int32Array(sequences.length).fill(-1);
  for (let r = 0; r < shape.rows; r++) cls.fill(r * rowLength, r * slots, (r + 1) * slots);
  rows.forEach((members, r) => {
    let at = r * rowLength;
    members.forEach((i, slot) => {
      const sequence = sequences[i];
      const length = sequence.tokens.length;
      if (at + length > (r + 1) * rowLength || slot >= slots)
        throw new InputError('packBatch', `row ${r} does not fit ${rowLength} tokens and ${slots} slots`);
      tokens.set(sequence.tokens, at);
      if (sequence.types) types.set(sequence.types, at);
      if (sequence.itemPositions) itemPositions.set(sequence.itemPositions, at);
      for (let k = 0; k < length; k++) positions[at + k] = config.positionOffset + k;
      segments.fill(slot + 1, at, at + length);
      cls[r * slots + slot] = at;
      places[i] = r * slots + slot;
      starts[i] = at;
      at += length;
    });
  });
  const feeds: Record<string, Int32Array> = { tokens, positions, types, segments, cls };
  if (config.itemPositions > 0) feeds.itemPositions = itemPositions;
  return { feeds, places, starts };
}
