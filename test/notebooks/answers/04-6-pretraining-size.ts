import { expect } from 'vitest';
import { secondSeedTrainsRecommendersOnly } from './04-3-main-results';
import type { Answer } from './answer';

export const answers: readonly Answer[] = [
  async (session) => {
    const [points, table] = [await session.figure2(), await session.table3('SASRec')];
    const [first, last] = [points[0], points.filter(({ domain }) => domain === points[0].domain).at(-1)];
    expect([first.percent, last?.percent]).toEqual([0, 100]);
    const row = table.rows.find(({ dataset, metric }) => dataset === first.domain && metric === 'H@10');
    expect(row?.cells['trainable.LF']?.ours?.values).toEqual(first.values['H@10'].values);
    expect(row?.cells['trainable.PT']?.ours?.values).toEqual(last?.values['H@10'].values);
    const runs = (table: 'figure2' | 'table3', column: string) =>
      session.experiment.cell({ table, domain: first.domain, column })?.map(({ key }) => key);
    expect(runs('figure2', '0')).toEqual(runs('table3', 'trainable.LF'));
    expect(runs('figure2', '100')).toEqual(runs('table3', 'trainable.PT'));
    expect(runs('figure2', '100')).not.toEqual(runs('figure2', '0'));
  },
  async (session) => {
    const points = await session.figure2();
    for (const [i, point] of points.entries()) {
      if (i === 0 || points[i - 1].domain !== point.domain) continue;
      expect(point.sequences).toBeGreaterThan(points[i - 1].sequences);
      expect(point.updates).toBeGreaterThanOrEqual(points[i - 1].updates);
    }
    const last = points[points.length - 1];
    for (const { domain, percent, updates } of points)
      if (domain === last.domain && percent < 100) expect(updates).toBeLessThan(last.updates);
  },
  () => expect(secondSeedTrainsRecommendersOnly(['figure2'])).toBe(true),
];
