import { expect } from 'vitest';
import type { Answer } from './answer';

const SOURCES = ['lexical', 'LF', 'PT', 'FT'] as const;

export const answers: readonly Answer[] = [
  async (session) => {
    const [lexical, tuned] = await Promise.all((['lexical', 'FT'] as const).map((source) => session.nearestItems('Pantry', source, 20)));
    expect([lexical[0], tuned[0]].map(({ id }) => id)).toEqual([20, 20]);
    const shared = lexical.slice(1).filter(({ id }) => tuned.slice(1).some((item) => item.id === id));
    expect(shared.length).toBeLessThan(4);
  },
  async (session) => {
    const near = await session.nearestItems('Pantry', 'LF', 7);
    expect(near).toHaveLength(6);
    expect(near[0].id).toBe(7);
  },
  async (session) => {
    const maps = await Promise.all(SOURCES.map((source) => session.itemMap('Pantry', source)));
    expect([...maps].sort((a, b) => b.sameCategory - a.sameCategory)[0].source).toBe('lexical');
  },
];
