/**
 * SASRec's training samples (method 7.3): at every position of a user's training part the next item is the
 * label. Makes the feeds of one update from the rows of its users; the program that takes them stands in
 * programs.ts.
 */
import { trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';
import type { Feeds } from '../../engine/types';
import type { Random } from '../../random';
import type { Rounding } from '../fewSizes';
import type { Batch } from './batch';
import { type ItemSampler, uniformOutside } from './negativeSampling';
import type { RecommenderOptions } from './options';
import { forEachPosition, packSequences } from './packedFeeds';

type Options = Pick<RecommenderOptions, 'loss' | 'negatives' | 'maxLength' | 'logQ' | 'paddingAsClass'>;

export function sasrecBatch(
  dataset: Dataset,
  users: Int32Array,
  options: Options,
  random: Random,
  sampler: ItemSampler,
  rows?: Rounding,
): Batch {
  const { loss, negatives: k, maxLength, logQ, paddingAsClass } = options;
  const parts = Array.from(users, (row) => trainPart(dataset, row).slice(-maxLength - 1));
  const { plan, feeds } = packSequences(
    parts.map((part) => part.subarray(0, part.length - 1)),
    maxLength,
    rows,
  );
  const size = plan.rows * maxLength;
  const labels = new Int32Array(size).fill(1);
  const weights = new Float32Array(size);
  forEachPosition(plan, (place, sequence, index) => {
    labels[place] = parts[sequence][index + 1];
    weights[place] = 1 / plan.used;
  });
  const all: Feeds = { ...feeds, labels, weights };
  // D11 as coded: the mean runs over all slots, padded ones (class 0) included.
  if (paddingAsClass) all.paddedShare = 1 - plan.used / (users.length * maxLength);
  if (loss === 'bce') {
    const drawn = new Int32Array(size * k).fill(1);
    forEachPosition(plan, (place, sequence) => {
      // Not among the user's training items, the cut-off ones included; validation and test items may be
      // drawn.
      const taken = trainPart(dataset, users[sequence]);
      for (let n = 0; n < k; n++) drawn[place * k + n] = uniformOutside(taken, dataset.items, random);
    });
    all.negatives = drawn;
  } else if (loss === 'sampled') {
    const drawn = Int32Array.from({ length: k }, () => sampler.draw(random));
    all.negatives = drawn;
    if (logQ !== 'none') all.logQ = Float32Array.from(drawn, (item) => sampler.logExpected(item, k));
    if (logQ === 'both') all.logQLabels = Float32Array.from(labels, (item) => sampler.logExpected(item, k));
  }
  return { rows: plan.rows, feeds: all };
}
