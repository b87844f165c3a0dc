/** Rows are little longer than the longest sequence, and whole blocks of the banded attention where they are long. */
import { expect, it } from 'vitest';
import { RECFORMER_BASE } from '../../../lib/src/models/encoder/config';
import { rowFor } from '../../../lib/src/training/language/packedSteps';

it('takes the next multiple of 32 tokens', () => {
  expect([1, 32, 33, 96, 197, 256].map((longest) => rowFor(longest, RECFORMER_BASE).rowLength)).toEqual([32, 32, 64, 96, 224, 256]);
});

it('takes whole blocks of half a window beyond 256 tokens', () => {
  const wide = { ...RECFORMER_BASE, window: 512 };
  expect([197, 257, 300, 1000].map((longest) => rowFor(longest, wide).rowLength)).toEqual([224, 512, 512, 1024]);
  expect(rowFor(257, { ...wide, attention: 'full' }).rowLength).toBe(288);
});

it('stays within the positions of the model', () => {
  expect(rowFor(120, { ...RECFORMER_BASE, positions: 122, positionOffset: 2 }).rowLength).toBe(120);
});
