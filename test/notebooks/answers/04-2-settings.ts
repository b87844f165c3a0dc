import { evaluate } from 'mathjs';
import { expect } from 'vitest';
import { datasetStatistics } from '../../../lib/src/data';
import { calibratedParameters, simulateDomain } from '../../../lib/src/data/simulation';
import type { Answer } from './answer';

export const answers: readonly Answer[] = [
  () => {
    const [one, two] = [1, 2].map((seed) =>
      datasetStatistics(simulateDomain('Pantry', { size: 'mini', seed })),
    );
    expect(two.users).toBe(one.users);
    expect(two.interactions).not.toBe(one.interactions);
    expect(Math.abs(two.interactions / one.interactions - 1)).toBeLessThan(0.15);
  },
  () => expect(evaluate('(r < 10) / log2(r + 2)', { r: 100 })).toBe(0),
  () => {
    const { stay, category, complement } = calibratedParameters;
    expect(evaluate('stay + category + complement', { stay, category, complement })).toBeCloseTo(
      stay + category + complement,
      12,
    );
  },
];
