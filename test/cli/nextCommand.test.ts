/** What a failed check of the report advises: for each cause a command line that mends it. */
import { expect, test } from 'vitest';
import { nextCommand, reportCommand } from '../../lib/src/cli/nextCommand';
import { profile } from '../../lib/src/experiments/profiles';

const mini = profile('mini');

const fromResults = 'data/results/mini.json';

test('other results: the whole report, from the file that was asked or by training', () => {
  const next = 'The results differ from those in the committed report. Next: ';
  expect(nextCommand('results', { profile: mini })).toBe(`${next}npm run report`);
  expect(nextCommand('results', { profile: mini, fromResults })).toBe(
    `${next}npx elephant report --from-results data/results/mini.json --notebooks`,
  );
});

test('the same results, rendered otherwise: from the file or the store that was asked', () => {
  expect(nextCommand('rendering', { profile: mini, fromResults })).toMatch(
    /Next: npx elephant report --from-results data\/results\/mini\.json --notebooks \(nothing is trained\)$/,
  );
  expect(nextCommand('rendering', { profile: mini })).toMatch(
    /Next: npm run report \(the store has all results: nothing is trained\)$/,
  );
});

test('notebooks alone', () => {
  expect(nextCommand('notebooks', { profile: mini })).toMatch(
    /Next: npm run report, which runs the notebooks/,
  );
});

test('a profile, overrides and folders are named as a shell takes them', () => {
  expect(
    reportCommand({ profile: profile('study'), set: ['recommender.seeds=[1, 2]', 'recommender.epochs=3'] }),
  ).toBe("npm run report -- --profile study --set 'recommender.seeds=[1, 2]' recommender.epochs=3");
  expect(reportCommand({ profile: { ...profile('mini'), precision: 'mixed' } })).toBe(
    'npm run report -- --precision mixed',
  );
  expect(reportCommand({ profile: profile('real'), data: "Ann's data" })).toBe(
    "npm run report -- --profile real --data 'Ann'\\''s data' --model <folder>",
  );
});
