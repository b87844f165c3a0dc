/** What was found, and whether RECFORMER is good enough to be compared, in sentences. */
import { describe, expect, it } from 'vitest';
import type { ScoreboardRow } from '../../lib/src/experiments/claims';
import type { ComparisonTable } from '../../lib/src/experiments/measured';
import { profile, type Backbone } from '../../lib/src/experiments/profiles';
import type { RepeatedScoreboard } from '../../lib/src/experiments/repetitions';
import { beatenModels, competence } from '../../lib/src/report/display/competence';
import {
  aboutRepetitions,
  changedIn,
  controlFindings,
  findings,
  seedFindings,
} from '../../lib/src/report/display/findings';

const row = (id: string, verdict: ScoreboardRow['verdict']): ScoreboardRow =>
  ({ claim: { id, statement: `Claim ${id}.` }, verdict, ours: {} }) as unknown as ScoreboardRow;

describe('findings', () => {
  it('lists claims by verdict', () => {
    expect(
      findings([
        row('a', 'reproduced'),
        row('b', 'not reproduced'),
        row('c', 'undecided'),
        row('d', 'reproduced'),
      ]),
    ).toEqual([
      { intro: "Of the paper's 4 claims, 2 are reproduced:", claims: ['Claim a.', 'Claim d.'] },
      {
        intro: '1 is not: the effect here is too small or has the other sign.',
        claims: ['Claim b.'],
      },
      { intro: 'On 1, these data cannot tell.', claims: [] },
    ]);
    expect(findings([row('a', 'undecided')])[0].intro).toBe('No claim of the paper is reproduced.');
  });

  it('separates lost from undecided ones in other settings; names what another seed changes', () => {
    const boards: RepeatedScoreboard[] = [
      {
        world: 'calibrated',
        seed: 1,
        rows: [row('a', 'reproduced'), row('b', 'reproduced'), row('c', 'reproduced'), row('d', 'undecided')],
      },
      { world: 'calibrated', seed: 2, rows: [row('a', 'undecided')] },
      {
        world: 'shuffled',
        seed: 1,
        rows: [
          row('a', 'not reproduced'),
          row('b', 'undecided'),
          row('c', 'reproduced'),
          row('d', 'not reproduced'),
        ],
      },
    ];
    expect(controlFindings(boards)).toEqual([
      'Texts permuted among items (shuffled): of the 3 claims on Table 3 that are reproduced in the ' +
        'calibrated world, 1 holds here too, without what texts say of behaviour. Not reproduced here, so ' +
        'that seems to matter: Claim a. Undecided here: Claim b. Undecided in the calibrated world, not ' +
        'reproduced here: Claim d.',
    ]);
    expect(seedFindings(boards)).toEqual([
      'From seed 2, 0 of 1 verdicts are those of seed 1; none turns from reproduced into not reproduced or ' +
        'back. Changed: Claim a. (reproduced, then undecided)',
    ]);
    const [own] = boards;
    const again = { ...own, seed: 3, rows: [row('a', 'not reproduced'), row('b', 'reproduced')] };
    expect(seedFindings([own, again])).toEqual([
      'From seed 3, 1 of 2 verdicts are those of seed 1; 1 turns from reproduced into not reproduced or ' +
        'back. Changed: Claim a. (reproduced, then not reproduced)',
    ]);
    expect(changedIn(boards)).toEqual(['other seeds', 'other worlds']);
    expect(changedIn([boards[0], boards[2]])).toEqual(['other worlds']);
    expect(changedIn([boards[0], { ...boards[0], batchMix: 'oneDomain' }])).toEqual(['other batches']);
    const told = (backbones: Backbone[]): string =>
      aboutRepetitions(boards, { backbones, repetitions: { ...profile('worlds').repetitions } });
    expect(told(['SASRec', 'BERT4Rec'])).toMatch(
      /^Each further column trains .*, from another seed or in a world .*\. All columns have SASRec only/,
    );
    expect(told(['SASRec'])).not.toContain('only');
  });
});

describe('competence', () => {
  const table = (
    base: string,
    rows: [dataset: string, base: number, rec: number, popularity: number][],
  ): ComparisonTable => ({
    id: 'table3',
    title: '',
    unit: '%',
    notes: [],
    columns: [],
    rows: rows.map(([dataset, own, rec, popularity]) => ({
      dataset,
      metric: 'N@10',
      cells: Object.fromEntries(
        Object.entries({ [base]: own, REC: rec, popularity, transition: 20 }).map(([id, mean]) => [
          id,
          {
            ours: { mean, spread: undefined, values: [mean] },
            ...(id === base || id === 'REC' ? { paper: 50 } : {}),
          },
        ]),
      ),
    })),
  });

  it(
    'names the datasets on which RECFORMER is no better than a ranking without a model, and the better ' +
      'recommender of each',
    () => {
      const words = competence([
        table('SAS', [
          ['Arts', 30, 27, 10],
          ['Pantry', 21, 18, 19],
        ]),
        table('BERT', [
          ['Arts', 20, 27, 10],
          ['Pantry', 24, 18, 19],
        ]),
      ]);
      expect(words[0]).toBe(
        "RECFORMER's NDCG@10 is above popularity on 1 of 2 datasets (not on Pantry) and above transition " +
          'on 1 of 2 datasets (not on Pantry).',
      );
      expect(words[1]).toBe(
        'On average it reaches 0.82 of the better of SASRec and BERT4Rec (Arts 0.90, Pantry 0.75); in ' +
          'the paper 1.00.',
      );
      expect(words.slice(2)).toEqual([
        'BERT4Rec from random vectors is above popularity on all 2 datasets and above transition on 1 of 2 ' +
          'datasets (not on Arts): its gains are those of a weak base.',
      ]);
    },
  );

  it('names the datasets on which a ranking without a model is the best', () => {
    const columns = ['popularity', 'transition', 'SAS', 'REC'].map((id) => ({ id, label: id }));
    const weak = table('SAS', [
      ['Arts', 15, 19, 10],
      ['Pantry', 24, 18, 19],
    ]);
    expect(beatenModels({ ...weak, columns })).toEqual([
      'By NDCG@10 no model here beats transition on Arts: these trainings are weak.',
    ]);
    expect(beatenModels({ ...weak, columns, rows: weak.rows.slice(1) })).toEqual([]);
  });
});
