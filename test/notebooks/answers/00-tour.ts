import { expect } from 'vitest';
import type { ComparisonTable } from '../../../lib/src/experiments/measured';
import { compareColumns } from '../../../lib/src/report';
import { gainSplits } from '../../../lib/src/report/figures';
import type { Answer } from './answer';
import { foldedCode } from './foldedCode';

const STARTS = ['SAS', 'trainable.LF', 'trainable.PT', 'trainable.FT'];

const rowsOf = ({ rows }: ComparisonTable) => rows.filter(({ metric }) => metric === 'N@10');

export const answers: readonly Answer[] = [
  async (session) => {
    const rows = rowsOf(await session.table3('SASRec'));
    for (const whose of ['paper', 'ours'] as const) {
      const sum = (column: string): number =>
        rows.reduce((total, { cells }) => {
          const { paper, ours } = cells[column];
          return total + ((whose === 'paper' ? paper : ours?.mean) as number);
        }, 0);
      const [random, LF, , FT] = STARTS.map(sum);
      if (whose === 'paper') expect(Math.max(...STARTS.map(sum))).toBe(FT);
      else expect(Math.abs(FT / random - 1)).toBeLessThan(0.03);
      expect(LF).toBeLessThan(random);
    }
  },
  async (session) => {
    const splits = gainSplits(await session.table3('SASRec'), await session.equalScales());
    expect(splits).toHaveLength(4);
    for (const { text } of splits) expect(text).toBeGreaterThan(0);
    expect(splits[0].scale).toBeLessThan(-5);
  },
  async (session) => {
    const table = await session.table3('SASRec');
    const rows = rowsOf(table);
    const count = foldedCode<number>('00-tour', { rows });
    expect(compareColumns(table, 'trainable.FT', 'SAS', 'N@10')).toContain(` on ${count} of ${rows.length} `);
  },
];
