/**
 * Shapes of language batches: little padding, few of them, and whole blocks of the banded attention where
 * rows are long.
 */
import { expect, it } from 'vitest';
import { RECFORMER_BASE } from '../../../lib/src/models/encoder/config';
import { packed, packedShapes } from '../../../lib/src/training/language/packedShapes';
import { createRandom } from '../../../lib/src/random';

const small = { ...RECFORMER_BASE, hidden: 384, heads: 12, intermediate: 1536, window: 64 };
const lengthOf = (config: typeof RECFORMER_BASE, longest: number): number =>
  packedShapes(config, [[longest]], longest).rowLength;

it('takes the next multiple of 32 tokens for a single sequence', () => {
  expect([1, 32, 33, 96, 197, 256].map((longest) => lengthOf(RECFORMER_BASE, longest))).toEqual([
    32, 32, 64, 96, 224, 256,
  ]);
});

it('takes whole blocks of half a window beyond 256 tokens', () => {
  const wide = { ...RECFORMER_BASE, window: 512 };
  expect([197, 257, 300, 1000].map((longest) => lengthOf(wide, longest))).toEqual([224, 512, 512, 1024]);
  expect(lengthOf({ ...wide, attention: 'full' }, 257)).toBe(288);
});

it('stays within the positions of the model', () => {
  expect(lengthOf({ ...RECFORMER_BASE, positions: 122, positionOffset: 2 }, 120)).toBe(120);
});

it('takes longer rows if sequences fit them better, unless attention over them costs more', () => {
  const lengths = [198, 160, 150, 140, 110, 100, 92, 90];
  expect(packedShapes(small, [lengths], 198)).toMatchObject({ rowLength: 256 });
  // Four whole rows against two of twice the length.
  expect(packedShapes(small, [[96, 96, 96, 96]], 96)).toMatchObject({ rowLength: 96 });
});

it('has few row counts, and a batch larger than all that were seen still fits', () => {
  const random = createRandom(3);
  const batchOf = (size: number): number[] => Array.from({ length: size }, () => 1 + random.integer(96));
  const seen = Array.from({ length: 64 }, () => batchOf(20 + random.integer(40)));
  const shapes = packedShapes(small, seen, 96);
  const counts = new Set(seen.map((lengths) => packed(lengths, shapes).shape.rows));
  expect(counts.size).toBeLessThanOrEqual(4);
  for (const lengths of [...seen, batchOf(300)]) {
    const { rows, shape } = packed(lengths, shapes);
    expect(shape.rows).toBeGreaterThanOrEqual(rows.length);
  }
});
