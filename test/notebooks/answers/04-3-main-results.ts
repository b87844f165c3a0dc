import { expect } from 'vitest';
import { allCells, cellNodes } from '../../../lib/src/experiments/cells';
import { profile } from '../../../lib/src/experiments/profiles';
import { compareColumns } from '../../../lib/src/report';
import type { Answer } from './answer';

/** True where a profile of one seed finds all runs of some tables among those of the whole profile. */
export function oneSeedTrainsNothing(tables: readonly string[]): boolean {
  const keys = (overrides: string[]): string[] => {
    const chosen = profile('mini', overrides);
    return allCells(chosen).filter(({ table }) => tables.includes(table)).flatMap((cell) => cellNodes(chosen, cell) ?? []).map(({ key }) => key);
  };
  const [all, one] = [new Set(keys([])), keys(['recommender.seeds=[1]'])];
  return one.length > 0 && one.length < all.size * 2 && one.every((key) => all.has(key));
}

export const answers: readonly Answer[] = [
  async (session) => {
    const curves = await session.trainingCurves('Pantry');
    expect(curves.map(({ domain }) => domain)).toEqual(Array(4).fill('Pantry'));
    expect((await session.trainingCurves())[0].domain).not.toBe('Pantry');
    expect(new Set(curves.map(({ label }) => label)).size).toBe(4);
  },
  async (session) => {
    const table = await session.table3('SASRec');
    for (const column of ['REC', 'freeze.FT', 'trainable.FT', 'trainable.lexical']) expect(compareColumns(table, column, 'SAS', 'H@5')).toMatch(/^At H@5, .* on \d of \d/);
  },
  () => expect(oneSeedTrainsNothing(['table3'])).toBe(true),
];
