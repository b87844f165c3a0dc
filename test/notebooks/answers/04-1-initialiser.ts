import { expect } from 'vitest';
import { simulateDomain } from '../../../lib/src/data/simulation';
import { mapItems } from '../../../lib/src/experiments/views/itemMap';
import { nearest } from '../../../lib/src/experiments/views/nearestItems';
import { lexicalTable, withPaddingRow } from '../../../lib/src/text';
import type { Answer } from './answer';

const SOURCES = ['lexical', 'LF', 'PT', 'FT'] as const;

/** An item of a category; the other words are its own alone. */
const item = (n: number, category: string) => ({
  title: `first${n} second${n}`,
  brand: `brand${n}`,
  category,
});

export const answers: readonly Answer[] = [
  async (session) => {
    const [lexical, tuned] = await Promise.all(
      (['lexical', 'FT'] as const).map((source) => session.nearestItems('Pantry', source, 20)),
    );
    expect([lexical[0], tuned[0]].map(({ id }) => id)).toEqual([20, 20]);
    for (const near of [lexical, tuned]) expect(new Set(near.map(({ id }) => id)).size).toBe(6);
  },
  async (session) => {
    const near = await session.nearestItems('Pantry', 'LF', 7);
    expect(near).toHaveLength(6);
    expect(near[0].id).toBe(7);
    const { itemTexts } = simulateDomain('Pantry', { size: 'mini' });
    const table = lexicalTable(itemTexts, 4, 1);
    const ofCategory = (rank: number): number =>
      itemTexts.filter(({ category }, i) => nearest(table, itemTexts, i + 1, 5)[rank].category === category)
        .length / itemTexts.length;
    const { sameCategory } = mapItems(table, itemTexts, 'lexical', 'Pantry');
    expect(sameCategory).toBe(ofCategory(1));
    expect(sameCategory).not.toBe(ofCategory(5));
  },
  async (session) => {
    const maps = await Promise.all(SOURCES.map((source) => session.itemMap('Pantry', source)));
    const sorted = [...maps].sort((a, b) => b.sameCategory - a.sameCategory).map(({ source }) => source);
    expect([...sorted].sort()).toEqual([...SOURCES].sort());
    expect(maps[0].sameCategory).toBeGreaterThan(maps[0].byChance);
    const texts = [item(1, 'soap'), item(2, 'tea'), item(3, 'soap'), item(4, 'tea')];
    expect(mapItems(lexicalTable(texts, 4, 1), texts, 'lexical', '').sameCategory).toBe(1);
    const unlike = withPaddingRow([1, 0, 1, 0.1, 0, 1, 0.1, 1], 4, 2);
    expect(mapItems(unlike, texts, 'other', '').sameCategory).toBe(0);
  },
];
