/** What `elephant train` says of users it does not evaluate. */
import { expect, test } from 'vitest';
import { evaluatedLine, evaluatedUsers } from '../../lib/src/cli/train/evaluatedUsers';
import { datasetFrom } from '../data/support';

test('how many are left out, and why', () => {
  const dataset = datasetFrom([
    [1, 2, 3, 4],
    [3, 4, 1, 2],
    [1, 2],
    [3, 4, 1, 9],
  ]);
  expect(evaluatedUsers(dataset)).toEqual({ users: 2, leftOut: { tooShort: 1, untrainedTarget: 1 } });
  expect(evaluatedLine(dataset)).toBe(
    'evaluated: 2 of 4 users; left out: 1 with fewer than 3 interactions, 1 whose validation or test item ' +
      'is in no training history',
  );
});

test('that nobody is', () => {
  const dataset = datasetFrom([
    [1, 2, 3, 4],
    [3, 4, 1, 2],
  ]);
  expect(evaluatedUsers(dataset)).toEqual({ users: 2, leftOut: { tooShort: 0, untrainedTarget: 0 } });
  expect(evaluatedLine(dataset)).toBe('evaluated: all 2 users');
});
