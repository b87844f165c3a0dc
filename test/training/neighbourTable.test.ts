/**
 * Item vectors from behaviour: near for items that stand near each other in training, blind to what is held
 * out.
 */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../lib/src/random';
import { neighbourTable, trainRecommender } from '../../lib/src/training';
import { datasetFrom } from '../data/support';

const DIM = 2;
/** Items 1 to 5 and 6 to 10 are bought by different users; item 11 is only held out. */
const groups = (heldOut: number) =>
  datasetFrom(
    Array.from({ length: 40 }, (_, user) => {
      const random = createRandom(user);
      return [
        ...Array.from({ length: 8 }, () => 1 + (user % 2) * 5 + random.integer(5)),
        ...[heldOut, heldOut],
      ];
    }),
    11,
  );

describe('the table of neighbours', () => {
  const table = neighbourTable(groups(11), { dim: DIM, seed: 1 });
  const row = (item: number): number[] => Array.from(table.data.subarray(item * DIM, (item + 1) * DIM));
  const cosine = (a: number, b: number): number => {
    const dot = (x: number[], y: number[]): number => x.reduce((sum, value, k) => sum + value * y[k], 0);
    return dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b)));
  };

  it('has near vectors for items that stand near each other', () => {
    expect([cosine(1, 2), cosine(3, 5), cosine(6, 9)].every((value) => value > 0.5)).toBe(true);
    expect(Math.abs(cosine(1, 6))).toBeLessThan(0.1);
  });

  it('has the scale of a random table, twice', () => {
    const squares = table.data.reduce((sum, value) => sum + value ** 2, 0);
    // Each of 2 columns has 11 values of mean square 4 * 2 / (12 + 2).
    expect(squares).toBeCloseTo((2 * 11 * 4 * 2) / 14, 4);
  });

  it('knows nothing of held-out items, and is the same each time', () => {
    expect(row(0)).toEqual([0, 0]);
    expect(row(11).map(Math.abs)).toEqual([0, 0]);
    expect(neighbourTable(groups(3), { dim: DIM, seed: 1 })).toEqual(table);
  });

  it('has zeros beyond the rank', () => {
    const two = datasetFrom([[1, 2, 1, 2, 1, 2]]);
    const { data } = neighbourTable(two, { dim: 5, seed: 1 });
    expect(Array.from(data.subarray(7, 10))).toEqual([0, 0, 0]);
  });
});

it('items with few events are learnt sooner from it than from random vectors', async () => {
  // Each user buys from one of 40 groups of 10 items.
  const dataset = datasetFrom(
    Array.from({ length: 120 }, (_, user) => {
      const random = createRandom(user);
      return Array.from({ length: 12 }, () => 1 + (user % 40) * 10 + random.integer(10));
    }),
    400,
  );
  const request = {
    dataset: { ...dataset, kind: 'own' },
    model: 'sasrec',
    dim: 32,
    epochs: 1,
    threads: 1,
    compare: false,
  } as const;
  const adapted = await trainRecommender(request);
  const random = await trainRecommender({ ...request, variant: 'base' });
  expect([adapted, random].map(({ options }) => options.variant)).toEqual(['trainable', 'base']);
  const ndcg = ({ validation }: typeof adapted): number => validation.sampled['NDCG@10'];
  expect(ndcg(adapted)).toBeGreaterThan(1.3 * ndcg(random));
});
