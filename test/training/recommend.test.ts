/**
 * Next items for any history: the rule of a ring is found, scores rank as evaluation does, and wrong
 * histories are named.
 */
import { describe, expect, it } from 'vitest';
import { history } from '../../lib/src/data';
import { InputError } from '../../lib/src/errors';
import { recommend, type RecommenderResult, trainRecommender } from '../../lib/src/training';
import { ringDataset, smallDataset } from '../evaluation/smallDataset';

const ring = ringDataset(12, 16, 8);
const keys = (ids: readonly number[]): string[] => ids.map((id) => `i${id}`);

describe('recommend', () => {
  let trained: RecommenderResult;
  it('continues where the history stops', async () => {
    trained = await trainRecommender({
      dataset: ring,
      model: 'sasrec',
      loss: 'ce',
      dim: 32,
      heads: 1,
      maxLength: 10,
      batch: 12,
      epochs: 120,
      patience: 120,
      dropout: 0,
      learningRate: 0.01,
      selection: 'full',
      threads: 1,
      userSampling: 'shuffled',
    });
    const [one, two] = await recommend(trained, ring, [keys([3, 4, 5, 6]), keys([14, 15, 16, 1, 2])], {
      top: 3,
    });
    expect([one[0].item, two[0].item]).toEqual(['i7', 'i3']);
    expect(one).toHaveLength(3);
    expect(one[0].score).toBeGreaterThan(one[1].score);
    expect(one.map(({ item }) => item)).not.toContain('i6');
  });

  it.each(['sasrec', 'bert4rec'] as const)('of %s ranks as evaluation ranks', async (model) => {
    const dataset = smallDataset();
    const result = await trainRecommender({
      dataset,
      model,
      loss: 'ce',
      dim: 8,
      heads: 1,
      maxLength: 6,
      batch: 60,
      epochs: 2,
      threads: 1,
    });
    const users = [0, 3, 7];
    const histories = users.map((k) => keys([...history(dataset, result.evaluation.users[k], 'test')]));
    const lists = await recommend(result, dataset, histories, { top: dataset.items, repeats: true });
    users.forEach((k, i) => {
      const place = lists[i].findIndex(({ item }) => item === `i${result.evaluation.targets[k]}`);
      // Two programs, two orders of summing: places may differ where scores are equal but for the last bits.
      expect(Math.abs(place - result.evaluation.ranks.full.above[k])).toBeLessThanOrEqual(1);
    });
  });

  // BERT4Rec then reads the mask token alone, whatever the history was.
  it.each(['sasrec', 'bert4rec'] as const)(
    'of %s that reads one item ranks as evaluation does',
    async (model) => {
      const result = await trainRecommender({
        dataset: ring,
        model,
        loss: 'ce',
        dim: 8,
        heads: 1,
        maxLength: 1,
        batch: 12,
        epochs: 1,
        threads: 1,
      });
      const { users, targets, ranks } = result.evaluation;
      const histories = Array.from(users.subarray(0, 3), (row) => keys([...history(ring, row, 'test')]));
      const lists = await recommend(result, ring, histories, { top: ring.items, repeats: true });
      lists.forEach((list, k) =>
        expect(list.findIndex(({ item }) => item === `i${targets[k]}`)).toBe(ranks.full.above[k]),
      );
    },
  );

  it('names an empty history, an item that is not there, and another dataset', async () => {
    await expect(recommend(trained, ring, [['i1'], []])).rejects.toThrow(
      /history 2: expected at least one item, got an empty history/,
    );
    await expect(recommend(trained, ring, [['i1', 'i99']])).rejects.toThrow(
      /history 1: expected items of the dataset, got "i99"\. Did you mean/,
    );
    await expect(recommend(trained, smallDataset(), [['i1']])).rejects.toThrow(
      /expected the dataset [0-9a-f]{32} that the model was trained on, got small [0-9a-f]{32}/,
    );
    expect(await recommend(trained, ring, [])).toEqual([]);
  });

  it.each<[string, unknown, number, RegExp]>([
    [
      'a flat list',
      ['i1', 'i2'],
      1,
      /history 1: expected a list of items, got string "i1"\. A single history/,
    ],
    ['one item', 'i1', 1, /recommend: expected a list of histories, got string "i1"/],
    ['nothing', undefined, 1, /expected a list of histories, got undefined/],
    ['numbers', [[1, 2]], 1, /history 1: expected items by their key, a string, got number 1/],
    ['a negative top', [['i1']], -1, /recommend, top: expected a whole number of at least 1, got number -1/],
    ['half a top', [['i1']], 1.5, /got number 1\.5/],
    ['no number as top', [['i1']], '3' as unknown as number, /got string "3"/],
  ])('names %s', async (_, histories, top, message) => {
    const outcome = recommend(trained, ring, histories as string[][], { top });
    await expect(outcome).rejects.toThrow(message);
    await expect(outcome).rejects.toThrow(InputError);
  });
});
