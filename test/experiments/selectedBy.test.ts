/** Reading REC as a further protocol selected it out of a stored fine-tuning. */
import { expect, it } from 'vitest';
import type { StageResult } from '../../lib/src/pipeline/stage';
import { storedRanks } from '../../lib/src/experiments/stages/storedEvaluation';
import { selectedBy, selectedPrefix } from '../../lib/src/experiments/stages/selectedBy';
import type { TunedFacts } from '../../lib/src/experiments/stages/finetuneFacts';
import { loadModel } from '../../lib/src/experiments/stages/storedModel';

const vector = (value: number) => ({ shape: [1], dtype: 'int32' as const, data: Int32Array.of(value) });
const rec = (value: number) => ({
  'model/layer0/bias': vector(value),
  'ranks/full/above': vector(value + 1),
  'ranks/full/ties': vector(0),
});
const stored = (further: object, selected: object | undefined) => ({
  json: {
    model: { config: {}, padToken: 1, pooling: 'first', normalise: false },
    test: 'of the first',
    tiedUsers: 'of the first',
    ...(selected && { selected }),
  } as never,
  arrays: { ...rec(10), table: vector(99), ...further },
});

it('gives the ranks, weights and metrics of the protocol that is asked for, and the one FT table', () => {
  const own = Object.fromEntries(
    Object.entries(rec(20)).map(([name, array]) => [selectedPrefix('full') + name, array]),
  );
  const result = stored(own, {
    sampled: { test: 'of the first', tiedUsers: 1 },
    full: { test: 'of full', tiedUsers: 2 },
  });
  const full = selectedBy(result, 'full');
  expect(storedRanks(full, 'full').above[0]).toBe(21);
  expect(loadModel(full as StageResult<TunedFacts>).weights['layer0/bias'].data[0]).toBe(20);
  expect(full.json).toMatchObject({ test: 'of full', tiedUsers: 2 });
  expect(full.arrays.table.data[0]).toBe(99);
  expect(storedRanks(selectedBy(result, 'sampled'), 'full').above[0]).toBe(11);
  expect(() => selectedBy(result, 'fullMasked')).toThrow(/selected by fullMasked, got one by sampled, full/);
});

it('falls back to the first if the epoch was the same, and if nothing was tuned', () => {
  expect(
    storedRanks(selectedBy(stored({}, { sampled: {}, full: { test: 'same' } }), 'full'), 'full').above[0],
  ).toBe(11);
  expect(storedRanks(selectedBy(stored({}, undefined), 'full'), 'full').above[0]).toBe(11);
});
