import { join } from 'node:path';
import { expect } from 'vitest';
import { openResults } from '../../../lib/src/experiments/results/fileAnswers';
import { SWEEPS, type GainPoint } from '../../../lib/src/experiments/views/whenItHelps';
import { folders } from '../../../lib/src/project';
import type { Answer } from './answer';
import { foldedCode } from './foldedCode';

const pointsOf = () => openResults(join(folders.results, 'when.json')).whenItHelps();

export const answers: readonly Answer[] = [
  async () => {
    const texts = (await pointsOf()).filter(({ sweep }) => sweep === 'texts');
    expect(new Set(texts.map(({ at }) => at)).size).toBeGreaterThan(1);
    expect(new Set(texts.map(({ random }) => JSON.stringify(random.values))).size).toBe(1);
  },
  async () => {
    const points = await pointsOf();
    const largest = (among: readonly GainPoint[]): GainPoint['sweep'] => {
      const range = (sweep: GainPoint['sweep']): number => {
        const gains = among
          .filter((point) => point.sweep === sweep && point.table === 'PT')
          .map(({ gain }) => gain.mean);
        return Math.max(...gains) - Math.min(...gains);
      };
      return [...SWEEPS].sort((a, b) => range(b) - range(a))[0];
    };
    expect(largest(points)).toBe('users');
    const fewest = points.filter(({ sweep, setting }) => sweep === 'users' && setting === 0.25);
    expect(fewest.map(({ users }) => users)).toEqual([150, 150, 150]);
    expect(fewest.find(({ table }) => table === 'PT')?.gain.spread).toBeGreaterThan(20);
    expect(largest(points.filter((point) => !fewest.includes(point)))).toBe('scale');
  },
  async () => {
    const points = await pointsOf();
    const best = foldedCode<GainPoint>('06-when-it-helps', { points });
    const gains = points.filter(({ table }) => table === 'PT').map(({ gain }) => gain.mean);
    expect(best.table).toBe('PT');
    expect(best.gain.mean).toBe(Math.max(...gains));
  },
];
