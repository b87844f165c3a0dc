import { expect } from 'vitest';
import { paperTables } from '../../../lib/src/experiments/paper';
import { compareColumns } from '../../../lib/src/report';
import type { Answer } from './answer';

const rows = (): [string, Record<string, number>][] =>
  Object.entries(paperTables().table5).map(([domain, metrics]) => [
    domain,
    metrics['N@10'] as Record<string, number>,
  ]);
const inPaper = (first: string, second: string): number =>
  rows().filter(([, cells]) => cells[first] > cells[second]).length;

export const answers: readonly Answer[] = [
  async (session) => {
    expect(compareColumns(await session.table5(), 'withID.FT', 'REC', 'N@10')).toMatch(
      / on \d of 3 datasets/,
    );
    expect(inPaper('withID.FT', 'REC')).toBe(3);
  },
  async (session) => {
    expect(compareColumns(await session.table5(), 'withID.LF', 'withID.FT', 'N@10')).toMatch(
      / on \d of 3 datasets/,
    );
    expect([inPaper('withID.FT', 'withID.LF'), inPaper('SAS', 'withID.LF')]).toEqual([3, 2]);
  },
  async (session) => {
    const [five, three] = [await session.table5(), await session.table3('SASRec')];
    for (const { dataset } of five.rows)
      expect(three.rows.find((row) => row.dataset === dataset)?.cells['trainable.FT']?.ours).toBeDefined();
    const better = rows().filter(
      ([domain, cells]) =>
        cells['withID.FT'] > (paperTables().table3.SASRec[domain]['N@10']['trainable.FT'] as number),
    );
    expect(better).toHaveLength(2);
  },
];
