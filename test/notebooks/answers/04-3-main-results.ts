import { expect } from 'vitest';
import { allCells } from '../../../lib/src/experiments/cells';
import { experiment } from '../../../lib/src/experiments/experiment';
import { profile } from '../../../lib/src/experiments/profiles';
import { closure, type StageNode } from '../../../lib/src/pipeline/stage';
import { compareColumns } from '../../../lib/src/report';
import type { Answer } from './answer';

/**
 * True where a second seed of some tables needs more recommenders, and nothing else that the first has not
 * got.
 */
export function secondSeedTrainsRecommendersOnly(tables: readonly string[]): boolean {
  const stages = (overrides: string[]): StageNode[] => {
    const chosen = experiment(profile('mini', overrides));
    return closure(
      allCells(chosen)
        .filter(({ table }) => tables.includes(table))
        .flatMap((cell) => chosen.cell(cell) ?? []),
    );
  };
  const [one, two] = [new Set(stages([]).map(({ key }) => key)), stages(['recommender.seeds=[1, 2]'])];
  const more = two.filter(({ key }) => !one.has(key));
  return (
    two.length - more.length === one.size &&
    more.length > 0 &&
    more.every(({ kind }) => kind.name === 'recommender')
  );
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
    for (const column of ['REC', 'freeze.FT', 'trainable.FT', 'trainable.lexical'])
      expect(compareColumns(table, column, 'SAS', 'H@5')).toMatch(/: H@5 .* on \d of \d/);
  },
  () => expect(secondSeedTrainsRecommendersOnly(['table3'])).toBe(true),
];
