import { expect } from 'vitest';
import type { AttentionMap } from '../../../lib/src/experiments/views/attentionMaps';
import type { Answer } from './answer';

const starts = ({ items }: AttentionMap): number[] =>
  items.flatMap((item, i) => (item > 0 && items[i - 1] !== item ? [i] : []));

export const answers: readonly Answer[] = [
  async (session) => {
    const maps = await session.figure1();
    const last = maps[maps.length - 1];
    expect(last.domain).not.toBe(maps[0].domain);
    expect(starts(last)).not.toEqual(starts(maps[0]));
  },
  async (session) => {
    for (const map of await session.figure1()) {
      const words = starts(map).map((i) => map.tokens[i].replace('Ġ', ''));
      expect(words).toEqual(['title', 'title', 'title']);
      expect(map.tokens.filter((token) => token.replace('Ġ', '') === 'title')).toHaveLength(3);
    }
  },
];
