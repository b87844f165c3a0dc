/**
 * docs/options.md: every option of a training and every value of a profile, from their schemas. Pure.
 * test/cli/optionsPage.test.ts says when the page is out of date, and UPDATE=1 on it rewrites the page.
 */
import { MODELS, RECOMMENDER_OPTIONS, recommenderOptions } from '../training/recommender/options';
import { profileOptions } from './profileOptions';
import { WITHOUT_AS } from './train/settings';

export const UPDATE_COMMAND = 'UPDATE=1 npx vitest run test/cli/optionsPage.test.ts';

export function optionsPage(): string {
  const withoutAs = Object.entries(WITHOUT_AS).map(([key, value]) => code(`${key}=${value}`));
  return [
    '# Options',
    '',
    `<!-- Generated from the schemas; do not edit. Rewrite with: ${UPDATE_COMMAND} -->`,
    '',
    'Numbers such as D10 are [decisions](decisions.md). To change an option, edit its schema,',
    '`lib/src/training/recommender/options.ts` or `lib/src/experiments/profiles/schema.ts`.',
    '',
    '## A training',
    '',
    'Options of `trainRecommender`, with their defaults. `elephant train` takes them as well, by',
    '`--set KEY=VALUE` or with their own flags. `--as coded` has the defaults below, as the authors ran it.',
    `Without \`--as\` the command sets ${withoutAs.join(' and ')}, for a result in minutes, unless`,
    'the data are your own. `npx elephant train --options` prints its defaults, with `--as published`',
    'those of the original papers.',
    '',
    trainingTable(),
    '',
    '## A profile',
    '',
    'Values that `--set KEY=VALUE` of `run`, `plan` and `report` changes, with those of the profile `mini`.',
    '`npx elephant run --options --profile NAME` prints those of another profile, and',
    '`npx elephant plan --schema --profile NAME` its JSON schema.',
    '',
    profileTable('mini', () => true),
    '',
    'Profiles on files, `real` and `paper`, also have these, here as in `paper`:',
    '',
    profileTable('paper', (key) => key.startsWith('given.')),
    '',
  ].join('\n');
}

function trainingTable(): string {
  const defaults: Record<string, unknown>[] = MODELS.map((model) => ({ ...recommenderOptions({ model }) }));
  return table(
    ['option', ...MODELS, 'takes', 'meaning', 'decision'],
    RECOMMENDER_OPTIONS.map(({ key, expected, meaning, decisions }) => [
      code(key),
      ...defaults.map((values) => code(values[key])),
      expected,
      meaning,
      links(decisions),
    ]),
  );
}

function profileTable(profile: string, listed: (key: string) => boolean): string {
  const options = profileOptions(profile, []).filter(({ key }) => listed(key));
  return table(
    ['value', profile, 'takes', 'meaning', 'decision'],
    options.map(({ key, value, expected, meaning, decisions }) => [
      code(key),
      code(value),
      expected,
      meaning,
      links(decisions),
    ]),
  );
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(line)].join('\n');
}

function code(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text === '' ? '' : `\`${text}\``;
}

function links(decisions: readonly string[]): string {
  return decisions.map((decision) => `[${decision}](decisions.md#${decision.toLowerCase()})`).join(', ');
}
