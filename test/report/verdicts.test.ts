/** The table of verdicts: what explains a verdict stands beside it. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScoreboardRow } from '../../lib/src/experiments/claims';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import { folders } from '../../lib/src/project';
import { besideProfiles, verdicts } from '../../lib/src/report/display/verdicts';

function row(
  statement: string,
  ours?: Partial<ScoreboardRow['ours']> & object,
  backbones: readonly string[] = [],
): ScoreboardRow {
  const measurement = ours && {
    effect: -0.3,
    interval: { low: -0.6, high: -0.08 },
    adjustedP: 0.3199,
    domains: ['Pantry'],
    backbones: [],
    leftOut: [],
    ...ours,
  };
  return {
    claim: { id: statement, section: '4.3 (1)', statement, backbones, contrast: { kind: 'gain' } },
    paper: { text: '4 of 4 cells' },
    ours: measurement,
    verdict: ours === undefined ? 'not measured' : 'undecided',
  } as unknown as ScoreboardRow;
}

const ROWS = [
  row('everywhere', {}),
  row('on a domain', { leftOut: ['Arts: no table1 All', 'Movies: no table1 All'] }),
  row(
    'on a backbone',
    { adjustedP: 0.0002, backbones: ['SASRec'], leftOut: ['Pantry: no table3 BERT4Rec REC'] },
    ['SASRec', 'BERT4Rec'],
  ),
  row('nowhere'),
];

test('an undecided claim has the adjusted p that makes it one', () => {
  const { columns, rows, caption } = verdicts(ROWS);
  expect(columns.indexOf('adjusted p')).toBe(columns.indexOf('interval') + 1);
  expect(rows.map((line) => line[columns.indexOf('adjusted p')])).toEqual(['0.320', '0.320', '< 0.001', '–']);
  expect(caption).toMatch(/\(Holm\): if it is above 0\.05, the claim is undecided/);
});

test('a claim that was not measured on all it is about says where it was', () => {
  expect(verdicts(ROWS).rows.map(([, claim]) => claim)).toEqual([
    'everywhere',
    'on a domain (Here: Pantry only.)',
    'on a backbone (Here: SASRec only.)',
    'nowhere',
  ]);
  expect(besideProfiles(ROWS, [{ profile: 'study', rows: ROWS }]).rows.map((line) => line.at(-1))).toEqual([
    'undecided; −30.0 % (−60.0 % to −8.0 %; p 0.320)',
    'undecided; −30.0 % (−60.0 % to −8.0 %; p 0.320; Pantry only)',
    'undecided; −30.0 % (−60.0 % to −8.0 %; p < 0.001; SASRec only)',
    'not measured',
  ]);
});

test('a claim that compares two gains has its effect in points', () => {
  const [one] = [row('more', { effect: 0.3, interval: { low: -0.02, high: 0.5 } })];
  const compares = { ...one, claim: { ...one.claim, contrast: { kind: 'moreThan' } } } as ScoreboardRow;
  const shown = ({ columns, rows: [cells] }: ReturnType<typeof verdicts>): unknown[] =>
    ['our effect', 'interval'].map((name) => cells[columns.indexOf(name)]);
  expect(shown(verdicts([compares]))).toEqual(['+30.0 points', '−2.0 to +50.0 points']);
  expect(shown(verdicts([one]))).toEqual(['+30.0 %', '−2.0 % to +50.0 %']);
});

test('on the committed results, an undecided interval beside zero has an adjusted p above 0.05', async () => {
  const board = await openResults(join(folders.results, 'mini.json')).scoreboard();
  const taken = board.filter(
    ({ claim, ours, verdict }) =>
      claim.margin === 0 &&
      verdict === 'undecided' &&
      ours !== undefined &&
      ours.interval.low * ours.interval.high > 0,
  );
  for (const { ours } of taken) expect(ours?.adjustedP).toBeGreaterThan(0.05);
  for (const [, claim] of verdicts(board, '4.6').rows) expect(claim).toMatch(/\(Here: Pantry only\.\)$/);
});
