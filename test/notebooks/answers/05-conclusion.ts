import { basename } from 'node:path';
import { expect } from 'vitest';
import type { ScoreboardRow } from '../../../lib/src/experiments/claims';
import { claimsAbove } from '../../../lib/src/experiments/claims/claim';
import { verdict } from '../../../lib/src/experiments/claims/verdict';
import { verdicts } from '../../../lib/src/report';
import { notebookFiles } from '../../../lib/src/report/notebooks';
import type { Answer } from './answer';

export const answers: readonly Answer[] = [
  async (session) => {
    const { rows } = verdicts(await session.scoreboard(), '4.3');
    expect(rows.length).toBeGreaterThan(0);
    expect(notebookFiles().map((file) => basename(file))).toContain('04-3-main-results.ipynb');
  },
  async (session) => {
    const rows = await session.scoreboard();
    const againstItself = ({ claim, paper }: ScoreboardRow): boolean =>
      claim.margin === 0 && Number(paper.effect) * (claimsAbove(claim.direction) ? 1 : -1) < 0;
    expect(rows.filter(againstItself).map(({ claim }) => claim.id)).toEqual(['deeper-three-layers']);
    const turned = rows.filter(
      ({ paper, ours }) => ours !== undefined && Number(paper.effect) * ours.effect < 0,
    );
    for (const row of turned.filter(({ verdict }) => verdict === 'reproduced')) {
      expect(row.claim.margin > 0 || againstItself(row), row.claim.id).toBe(true);
    }
    const words = rows.filter(({ claim }) => claim.margin > 0).map(({ claim }) => claim.statement);
    for (const statement of words) expect(statement).toMatch(/comparable|do not help/);
    // What each kind of claim makes of a small effect, all of it on the side that the claim's words do not
    // name.
    expect(verdict({ direction: 'above', margin: 0 }, { low: -0.015, high: -0.005 }, 0.001)).toBe(
      'not reproduced',
    );
    expect(verdict({ direction: 'below', margin: 0 }, { low: 0.005, high: 0.015 }, 0.001)).toBe(
      'not reproduced',
    );
    expect(verdict({ direction: 'notBelow', margin: 0.02 }, { low: -0.015, high: -0.005 }, 0.001)).toBe(
      'reproduced',
    );
    expect(verdict({ direction: 'notAbove', margin: 0.02 }, { low: 0.005, high: 0.015 }, 0.001)).toBe(
      'reproduced',
    );
  },
  async (session) => {
    const rows = (await session.scoreboard()).flatMap(({ ours }) => ours ?? []);
    const decided = (pick: (row: (typeof rows)[number]) => number): number =>
      rows.filter((row) => pick(row) <= 0.05).length;
    expect(decided(({ adjustedP }) => adjustedP)).toBeLessThanOrEqual(decided(({ p }) => p));
    expect(decided(({ p }) => p)).toBeGreaterThan(0);
  },
];
