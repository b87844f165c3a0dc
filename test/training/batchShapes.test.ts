/**
 * Few input shapes: the least padding that so many sizes allow, every batch fits, and a run compiles no more
 * than that.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fewSizes } from '../../lib/src/training/fewSizes';
import { batchShapes } from '../../lib/src/training/recommender/batchShapes';
import { recommenderOptions } from '../../lib/src/training/recommender/options';
import { recommenderModel } from '../../lib/src/training/recommender/models';
import { libraryLoss } from '../../lib/src/training/losses';
import { negativeFeeds } from '../../lib/src/training/recommender/negativeSampling';
import { trainableUsers, userBatches } from '../../lib/src/training/recommender/userBatches';
import { createRandom } from '../../lib/src/random';
import { smallDataset } from '../evaluation/smallDataset';

describe('few sizes', () => {
  it('hold everything seen, are at most as many as allowed, and no other choice pads less', () => {
    const seen = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(seen, fc.integer({ min: 1, max: 3 }), (values, most) => {
        const round = fewSizes(values, most, () => -1);
        const given = values.map(round);
        expect(given.every((size, i) => size >= values[i])).toBe(true);
        expect(new Set(given).size).toBeLessThanOrEqual(most);
        const total = given.reduce((a, b) => a + b, 0);
        const largest = Math.max(...values);
        for (let a = 1; a <= largest; a++) {
          for (let b = a; b <= largest; b++) {
            const sizes = [a, b, largest].slice(3 - most);
            const padded = values.reduce((sum, value) => sum + sizes.find((size) => size >= value)!, 0);
            expect(total).toBeLessThanOrEqual(padded);
          }
        }
      }),
    );
  });

  it('leave to the other rule what is larger than all that was seen', () => {
    expect(fewSizes([3, 4], 2, (needed) => needed + 100)(5)).toBe(105);
    expect(fewSizes([], 2, (needed) => needed + 100)(5)).toBe(105);
  });
});

describe('shapes of a run', () => {
  const dataset = smallDataset({ users: 900, items: 150 });

  it.each(['sasrec', 'bert4rec'] as const)('%s: all batches of later epochs come to a handful', (model) => {
    const options = recommenderOptions({ model, batch: 50, maxLength: 10, userSampling: 'shuffled' });
    const users = trainableUsers(dataset, 2);
    const shapes = batchShapes(dataset, users, options);
    const negatives = negativeFeeds(dataset, libraryLoss(options.loss), options);
    const { batch: make } = recommenderModel(model);
    const random = createRandom(1);
    const seen = new Map<string, number>();
    let batches = 0;
    for (let epoch = 3; epoch < 13; epoch++) {
      for (const rows of userBatches(dataset, users, epoch, options)) {
        const batch = make({ dataset, users: rows, options, random, negatives, shapes });
        const key = `${batch.rows}/${batch.labelled}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        batches++;
      }
    }
    // A batch larger than all of the first epochs may bring a shape of its own; it must be rare.
    const most = [...seen.values()]
      .sort((a, b) => b - a)
      .slice(0, model === 'sasrec' ? 3 : 4)
      .reduce((a, b) => a + b, 0);
    expect(most / batches).toBeGreaterThan(0.95);
  });
});
