/**
 * SASRec's training samples (method 7.3): at every position of a user's training part the next item is the
 * label. Makes the feeds of one update from the rows of its users; the program is in sasrec.ts.
 */
import { trainPart } from '../../../data/splits';
import type { Batch } from '../batch';
import { forEachPosition, packSequences } from '../packedFeeds';
import type { BatchInput } from './model';

export function sasrecBatch({ dataset, users, options, random, negatives, shapes }: BatchInput): Batch {
  const { maxLength, paddingAsClass } = options;
  const parts = Array.from(users, (row) => trainPart(dataset, row).slice(-maxLength - 1));
  const { plan, feeds } = packSequences(
    parts.map((part) => part.subarray(0, part.length - 1)),
    maxLength,
    shapes.rows,
  );
  const size = plan.rows * maxLength;
  const labels = new Int32Array(size).fill(1);
  const weights = new Float32Array(size);
  forEachPosition(plan, (place, sequence, index) => {
    labels[place] = parts[sequence][index + 1];
    weights[place] = 1 / plan.used;
  });
  return {
    rows: plan.rows,
    feeds: {
      ...feeds,
      labels,
      weights,
      // D11 as coded: the mean runs over all slots, including padded ones (class 0).
      ...(paddingAsClass && { paddedShare: 1 - plan.used / (users.length * maxLength) }),
      ...negatives({ users, plan, labels }, random),
    },
  };
}
