/**
 * Negatives of the sampled softmax: drawn by their share in the training parts plus one, and corrected by
 * that share.
 */
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../lib/src/random';
import { itemSampler, uniformOutside } from '../../lib/src/training/recommender/negativeSampling';
import { recommenderOptions } from '../../lib/src/training/recommender/options';
import { recommenderBatches } from '../../lib/src/training/recommender/recommenderBatches';
import { datasetFrom } from '../data/support';

// In the training parts: 1 four times, 2 twice, 4 five times; 3 and 5 are held out alone.
const dataset = datasetFrom([
  [1, 1, 1, 1, 2, 3, 3],
  [2, 4, 4, 4, 4, 4, 5, 1],
]);
const popularity = [0, 5, 3, 1, 6, 1].map((count) => count / 16);
const uniform = [0, 1, 1, 1, 1, 1].map((count) => count / 5);

describe.each([
  ['popularity', popularity],
  ['uniform', uniform],
] as const)('drawn by %s', (distribution, shares) => {
  const sampler = itemSampler(dataset, distribution);

  it('items come as often as their share says', () => {
    const random = createRandom(12);
    const draws = 40_000;
    const counts = new Array<number>(shares.length).fill(0);
    for (let i = 0; i < draws; i++) counts[sampler.draw(random)]++;
    // Five standard deviations on either side.
    shares.forEach((share, item) =>
      expect(Math.abs(counts[item] - draws * share), `item ${item}`).toBeLessThanOrEqual(
        5 * Math.sqrt(draws * share * (1 - share)),
      ),
    );
  });

  it('the logarithm of the expected draws is that of the share', () => {
    for (const k of [1, 256])
      for (let item = 1; item <= 5; item++)
        expect(sampler.logExpected(item, k)).toBeCloseTo(Math.log(k * shares[item]), 12);
  });
});

it(
  'a draw by popularity falls on the item whose part of the line the number lies in, its end belonging ' +
    'to the next',
  () => {
    const sampler = itemSampler(dataset, 'popularity');
    const drawn = (uniform: number): number =>
      sampler.draw({ ...createRandom(1), uniform: () => uniform } satisfies Random);
    expect(Array.from({ length: 16 }, (_, k) => drawn(k / 16))).toEqual([
      1, 1, 1, 1, 1, 2, 2, 2, 3, 4, 4, 4, 4, 4, 4, 5,
    ]);
    expect([drawn(5 / 16 - 2 ** -32), drawn(1 - 2 ** -32)]).toEqual([1, 5]);
  },
);

it.each(['popularity', 'uniform'] as const)(
  'batches bring the negatives and corrections of %s',
  (negativeSampling) => {
    const options = recommenderOptions({
      model: 'sasrec',
      loss: 'sampled',
      negativeSampling,
      logQ: 'both',
      negatives: 4000,
      dim: 8,
      maxLength: 10,
      batch: 2,
      userSampling: 'shuffled',
    });
    const [{ feeds }] = [...recommenderBatches(dataset, options)(0).batches];
    const sampler = itemSampler(dataset, negativeSampling);
    const [negatives, labels] = [feeds.negatives as Int32Array, feeds.labels as Int32Array];
    expect(feeds.logQ).toEqual(Float32Array.from(negatives, (item) => sampler.logExpected(item, 4000)));
    expect(feeds.logQLabels).toEqual(Float32Array.from(labels, (item) => sampler.logExpected(item, 4000)));
    const share = (negativeSampling === 'popularity' ? popularity : uniform)[4];
    expect(Math.abs(negatives.filter((item) => item === 4).length - 4000 * share)).toBeLessThan(
      5 * Math.sqrt(4000 * share * (1 - share)),
    );
  },
);

it('negatives of a user are never among the given items; all others are equally likely', () => {
  const random = createRandom(3);
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < 12_000; i++) counts[uniformOutside(Int32Array.of(2, 5, 2), 6, random)]++;
  expect([counts[0], counts[2], counts[5]]).toEqual([0, 0, 0]);
  for (const item of [1, 3, 4, 6])
    expect(Math.abs(counts[item] - 3000)).toBeLessThan(5 * Math.sqrt(12_000 * 0.25 * 0.75));
  expect(() => uniformOutside(Int32Array.of(1, 2), 2, random)).toThrow(
    /no item outside a history of 2 items in a catalogue of 2/,
  );
});
