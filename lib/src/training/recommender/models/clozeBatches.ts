/**
 * BERT4Rec's training samples (method 8.2): one per user and epoch, mostly cloze, sometimes the last item
 * only. Makes the feeds of one update from the rows of its users; the program is in bert4rec.ts.
 */
import { trainPart } from '../../../data/splits';
import { maskToken } from '../../../models/bert4rec';
import type { Random } from '../../../random';
import type { Batch } from '../batch';
import { packSequences } from '../packedFeeds';
import type { BatchInput } from './model';

/**
 * Share of samples that are cloze; share of items chosen in them; of those, the shares masked and replaced.
 */
const CLOZE = 0.91;
const CHOSEN = 0.15;
const MASKED = 0.8;
const REPLACED = 0.1;

export interface ClozeSample {
  /** Input ids of the newest maxLength items. */
  input: Int32Array;
  /** Original id where something is to be predicted, else 0. */
  labels: Int32Array;
}

/**
 * Masks a whole training part, then keeps the newest `maxLength` positions. A sample may have no label.
 * `items`: how many there are.
 */
export function clozeSample(part: Int32Array, items: number, maxLength: number, random: Random): ClozeSample {
  const input = Int32Array.from(part);
  const labels = new Int32Array(part.length);
  if (random.uniform() < CLOZE) {
    for (let i = 0; i < part.length; i++) {
      if (random.uniform() >= CHOSEN) continue;
      labels[i] = part[i];
      const fate = random.uniform();
      if (fate < MASKED) input[i] = maskToken(items);
      else if (fate < MASKED + REPLACED) input[i] = 1 + random.integer(items);
    }
  } else {
    labels[part.length - 1] = part[part.length - 1];
    input[part.length - 1] = maskToken(items);
  }
  return { input: input.slice(-maxLength), labels: labels.slice(-maxLength) };
}

export function clozeBatch({
  dataset,
  users,
  options: { maxLength },
  random,
  shapes,
}: Omit<BatchInput, 'negatives'>): Batch {
  const samples = Array.from(users, (row) =>
    clozeSample(trainPart(dataset, row), dataset.items, maxLength, random),
  );
  const { plan, feeds } = packSequences(
    samples.map(({ input }) => input),
    maxLength,
    shapes.rows,
  );
  const found: number[] = [];
  samples.forEach(({ labels }, k) => {
    labels.forEach((label, j) => {
      if (label > 0) found.push(plan.row[k] * maxLength + plan.start[k] + j, label);
    });
  });
  const count = found.length / 2;
  const labelled = shapes.labelled(count);
  const places = new Int32Array(labelled);
  const labels = new Int32Array(labelled);
  const weights = new Float32Array(labelled);
  for (let i = 0; i < count; i++) {
    places[i] = found[2 * i];
    labels[i] = found[2 * i + 1];
    weights[i] = 1 / count;
  }
  return { rows: plan.rows, labelled, feeds: { ...feeds, places, labels, weights } };
}
