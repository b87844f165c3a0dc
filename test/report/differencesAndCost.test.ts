import { expect, test } from 'vitest';
import { profile } from '../../lib/src/experiments/profiles';
import { costTable } from '../../lib/src/report/display/costTable';
import { differencesTable } from '../../lib/src/report/display/differencesTable';

test("differences are those of the profiles: a setting that is the paper's own is not listed", () => {
  const ours = profile('mini', ['recommender.seeds=[1,2,3]']);
  const paper = profile('paper');
  const rows = (mine = ours): Map<string, readonly (string | number)[]> =>
    new Map(differencesTable(mine, paper).rows.map((row) => [String(row[0]), row]));
  expect(rows().get('seeds of a recommender')?.slice(1, 3)).toEqual(['1', '3']);
  expect(rows({ ...ours, input: paper.input }).has('input of RECFORMER')).toBe(false);
  expect(rows().has('input of RECFORMER')).toBe(true);
});

test('costs are added up', () => {
  const { rows } = costTable([
    { kind: 'recommender', stages: 3, flop: 2.5e9 },
    { kind: 'dataset', stages: 2, flop: 0 },
  ]);
  expect(rows).toEqual([
    ['recommender', 3, '2.5'],
    ['dataset', 2, ''],
    ['all', 5, '2.5'],
  ]);
});
