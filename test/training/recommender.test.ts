/**
 * Recommenders end to end on a small dataset and the compiled CPU engine: what each variant may change
 * (method 16.4), that a model can learn at all (16.12), that equal seeds give equal bytes, that an
 * interrupted run ends as the whole one.
 */
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../lib/src/engine';
import type { NamedHostTensors } from '../../lib/src/engine/types';
import { evaluate, type RankCounter } from '../../lib/src/evaluation';
import { createRandom } from '../../lib/src/random';
import { type ItemTable, withPaddingRow } from '../../lib/src/text/itemTable';
import { trainRecommender, type TrainRecommender } from '../../lib/src/training';
import { modelRanker } from '../../lib/src/training/recommender/modelRanker';
import { recommenderOptions } from '../../lib/src/training/recommender/options';
import { RecommenderTrainee } from '../../lib/src/training/recommender/recommenderTrainee';
import { startingPoint } from '../../lib/src/training/recommender/variants';
import { datasetFrom } from '../data/support';
import { ringDataset, smallDataset } from '../evaluation/smallDataset';

const dataset = smallDataset({ users: 80, items: 120 });
const random = createRandom(3);
const table = (dim: number): ItemTable =>
  withPaddingRow(
    Float32Array.from({ length: dataset.items * dim }, () => 0.2 * random.normal()),
    dataset.items,
    dim,
  );
const text = table(8);
const small = {
  dataset,
  dim: 8,
  maxLength: 10,
  batch: 80,
  epochs: 2,
  dropout: 0.2,
  threads: 1,
  heads: 1,
  userSampling: 'shuffled',
} as const;
const run = (
  overrides: Partial<TrainRecommender> & Pick<TrainRecommender, 'model'>,
): ReturnType<typeof trainRecommender> => trainRecommender({ ...small, ...overrides });

/** Everybody's targets are items that nobody else had. */
const strangers = datasetFrom(Array.from({ length: 20 }, (_, u) => [1, 2, 3, 4 + 2 * u, 5 + 2 * u]));

/** Names of the tensors that differ. */
function changed(before: NamedHostTensors, after: NamedHostTensors): string[] {
  return Object.keys(after).filter(
    (name) =>
      !Buffer.from(after[name].data.buffer).equals(
        Buffer.from(before[name].data.buffer, before[name].data.byteOffset, before[name].data.byteLength),
      ),
  );
}

/**
 * Weights after one epoch, whatever validation says of them: the best ones may be those that training began
 * with.
 */
async function afterOneEpoch(
  overrides: Parameters<typeof recommenderOptions>[0],
  given?: ItemTable,
  start?: NamedHostTensors,
  users = dataset,
): Promise<NamedHostTensors> {
  const options = recommenderOptions({ ...plain(small), ...overrides });
  const engine = await createEngine({ provider: 'cpu', threads: 1, seed: options.seed });
  const trainee = await RecommenderTrainee.open({
    engine,
    dataset: users,
    options,
    start: startingPoint(users, options, given, start),
  });
  await trainee.trainEpoch(0, async () => undefined, 0);
  const weights = await trainee.weights();
  trainee.dispose();
  await engine.dispose();
  return weights;
}

describe.each(['sasrec', 'bert4rec'] as const)('variants of %s', (model) => {
  const start = (variant: 'freeze' | 'trainable'): NamedHostTensors =>
    startingPoint(dataset, recommenderOptions({ ...plain(small), model, variant }), text).tensors;

  it('freeze leaves the table as it is, to the bit, and trains the rest', async () => {
    const { weights } = await run({ model, variant: 'freeze', table: text });
    const names = changed(start('freeze'), weights);
    expect(Array.from(weights['item/table'].data)).toEqual(Array.from(text.data));
    expect(names).not.toContain('item/table');
    expect(names).not.toContain('mask');
    expect(names).toContain('block1/outer/kernel');
  });

  it('trainable trains the table but for look-ups of its padding row', async () => {
    const { weights } = await run({
      model,
      variant: 'trainable',
      table: text,
      ...(model === 'sasrec' ? { loss: 'bce' as const } : {}),
    });
    expect(changed(start('trainable'), weights)).toContain('item/table');
    expect(Array.from(weights['item/table'].data.subarray(0, 8))).toEqual(new Array(8).fill(0));
    if (model === 'bert4rec') expect(changed(start('trainable'), weights)).toContain('mask');
  });

  it('further.All continues to train everything, further.Emb the table alone', async () => {
    const { weights: frozen, validation } = await run({ model, variant: 'freeze', table: text });
    const embedding = await afterOneEpoch({ model, variant: 'furtherEmb' }, undefined, frozen);
    expect(changed(frozen, embedding)).toEqual(['item/table']);
    const all = await afterOneEpoch({ model, variant: 'furtherAll' }, undefined, frozen);
    // A bias of the keys shifts all scores of a query alike: rounding alone moves it.
    const still = Object.keys(frozen).filter(
      (name) => !name.endsWith('key/bias') && !changed(frozen, all).includes(name),
    );
    expect(still).toEqual([]);
    // The start is a candidate for the best.
    const { log } = await run({ model, variant: 'furtherEmb', start: frozen, epochs: 1 });
    expect(log[0]).toMatchObject({ epoch: 0, loss: null });
    expect(log[0].metrics['sampled NDCG@10']).toBe(validation.sampled['NDCG@10']);
  });

  it('a table of another width gets a trained projection', async () => {
    const narrow = table(5);
    const options = { model, variant: 'freeze' } as const;
    const start = startingPoint(dataset, recommenderOptions({ ...plain(small), ...options }), narrow).tensors;
    expect(start['item/projection'].shape).toEqual([5, 8]);
    const names = changed(start, await afterOneEpoch(options, narrow));
    expect(names).toContain('item/projection');
    expect(names).not.toContain('item/table');
    expect((await run({ ...options, table: narrow })).weights['item/projection'].shape).toEqual([5, 8]);
  });
});

it('further.Emb of BERT4Rec trains the output layer besides the table if asked to (D38)', async () => {
  const { weights: frozen } = await run({ model: 'bert4rec', variant: 'freeze', table: text });
  const trained = changed(
    frozen,
    await afterOneEpoch({ model: 'bert4rec', variant: 'furtherEmb', furtherOutput: true }, undefined, frozen),
  );
  expect(trained.sort()).toEqual(['item/table', 'output/bias', 'output/classes']);
});

describe('withID', () => {
  it('trains ID rows beside a table that stays as it is, to the bit', async () => {
    const options = { model: 'sasrec', variant: 'withID' } as const;
    const start = startingPoint(dataset, recommenderOptions({ ...plain(small), ...options }), text).tensors;
    const after = await afterOneEpoch(options, text);
    const names = changed(start, after);
    expect(names).toContain('item/table');
    expect(names).toContain('block1/outer/kernel');
    expect(names).not.toContain('item/fixed');
    expect(Array.from(after['item/fixed'].data)).toEqual(Array.from(text.data));
    const { weights } = await run({ ...options, table: text });
    expect(Array.from(weights['item/fixed'].data)).toEqual(Array.from(text.data));
    expect(weights['item/table'].shape).toEqual(weights['item/fixed'].shape);
  });
});

describe('learning', () => {
  // A dozen users walk along one ring of items: the next item is always the next on the ring.
  const ring = ringDataset(12, 16, 8);
  it.each([
    { model: 'sasrec', loss: 'ce', bound: 0.2 },
    { model: 'sasrec', loss: 'sampled', negatives: 64, bound: 0.2 },
    { model: 'sasrec', loss: 'bce', bound: 0.2 },
    // About one label per user and epoch, and a post-norm model: slower, and at a smaller rate.
    { model: 'bert4rec', loss: 'ce', bound: 0.4, heads: 4, epochs: 250, learningRate: 0.003 },
  ] as const)('finds the rule that a dozen users follow: $model $loss', async ({ bound, ...how }) => {
    const { log } = await trainRecommender({
      ...small,
      epochs: 120,
      learningRate: 0.01,
      ...how,
      patience: 250,
      dataset: ring,
      dim: 32,
      batch: 12,
      dropout: 0,
      selection: 'full',
    });
    const last = log.slice(-10).reduce((sum, { loss }) => sum + (loss as number) / 10, 0);
    expect(log[0].loss).toBeGreaterThan(3 * bound);
    expect(last).toBeLessThan(bound);
  });

  it('ranks the next item first if it is certain', async () => {
    const { test } = await trainRecommender({
      ...small,
      model: 'sasrec',
      loss: 'ce',
      epochs: 120,
      patience: 120,
      dataset: ring,
      dim: 32,
      batch: 12,
      learningRate: 0.01,
      dropout: 0,
      selection: 'full',
    });
    expect(test.full['HR@1']).toBeGreaterThan(0.9);
  });
});

describe('a run', () => {
  it.each(['sasrec', 'bert4rec'] as const)(
    'of %s gives equal bytes for equal seeds, and others for another seed',
    async (model) => {
      const [one, two, other] = [await run({ model }), await run({ model }), await run({ model, seed: 43 })];
      expect(changed(one.weights, two.weights)).toEqual([]);
      expect(two.evaluation.ranks).toEqual(one.evaluation.ranks);
      expect(changed(one.weights, other.weights)).toContain('item/table');
    },
  );

  it('stops when aborted', async () => {
    const controller = new AbortController();
    const running = run({
      model: 'sasrec',
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
  });

  it.each([
    [{ model: 'sasrek' as never }, /unknown model "sasrek". Did you mean "sasrec"/],
    [{ model: 'sasrec', loss: 'cse' as never }, /unknown loss "cse"/],
    [{ model: 'sasrec', lernRate: 1 } as never, /unknown option "lernRate"/],
    [{ model: 'sasrec', dim: 0 }, /expected a whole number of at least 1, got 0/],
    [{ model: 'sasrec', variant: 'freeze' }, /expected an item table, got none/],
    [{ model: 'sasrec', variant: 'furtherAll' }, /expected the weights of a freeze run/],
    [{ model: 'bert4rec', loss: 'bce' }, /expected ce for bert4rec/],
    [
      { model: 'sasrec', variant: 'freeze', table: { rows: 3, dim: 8, data: new Float32Array(24) } },
      /expected 121 rows/,
    ],
    [
      {
        model: 'sasrec',
        variant: 'freeze',
        table: { ...text, data: text.data.map((x, i) => (i === 99 ? NaN : x)) },
      },
      /expected finite values, got NaN in row 12/,
    ],
    [
      {
        model: 'sasrec',
        variant: 'freeze',
        table: { ...text, data: text.data.map((x, i) => (i === 0 ? 1 : x)) },
      },
      /expected row 0 \(padding\) to be zero, got 1/,
    ],
    [
      { model: 'sasrec', variant: 'freeze', table: { ...text, dim: 7 } },
      /expected 121 x 7 = 847 values, got 968/,
    ],
    [
      {
        model: 'sasrec',
        variant: 'freeze',
        table: { ...text, data: Array.from(text.data, String) as never },
      },
      /expected numbers as Float32Array, got Array/,
    ],
    [{ model: 'sasrec', variant: 'withID', table: table(5) }, /expected a table of width 8, got 5/],
    [{ model: 'sasrec', dataset: smallDataset({ longest: 2 }) }, /expected users .*, got none/],
    [
      { model: 'sasrec', dataset: strangers },
      /expected users to evaluate, got none \(0 too short, 20 with an untrained target\)/,
    ],
  ] as [Parameters<typeof run>[0], RegExp][])('refuses wrong input (%#)', async (overrides, message) => {
    await expect(run(overrides)).rejects.toThrow(message);
  });
});

describe.each([{ model: 'sasrec' }, { model: 'bert4rec' }, { model: 'bert4rec', output: 'tied' }] as const)(
  'ranks of a trained model: %o',
  (overrides) => {
    // More users than the ranker takes in one run.
    const dataset = smallDataset({ users: 400, items: 120 });

    it('do not depend on how many users are asked for at once', async () => {
      const options = recommenderOptions({ ...plain(small), ...overrides });
      const weights = await afterOneEpoch(overrides, undefined, undefined, dataset);
      const engine = await createEngine({ provider: 'cpu', threads: 1 });
      const ranker: RankCounter = await modelRanker(engine, engine.createState(weights), dataset, options);
      const [one, seven, many] = [
        await evaluate(dataset, ranker, { batch: 1 }),
        await evaluate(dataset, ranker, { batch: 7 }),
        await evaluate(dataset, ranker, { batch: 512 }),
      ];
      expect(one.users.length).toBeGreaterThan(256);
      expect(seven.ranks).toEqual(one.ranks);
      expect(many.ranks).toEqual(one.ranks);
      // Those of a trained model, for they are not those of the untrained one.
      const untrained = await modelRanker(
        engine,
        engine.createState(startingPoint(dataset, options).tensors),
        dataset,
        options,
      );
      expect((await evaluate(dataset, untrained)).ranks).not.toEqual(one.ranks);
      await engine.dispose();
    });
  },
);

function plain({
  dataset: _dataset,
  threads: _threads,
  ...options
}: typeof small): Omit<typeof small, 'dataset' | 'threads'> {
  return options;
}
