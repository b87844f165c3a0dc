/** What `elephant plan` prints. */
import { expect, test } from 'vitest';
import { planText } from '../../lib/src/cli/planText';
import type { KindPlan } from '../../lib/src/experiments/plan';

const dataset: KindPlan = {
  kind: 'dataset',
  stages: 7,
  missing: 7,
  seconds: 0.7,
  flop: 0,
  bytes: 250 * 2 ** 20,
  measured: 1.25,
};

test('what is missing, what was chosen, and how long it takes', () => {
  const choices = ['Six of one.', 'Half a dozen of the other.'];
  const plan = { stages: 7, missing: 7, seconds: 0.4, bytes: 500 * 2 ** 20, kinds: [dataset], choices };
  expect(planText('smoke', 2, plan).split('\n').slice(0, 6)).toEqual([
    'kind              stages  missing        FLOP      memory    worker time   measured',
    'dataset                7        7           –     250 MiB          0.7 s      x 1.3',
    'all                    7        7           –     500 MiB          0.7 s          –',
    ...choices,
    expect.stringMatching(/^About 0\.4 s with 2 worker processes\./),
  ]);
});

test('nothing missing: no cell is blank, and a line says so', () => {
  const kinds = [{ ...dataset, missing: 0, seconds: 0, bytes: 0, measured: undefined }];
  const text = planText('smoke', 2, { stages: 7, missing: 0, seconds: 0, bytes: 0, kinds, choices: [] });
  expect(text.split('\n').slice(1)).toEqual([
    'dataset                7        0           –           –              –          –',
    'all                    7        0           –           –              –          –',
    'Nothing is missing: all 7 stages of smoke are in the store.',
    '',
  ]);
});
