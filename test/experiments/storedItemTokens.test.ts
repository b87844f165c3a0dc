import { expect, test } from 'vitest';
import { profile } from '../../lib/src/experiments/profiles';
import { experiment } from '../../lib/src/experiments/experiment';
import { loadItemTokens, storeItemTokens } from '../../lib/src/experiments/stages/storedItemTokens';

test('tokens of items come back as they were stored, an item without text too', () => {
  const items = [[5, 6, 7], [], [8]].map((ids) => ({
    tokens: Int32Array.from(ids),
    types: Int32Array.from(ids, (id) => id % 2),
  }));
  const { cls, itemTokens } = loadItemTokens(storeItemTokens(items, 3));
  expect(cls).toBe(3);
  expect(itemTokens.map(({ tokens, types }) => [[...tokens], [...types]])).toEqual(
    items.map(({ tokens, types }) => [[...tokens], [...types]]),
  );
});

test(
  'all language stages of a domain take the same tokens, whose key follows the attribute length and the ' +
    'vocabulary alone',
  () => {
    const mini = (...set: string[]) => experiment(profile('mini', ['language.from=scratch', ...set]));
    const tokens = mini().itemTokens('Movies').key;
    expect(mini().recformer('Movies').inputs.tokens.key).toBe(tokens);
    expect(mini().itemTable('Movies', 'LF').inputs.tokens.key).toBe(tokens);
    expect(mini().pt().inputs['Movies tokens'].key).toBe(tokens);
    expect(mini('input.maxAttributeLength=11').itemTokens('Movies').key).not.toBe(tokens);
    expect(mini('language.vocabulary=1400').itemTokens('Movies').key).not.toBe(tokens);
    expect(mini('input.maxTokens=80', 'language.layers=4').itemTokens('Movies').key).toBe(tokens);
  },
);

test.each([
  ['decisions.schedule=usual', 'FT'],
  ['decisions.emptyHistory=left out', 'FT'],
  ['decisions.maskedWeight=0.4', 'PT FT'],
  ['decisions.maskBudget=padded', 'PT FT'],
  ['decisions.batchMix=oneDomain', 'PT FT'],
  ['decisions.freezeWords=false', 'PT FT'],
  ['decisions.targets=in', 'PT FT'],
  ['decisions.itemPositions=zero', 'LF PT FT'],
])('%s makes other stages of %s', (set, changed) => {
  const keys = (overrides: string[]): Record<string, string> => {
    const chosen = experiment(profile('mini', ['language.from=scratch', ...overrides]));
    return {
      LF: chosen.lf().key,
      PT: chosen.pt().key,
      FT: chosen.recformer('Pantry').key,
    };
  };
  const [before, after] = [keys([]), keys([set])];
  expect(
    Object.keys(before)
      .filter((name) => before[name] !== after[name])
      .join(' '),
  ).toBe(changed);
});
