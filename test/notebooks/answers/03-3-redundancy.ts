import { expect } from 'vitest';
import { paperTables } from '../../../lib/src/experiments/paper';
import { compareColumns } from '../../../lib/src/report';
import type { Answer } from './answer';

const printed = (metric: string): Record<string, number> =>
  paperTables().table1.Pantry[metric] as Record<string, number>;

/** The choice whose number is nearest to that of All in the paper's table. */
function nearestToAll(metric: string): string {
  const cells = printed(metric);
  const away = (column: string): number => Math.abs(cells[column] - cells.All);
  return Object.keys(cells)
    .filter((column) => column !== 'All')
    .sort((a, b) => away(a) - away(b))[0];
}

export const answers: readonly Answer[] = [
  async (session) => {
    expect(compareColumns(await session.table1(), '0,4,8', '3,7,11', 'N@10')).toMatch(
      /higher on \d of \d dataset/,
    );
    for (const metric of ['H@5', 'H@10', 'N@5', 'N@10'])
      expect(printed(metric)['3,7,11']).toBeGreaterThan(printed(metric)['0,4,8']);
  },
  async (session) => {
    expect(compareColumns(await session.table1(), '1,5,9', 'All', 'H@5')).toMatch(/: H@5 /);
    expect([nearestToAll('H@5'), nearestToAll('N@10')]).toEqual(['1,5,9', '1,5,9']);
  },
  async (session) => {
    expect(compareColumns(await session.table1(), 'None (PT)', 'None', 'N@10')).toMatch(
      /higher on \d of \d dataset/,
    );
    expect(printed('N@10')).not.toHaveProperty('None (PT)');
  },
];
