import { expect } from 'vitest';
import type { ComparisonTable } from '../../../lib/src/experiments/measured';
import { paperTables } from '../../../lib/src/experiments/paper';
import { compareColumns } from '../../../lib/src/report';
import type { Answer } from './answer';

const ours = (table: ComparisonTable, metric: string, column: string): number[] =>
  table.rows.filter((row) => row.metric === metric).map(({ cells }) => cells[column]?.ours?.mean as number);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export const answers: readonly Answer[] = [
  async (session) => {
    expect(compareColumns(await session.table4(), 'FT', 'SAS', 'H@5')).toMatch(/\d % (above|below) /);
    const gain = (cells: Record<string, number | null>): number =>
      (cells.FT as number) / (cells.SAS as number);
    const larger = Object.values(paperTables().table4).filter(
      (rows) => gain(rows['H@5']) > gain(rows['N@10']),
    );
    expect([larger.length, Object.keys(paperTables().table4).length]).toEqual([4, 5]);
  },
  async (session) => {
    const tables = [await session.table4(), await session.table3('SASRec')];
    for (const table of tables) {
      const [, percent, side] =
        /([\d.]+) % (above|below) /.exec(compareColumns(table, 'transition', 'SAS', 'N@10')) ?? [];
      const gain = mean(ours(table, 'N@10', 'transition')) / mean(ours(table, 'N@10', 'SAS')) - 1;
      expect((side === 'below' ? -1 : 1) * Number(percent)).toBeCloseTo(100 * gain, 0);
    }
    for (const metric of ['H@5', 'H@10', 'N@5', 'N@10']) {
      const [full, sampled] = tables.map((table) => ours(table, metric, 'transition'));
      expect(full.length).toBeGreaterThan(0);
      for (const [i, value] of full.entries()) expect(value).toBeLessThan(sampled[i]);
    }
    const losses = (table: 'table3' | 'table4') =>
      new Set(
        session.experiment
          .cell({ table, domain: session.profile.domains[0], column: 'SAS' })
          ?.map(({ config }) => (config as { loss: string }).loss),
      );
    expect([losses('table4'), losses('table3')]).toEqual([new Set(['ce']), new Set(['bce'])]);
  },
  async (session) => {
    const groups = await session.historyLengths(session.profile.domains[0], [
      'SAS',
      'freeze.FT',
      'trainable.PT',
    ]);
    const of = (column: string) =>
      groups.filter((group) => group.column === column).map(({ group, users }) => [group, users]);
    expect(of('trainable.PT')).toEqual(of('freeze.FT'));
  },
];
