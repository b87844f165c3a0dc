/** A recommender whose batches are computed in pieces learns what it learns from whole batches. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../lib/src/engine';
import type { NamedHostTensors } from '../../lib/src/engine/types';
import { trainRecommender } from '../../lib/src/training';
import { batchPieces } from '../../lib/src/training/recommender/batchPieces';
import { SHARE_OF_BATCH } from '../../lib/src/training/recommender/models/labelSpecs';
import { type GivenOptions, recommenderOptions } from '../../lib/src/training/recommender/options';
import { trainingProgram } from '../../lib/src/training/recommender/programs';
import { recommenderBatches } from '../../lib/src/training/recommender/recommenderBatches';
import { RecommenderTrainee } from '../../lib/src/training/recommender/recommenderTrainee';
import { startingPoint } from '../../lib/src/training/recommender/variants';
import { smallDataset } from '../evaluation/smallDataset';

const dataset = smallDataset({ users: 30, items: 40 });
/** A large eps, so that Adam does not make steps of rounding errors. */
const small = { dim: 8, heads: 1, maxLength: 10, batch: 10, eps: 1e-2, dropout: 0 };
let engine: Engine;
beforeAll(async () => void (engine = await createEngine({ threads: 1 })));
afterAll(() => engine.dispose());

const MODELS: readonly [name: string, options: GivenOptions][] = [
  ['SASRec against drawn items', { model: 'sasrec', loss: 'bce', negatives: 2, lazyRows: true }],
  [
    'SASRec against items drawn for a batch',
    { model: 'sasrec', loss: 'sampled', negatives: 40, logQ: 'both' },
  ],
  ['SASRec against all items, padding included', { model: 'sasrec', loss: 'ce', paddingAsClass: true }],
  ['BERT4Rec', { model: 'bert4rec' }],
];
const optionsOf = (given: GivenOptions) => recommenderOptions({ ...small, ...given });

/** Updates of the first epoch from `saved`, of which it has `from` already. */
async function epoch(given: GivenOptions, pieces: number, saved?: NamedHostTensors, from = 0) {
  const options = optionsOf(given);
  const start = startingPoint(dataset, options);
  const trainee = await RecommenderTrainee.open({ engine, dataset, options, start, pieces });
  if (saved !== undefined) await trainee.restore(saved);
  const losses: number[] = [];
  const states: NamedHostTensors[] = [];
  await trainee.trainEpoch(
    0,
    async (_done, _total, loss) => {
      losses.push(loss);
      states.push(await trainee.snapshot());
    },
    from,
  );
  trainee.dispose();
  return { losses, states };
}

describe.each(MODELS)('%s', (_, given) => {
  it('has the losses, gradients and weights of whole batches, in any pieces', async () => {
    const whole = await epoch(given, 1);
    expect(whole.losses).toHaveLength(3);
    for (const pieces of [2, 3, 9]) {
      const { losses, states } = await epoch(given, pieces);
      expect(losses).toHaveLength(3);
      losses.forEach((loss, i) => expect(loss, `${pieces}`).toBeCloseTo(whole.losses[i], 5));
      whole.states.forEach((state, update) => {
        // Adam's moments are sums of gradients and of their squares.
        for (const [name, { data }] of Object.entries(state)) {
          if (name === '/step') continue;
          const largest = Math.max(1e-3, ...Array.from(data, Math.abs));
          const other = states[update][name].data;
          const farthest = Math.max(...Array.from(data, (x, i) => Math.abs(x - other[i])));
          expect(farthest / largest, `${pieces} pieces, update ${update}, ${name}`).toBeLessThan(1e-4);
        }
      });
    }
  });

  it('cuts a batch into pieces of one shape that count every label once', () => {
    const options = optionsOf(given);
    const shape = { items: dataset.items, trainable: () => true };
    const [batch] = recommenderBatches(dataset, options)(0).batches;
    const sum = (values: unknown): number =>
      Array.from(values as ArrayLike<number>).reduce((a, b) => a + b, 0);
    for (const pieces of [2, 3, 9]) {
      const cut = batchPieces(
        batch,
        pieces,
        options.maxLength,
        (of) => trainingProgram(options, { ...shape, ...of }).inputs,
      );
      expect(cut).toHaveLength(pieces);
      expect(new Set(cut.map(({ rows, labelled }) => `${rows}/${labelled}`)).size).toBe(1);
      expect(cut[0].rows).toBe(Math.ceil(batch.rows / pieces));
      // Of each piece the mean over its labels, if it has any, and its part of the whole.
      const shares = cut.map(({ feeds }) => feeds[SHARE_OF_BATCH] as number);
      cut.forEach(({ feeds }, i) => expect(sum(feeds.weights)).toBeCloseTo(Math.sign(shares[i]), 5));
      expect(sum(shares)).toBeCloseTo(pieces, 5);
      const used = (values: unknown): number => (values as Float32Array).filter((x) => x > 0).length;
      const labels = cut.reduce((total, { feeds }) => total + used(feeds.weights), 0);
      expect(labels).toBe(used(batch.feeds.weights));
    }
  });
});

it('resumes within an epoch to the bit, dropout included', async () => {
  const given = { model: 'sasrec', loss: 'ce', dropout: 0.3 } as const;
  const { losses, states } = await epoch(given, 3);
  const resumed = await epoch(given, 3, states[0], 1);
  expect(resumed.losses).toEqual(losses.slice(1));
  expect(resumed.states.at(-1)).toEqual(states.at(-1));
});

it('refuses a number of pieces that cannot be', async () => {
  for (const pieces of [0, 1.5])
    await expect(trainRecommender({ dataset, model: 'sasrec', pieces })).rejects.toThrow(
      `train pieces: expected a whole number of at least 1, got ${pieces}`,
    );
});
