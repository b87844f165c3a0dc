/**
 * Turns long histories into several training samples: each window of a user's training part is a user of its
 * own. For training only; nobody is evaluated on it.
 */
import { SHORTEST_EVALUATED, trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';

/**
 * `dataset` with a row per window. The newest window ends where the training part ends, the one before it
 * `maxLength` items earlier, and so on. Each has at most maxLength + 1 items, so every pair of neighbours in
 * a history is one label and its last input.
 *
 * As in any dataset, a row's last two items are held out. In a window they are the two that follow it in the
 * user's history, so `trainPart` of a row is the window. BERT4Rec sees the newest `maxLength` items of each.
 */
export function trainingWindows(dataset: Dataset, maxLength: number): Dataset {
  const { offsets, sequence } = dataset;
  const bounds: [start: number, end: number][] = [];
  for (let row = 0; row < dataset.users; row++) {
    const [start, end] = [offsets[row], offsets[row + 1]];
    const trained = trainPart(dataset, row).length;
    if (end - start < SHORTEST_EVALUATED) bounds.push([start, end]);
    else
      for (let last = trained; last >= Math.min(2, trained); last -= maxLength)
        bounds.push([start + Math.max(0, last - maxLength - 1), start + last + 2]);
  }
  const lengths = bounds.map(([start, end]) => end - start);
  const windowOffsets = new Int32Array(bounds.length + 1);
  lengths.forEach((length, k) => (windowOffsets[k + 1] = windowOffsets[k] + length));
  const windowSequence = new Int32Array(windowOffsets[bounds.length]);
  bounds.forEach(([start, end], k) => windowSequence.set(sequence.subarray(start, end), windowOffsets[k]));
  return {
    ...dataset,
    users: bounds.length,
    interactions: windowSequence.length,
    offsets: windowOffsets,
    sequence: windowSequence,
    evaluationUsers: new Int32Array(0),
  };
}
