import { expect } from 'vitest';
import { paperTables } from '../../../lib/src/experiments/paper';
import { compareColumns } from '../../../lib/src/report';
import type { Answer } from './answer';

export const answers: readonly Answer[] = [
  async (session) => {
    expect(compareColumns(await session.table4(), 'FT', 'SAS', 'H@5')).toMatch(/% (higher|lower)\.$/);
    const gain = (cells: Record<string, number | null>): number => (cells.FT as number) / (cells.SAS as number);
    const larger = Object.values(paperTables().table4).filter((rows) => gain(rows['H@5']) > gain(rows['N@10']));
    expect([larger.length, Object.keys(paperTables().table4).length]).toEqual([4, 5]);
  },
  async (session) => {
    const tables = [await session.table4(), await session.table3('SASRec')];
    for (const table of tables) expect(compareColumns(table, 'transition', 'SAS', 'N@10')).toMatch(/ on \d of \d/);
  },
  async (session) => {
    const groups = await session.historyLengths(session.profile.domains[0], ['SAS', 'freeze.FT', 'trainable.PT']);
    const of = (column: string) => groups.filter((group) => group.column === column).map(({ group, users }) => [group, users]);
    expect(of('trainable.PT')).toEqual(of('freeze.FT'));
  },
];
