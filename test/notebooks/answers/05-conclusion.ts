import { basename } from 'node:path';
import { expect } from 'vitest';
import { verdicts } from '../../../lib/src/report';
import { notebookFiles } from '../../../lib/src/report/writeReport';
import type { Answer } from './answer';

export const answers: readonly Answer[] = [
  async (session) => {
    const { rows } = verdicts(await session.scoreboard(), '4.3');
    expect(rows.length).toBeGreaterThan(0);
    expect(notebookFiles().map((file) => basename(file))).toContain('04-3-main-results.ipynb');
  },
  async (session) => {
    const rows = await session.scoreboard();
    const turned = rows.filter(({ paper, ours }) => ours !== undefined && paper.effect !== undefined && paper.effect * ours.effect < 0);
    expect(turned.filter(({ claim, paper }) => claim.margin === 0 && claim.direction === (Number(paper.effect) > 0 ? 'above' : 'below')).filter(({ verdict }) => verdict === 'reproduced')).toEqual([]);
  },
  async (session) => {
    const rows = (await session.scoreboard()).flatMap(({ ours }) => ours ?? []);
    const decided = (pick: (row: (typeof rows)[number]) => number): number => rows.filter((row) => pick(row) <= 0.05).length;
    expect(decided(({ adjustedP }) => adjustedP)).toBeLessThanOrEqual(decided(({ p }) => p));
    expect(decided(({ p }) => p)).toBeGreaterThan(0);
  },
];
