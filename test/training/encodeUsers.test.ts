/** Users encoded in packed runs: each as if alone, whatever the number of runs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dataset, type EvaluationSplit, history } from '../../lib/src/data';
import { createEngine } from '../../lib/src/engine';
import type { Engine } from '../../lib/src/engine/types';
import { createRandom } from '../../lib/src/random';
import { encode, encoderRuns } from '../../lib/src/training/recommender/encodeUsers';
import { recommenderOptions } from '../../lib/src/training/recommender/options';
import { packSequences } from '../../lib/src/training/recommender/packedFeeds';
import { userEncoderProgram } from '../../lib/src/training/recommender/programs';
import { startingPoint } from '../../lib/src/training/recommender/variants';
import { smallDataset } from '../evaluation/smallDataset';
import { shaken } from '../models/plainTensors';

const [dim, maxLength] = [8, 10];
const few = smallDataset({ users: 40, items: 60 });
const many = smallDataset({ users: 200, items: 60, seed: 5 });

describe.each(['sasrec', 'bert4rec'] as const)('users of %s', (model) => {
  const options = recommenderOptions({ model, dim, maxLength, heads: 2 });
  const sequenceOf = (dataset: Dataset, row: number, split: EvaluationSplit): number[] => {
    const items = Array.from(history(dataset, row, split));
    return (model === 'sasrec' ? items : [...items, dataset.items + 1]).slice(-maxLength);
  };
  let engine: Engine;
  beforeAll(async () => void (engine = await createEngine({ provider: 'cpu', threads: 1 })));
  afterAll(() => engine.dispose());

  it.each([
    ['one run', few],
    ['several runs', many],
  ] as const)('have the vectors they have alone: %s', async (name, dataset) => {
    const runs = encoderRuns(dataset, options);
    expect(runs.validation.length > 1).toBe(name === 'several runs');
    // The test's histories are longer.
    expect(runs.test.length).toBeGreaterThan(runs.validation.length);
    const state = engine.createState(shaken(startingPoint(dataset, options).tensors, createRandom(4)));
    const together = await engine.compile(
      userEncoderProgram(options, { items: dataset.items, rows: runs.rows, places: runs.places }),
      state,
    );
    const alone = await engine.compile(
      userEncoderProgram(options, { items: dataset.items, rows: 1, places: 1 }),
      state,
    );
    const users = dataset.evaluationUsers.length;
    for (const split of ['validation', 'test'] as const) {
      const vectors = await encode(together, runs[split], users, dim);
      let worst = 0;
      for (let user = 0; user < users; user++) {
        const sequence = sequenceOf(dataset, dataset.evaluationUsers[user], split);
        const { hidden } = await alone.run({
          ...packSequences([sequence], maxLength).feeds,
          places: Int32Array.of(sequence.length - 1),
        });
        hidden.data.forEach(
          (value, e) => (worst = Math.max(worst, Math.abs(value - vectors[user * dim + e]))),
        );
      }
      expect(worst).toBeLessThan(1e-5);
    }
  });

  it.each([
    [0, 0],
    [1, 1],
  ])('may be %i', (users, count) => {
    const { rows, places, validation, test } = encoderRuns(
      { ...few, evaluationUsers: few.evaluationUsers.slice(0, users) },
      options,
    );
    expect([rows, places, validation.length, test.length]).toEqual([1, 1, count, count]);
  });

  it('fill the runs of validation evenly', () => {
    const { rows, validation } = encoderRuns(many, options);
    const used = validation.map(
      ({ feeds }) =>
        Array.from({ length: rows }, (_, row) => feeds.segments[row * maxLength]).filter(
          (segment) => segment > 0,
        ).length,
    );
    expect(Math.max(...used)).toBe(rows);
    expect(Math.min(...used)).toBeGreaterThanOrEqual(rows - 1);
  });
});
