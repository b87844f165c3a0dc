/** BERT4Rec's samples: labels only where masked, 9 % last-item samples, mask id V + 1 (method 8.2, 16.6). */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../lib/src/random';
import { roundLabels } from '../../lib/src/training/recommender/batchShapes';
import { clozeBatch, clozeSample } from '../../lib/src/training/recommender/models/clozeBatches';
import { recommenderOptions } from '../../lib/src/training/recommender/options';
import { roundRows } from '../../lib/src/training/recommender/packedFeeds';
import { recommenderBatches } from '../../lib/src/training/recommender/recommenderBatches';
import { smallDataset } from '../evaluation/smallDataset';

const V = 500;
const items = Int32Array.from({ length: 20 }, (_, i) => i + 1);

describe('cloze samples', () => {
  const random = createRandom(4);
  const samples = Array.from({ length: 20_000 }, () => clozeSample(items, V, 50, random));

  it('change nothing but labelled positions, and label with the original', () => {
    const wrong = samples.filter(({ input, labels }) =>
      labels.some((label, i) => (label === 0 ? input[i] : label) !== items[i]),
    );
    expect(wrong).toEqual([]);
  });

  it('mask, replace and keep in the shares 0.8, 0.1, 0.1 of 0.15, and the last item alone in 9 %', () => {
    let [masked, kept, replaced, chosen, lastOnly] = [0, 0, 0, 0, 0];
    for (const { input, labels } of samples) {
      const places = [...labels.keys()].filter((i) => labels[i] > 0);
      // A last-item sample cannot be told from a cloze sample that chose the last item alone: left out of the
      // shares.
      if (places.length === 1 && places[0] === 19 && input[19] === V + 1) {
        lastOnly++;
        continue;
      }
      chosen += places.length;
      for (const i of places) {
        if (input[i] === V + 1) masked++;
        else if (input[i] === items[i]) kept++;
        else replaced++;
      }
    }
    expect(masked / chosen).toBeCloseTo(0.8, 1.7);
    expect(replaced / chosen).toBeCloseTo(0.1, 1.7);
    expect(kept / chosen).toBeCloseTo(0.1, 1.7);
    const clozeLooksSo = 0.91 * 0.15 * 0.8 * 0.85 ** 19;
    expect(lastOnly / samples.length).toBeCloseTo(0.09 + clozeLooksSo, 2);
  });

  it('keep the newest positions of a long history', () => {
    const long = Int32Array.from({ length: 80 }, (_, i) => i + 1);
    const { input, labels } = clozeSample(long, V, 50, createRandom(1));
    expect(input.length).toBe(50);
    expect(labels.length).toBe(50);
    input.forEach((id, i) => expect(labels[i] > 0 ? labels[i] : id).toBe(31 + i));
  });

  it('come as often in an epoch as there are passes, each masked and ordered again', () => {
    const dataset = smallDataset({ users: 40, items: 60 });
    const of = (passes: number, epoch: number): string[] => {
      const { total, batches } = recommenderBatches(
        dataset,
        recommenderOptions({ model: 'bert4rec', dim: 8, batch: 20, passes }),
      )(epoch);
      const made = Array.from(batches, ({ feeds }) =>
        [...(feeds.labels as Int32Array)].filter((label) => label > 0).join(),
      );
      expect(made.length).toBe(total);
      return made;
    };
    expect(of(1, 0).length).toBe(2);
    const three = [...of(3, 0), ...of(3, 1)];
    expect(three.length).toBe(12);
    expect(new Set(three).size).toBe(12);
  });

  it('come with weights that make the mean over labelled positions', () => {
    const dataset = smallDataset();
    const { feeds, rows, labelled } = clozeBatch({
      dataset,
      users: Int32Array.from({ length: 40 }, (_, i) => i),
      options: { maxLength: 50, paddingAsClass: false },
      random: createRandom(2),
      shapes: { rows: roundRows, labelled: roundLabels },
    });
    const weights = feeds.weights as Float32Array;
    expect(weights.length).toBe(labelled);
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    const at = feeds.items as Int32Array;
    expect(at.length).toBe(rows * 50);
    weights.forEach((weight, i) => {
      const label = (feeds.labels as Int32Array)[i];
      expect(weight > 0).toBe(label > 0);
    });
  });
});
