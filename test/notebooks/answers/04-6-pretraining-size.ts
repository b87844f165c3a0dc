import { expect } from 'vitest';
import { secondSeedTrainsRecommendersOnly } from './04-3-main-results';
import type { Answer } from './answer';

export const answers: readonly Answer[] = [
  async (session) => {
    for (const { values } of await session.figure2()) expect(values['H@10'].mean).toBeGreaterThanOrEqual(values['H@5'].mean);
  },
  async (session) => {
    const points = await session.figure2();
    for (const [i, point] of points.entries()) {
      if (i === 0 || points[i - 1].domain !== point.domain) continue;
      expect(point.sequences).toBeGreaterThan(points[i - 1].sequences);
      expect(point.updates).toBeGreaterThanOrEqual(points[i - 1].updates);
    }
  },
  () => expect(secondSeedTrainsRecommendersOnly(['figure2'])).toBe(true),
];
