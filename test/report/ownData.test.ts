/** A report on a user's own data says only what these can say, and has no room for numbers of the paper. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CLAIMS, type ScoreboardRow } from '../../lib/src/experiments/claims';
import { measured, type ComparisonTable } from '../../lib/src/experiments/measured';
import { profile, type Profile } from '../../lib/src/experiments/profiles';
import { onOwnData } from '../../lib/src/experiments/profiles/ownData';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import { withoutSeen } from '../../lib/src/experiments/views/scoreboard';
import { folders } from '../../lib/src/project';
import { answeredClaims } from '../../lib/src/report/display/answeredClaims';
import { comparisonText } from '../../lib/src/report/display/comparisonTable';
import { competence } from '../../lib/src/report/display/competence';
import { differencesTable } from '../../lib/src/report/display/differencesTable';
import { findings } from '../../lib/src/report/display/findings';
import { glanceAt, glanceHtml, glanceText } from '../../lib/src/report/display/glance';
import { effects } from '../../lib/src/report/figures';
import { tableData } from '../../lib/src/report/tableData';
import { formatTable } from '../../lib/src/report/tableFormats';

const shop = onOwnData(profile('real'), { name: 'shop', interactions: 'shop/', reading: {} });

function row(id: string, p?: number, domain = 'shop'): ScoreboardRow {
  const claim = CLAIMS.find((each) => each.id === id)!;
  const interval = { low: 0.1, high: 0.2 };
  return {
    claim,
    paper: { text: '1 of 1 cells' },
    ...(p === undefined
      ? { verdict: 'not measured', reason: 'not in this run (shop: no table1 All)' }
      : { ours: { p, adjustedP: 1, domains: [domain], interval }, verdict: 'undecided' }),
  } as unknown as ScoreboardRow;
}

const ROWS = [
  row('none-worst'),
  row('trainable-PT-above-base', 0.02),
  row('PT-transfers-trainable', 0.04),
  row('trainable-FT-above-base', 0.04),
  row('PT-transfers-freeze', 0.5),
];

describe('claims about domains that pre-training has not seen', () => {
  test('are taken back where it has seen them; the others are adjusted for the claims that are left', () => {
    const board = withoutSeen(ROWS, ['shop']);
    expect(board.map(({ verdict }) => verdict)).toEqual([
      ...['not measured', 'reproduced', 'not measured', 'reproduced', 'not measured'],
    ]);
    expect(board.map(({ ours }) => ours?.adjustedP)).toEqual([undefined, 0.04, undefined, 0.04, undefined]);
    expect(withoutSeen(ROWS, ['Beauty'])).toEqual(ROWS);
  });

  test('are these, and the committed verdicts stay as they are', async () => {
    const about = CLAIMS.filter(({ statement }) => /not seen/.test(statement)).map(({ id }) => id);
    expect(about).toEqual(['PT-transfers-trainable', 'PT-transfers-freeze']);
    const session = openResults(join(folders.results, 'mini.json'));
    const board = await session.scoreboard();
    expect(withoutSeen(board, session.profile.pretrainingDomains)).toEqual(board);
  });
});

test('claims that cannot be judged are left out, in one sentence; of the own profiles none is', () => {
  const { rows, leftOut } = answeredClaims(withoutSeen(ROWS, ['shop']), shop);
  expect(rows.map(({ claim }) => claim.id)).toEqual(['trainable-PT-above-base', 'trainable-FT-above-base']);
  expect(leftOut).toBe(
    "3 of the paper's 5 claims are left out, as this run cannot judge them: 1 on tables or models that " +
      'this run lacks, 2 on domains that pre-training has not seen (it has seen yours).',
  );
  expect(findings(rows, 'the 2 claims that this run can judge')[0].intro).toBe(
    'Of the 2 claims that this run can judge, 2 are reproduced:',
  );
  expect(answeredClaims(ROWS, profile('real'))).toEqual({ rows: ROWS, leftOut: undefined });
});

const cells = (sas: number, lf: number, paper?: number): ComparisonTable['rows'][number]['cells'] => ({
  SAS: { ours: measured([sas]), ...(paper === undefined ? {} : { paper }) },
  'trainable.LF': { ours: measured([lf]), ...(paper === undefined ? {} : { paper: paper + 1 }) },
  REC: { ours: measured([15]) },
  popularity: { ours: measured([5]) },
  transition: { ours: measured([25]) },
});
const table = (paper?: number): ComparisonTable => ({
  id: 'table3',
  title: 'Table 3: item initialisation',
  unit: '%',
  columns: ['SAS', 'trainable.LF', 'REC'].map((id) => ({ id, label: id })),
  rows: [{ dataset: 'shop', metric: 'N@10', cells: cells(20, 25, paper) }],
  notes: [],
});

test('where the paper prints nothing, nothing names or leaves room for its numbers', () => {
  const texts = (paper?: number): string[] => {
    const glance = glanceAt(table(paper));
    const figure = effects(table(paper));
    return [
      ...[glance.legend, glanceHtml(glance), glanceText(glance), comparisonText(table(paper))],
      ...(['md', 'latex'] as const).map((format) => formatTable(tableData(table(paper)), format)),
      `${figure.alt} ${figure.data.map(({ name }) => String(name)).join()}`,
    ];
  };
  for (const text of texts()) expect(text).not.toMatch(/paper/);
  for (const text of texts(40)) expect(text).toMatch(/paper/);
  expect(glanceText(glanceAt(table()))).toMatch(/^trainable\.LF +\+25\.0 +25\.0 \(\+25\.0\)/m);
});

test('one dataset and one backbone are spoken of as one', () => {
  expect(competence([table()])).toEqual([
    "RECFORMER's NDCG@10 is above popularity on shop and not above transition on shop.",
    'It reaches 0.75 of SASRec.',
    'SASRec from random vectors is above popularity on shop and not above transition on shop: its gains ' +
      'are those of a weak base.',
  ]);
});

test('what differs from the paper names no part that the report lacks', () => {
  const whole = (ours: Profile): string => JSON.stringify(differencesTable(ours, profile('paper')));
  expect(whole(shop)).not.toMatch(/Table 1|One loss|control tables|at a larger rate|need no more/);
  expect(whole(profile('mini'))).toMatch(/Table 1.*at a larger rate|need no more.*One loss.*control tables/);
});
