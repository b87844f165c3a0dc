/**
 * Settings adapted to the data, the defaults on somebody's own: a small shop is learnt, long histories are
 * trained on whole, the paper's data keep the authors' settings, and a model that is no use is warned of.
 */
import { describe, expect, it } from 'vitest';
import { type Dataset, trainPart } from '../../lib/src/data';
import { createRandom } from '../../lib/src/random';
import { trainRecommender } from '../../lib/src/training';
import { recommenderOptions } from '../../lib/src/training/recommender/options';
import { adaptedOptions } from '../../lib/src/training/recommender/presets/adapted';
import { recommenderBatches } from '../../lib/src/training/recommender/recommenderBatches';
import { trainingWindows } from '../../lib/src/training/recommender/trainingWindows';
import { datasetFrom, randomDataset } from '../data/support';

const own = (dataset: Dataset): Dataset => ({ ...dataset, kind: 'own' });

/** Users who walk two rings of items in turn: the item before the last says what comes, the last does not. */
function twoWalks(users: number, items: number, length: number): Dataset {
  const random = createRandom(5);
  return datasetFrom(
    Array.from({ length: users }, () => {
      const starts = [random.integer(items), random.integer(items)];
      return Array.from({ length }, (_, i) => 1 + ((starts[i % 2] + (i >> 1)) % items));
    }),
  );
}

/** Items by a falling popularity, whoever buys: nothing beats popularity. */
function byPopularityAlone(users: number, items: number): Dataset {
  const random = createRandom(7);
  return datasetFrom(
    Array.from({ length: users }, () =>
      Array.from({ length: 6 }, () => 1 + Math.floor(items * random.uniform() ** 3)),
    ),
    items,
  );
}

describe('the schedule', () => {
  const updates = (dataset: Dataset, given = {}): number => {
    const adapted = adaptedOptions(dataset, { model: 'sasrec', ...given });
    return recommenderBatches(dataset, recommenderOptions({ model: 'sasrec', ...adapted, ...given }))(0)
      .total;
  };
  const few = twoWalks(200, 30, 10);

  it('has epochs of 50 updates at least, however few users there are and whatever batch is given', () => {
    expect(updates(few)).toBeGreaterThanOrEqual(50);
    expect(updates(few, { batch: 7 })).toBeGreaterThanOrEqual(50);
    expect(updates(randomDataset({ users: 20, items: 40, seed: 2 }))).toBeGreaterThanOrEqual(50);
  });

  it('has one pass per epoch if that is enough', () => {
    const many = randomDataset({ users: 14_000, items: 40, seed: 2 });
    expect(adaptedOptions(many, { model: 'sasrec' }).passes).toBe(1);
  });

  it('has smaller batches on longer histories', () => {
    const long = twoWalks(200, 30, 100);
    expect(adaptedOptions(long, { model: 'sasrec' }).batch).toBeLessThan(
      adaptedOptions(few, { model: 'sasrec' }).batch!,
    );
  });

  it('takes the softmax over all items, or over drawn ones if there are very many', () => {
    expect(adaptedOptions(few, { model: 'sasrec' }).loss).toBe('ce');
    expect(adaptedOptions({ ...few, items: 10 ** 6 }, { model: 'sasrec' }).loss).toBe('sampled');
    expect(adaptedOptions(few, { model: 'bert4rec' })).not.toHaveProperty('loss');
  });

  it('starts from what stands near an item, unless counting that would take much memory', () => {
    const start = (dataset: Dataset): unknown => adaptedOptions(dataset, { model: 'sasrec' }).variant;
    expect([start(few), start({ ...few, interactions: 6_000_000 })]).toEqual(['trainable', 'base']);
  });
});

describe('windows', () => {
  const dataset = datasetFrom([
    Array.from({ length: 25 }, (_, i) => 1 + i),
    Array.from({ length: 12 }, (_, i) => 30 + i),
    [50, 51, 52, 53],
    [60],
  ]);
  const windows = trainingWindows(dataset, 10);
  const parts = Array.from({ length: windows.users }, (_, row) => Array.from(trainPart(windows, row)));

  it('hold every pair of neighbours of a training part once, and no held-out item', () => {
    const pairs = (all: number[][]): string[] =>
      all.flatMap((part) => part.slice(1).map((item, i) => `${part[i]} ${item}`));
    const whole = Array.from({ length: dataset.users }, (_, row) => Array.from(trainPart(dataset, row)));
    expect(pairs(parts).sort()).toEqual(pairs(whole).sort());
    expect(Math.max(...parts.map(({ length }) => length))).toBe(11);
  });

  it('are the history itself if it is short', () => {
    expect(parts).toContainEqual([50, 51]);
    expect(parts).toContainEqual([60]);
  });

  it('are what is trained on if asked for', () => {
    const labels = (how: 'newest' | 'all'): Set<number> => {
      const options = recommenderOptions({
        model: 'sasrec',
        loss: 'ce',
        maxLength: 10,
        windows: how,
        userSampling: 'shuffled',
      });
      return new Set(
        [...recommenderBatches(dataset, options)(0).batches].flatMap(({ feeds }) =>
          Array.from(feeds.labels as Int32Array).filter((_, i) => (feeds.weights as Float32Array)[i] > 0),
        ),
      );
    };
    expect(labels('all')).toContain(2);
    expect(labels('newest')).not.toContain(2);
  });
});

it('a shop of 200 users is learnt: better than both baselines on validation', async () => {
  const warnings: string[] = [];
  const { againstBaselines, options } = await trainRecommender({
    dataset: own(twoWalks(200, 30, 10)),
    model: 'sasrec',
    dim: 16,
    epochs: 6,
    threads: 1,
    onWarning: (line) => warnings.push(line),
  });
  expect(options).toMatchObject({ loss: 'ce', windows: 'all', epochs: 6 });
  expect(againstBaselines?.beaten).toBe(true);
  expect(againstBaselines!.model).toBeGreaterThan(
    1.5 * Math.max(againstBaselines!.popularity, againstBaselines!.transition),
  );
  expect(warnings).toEqual([]);
});

it('a model that does not beat the baselines is warned of, and the result says so', async () => {
  const warnings: string[] = [];
  const { againstBaselines } = await trainRecommender({
    dataset: own(byPopularityAlone(60, 80)),
    model: 'sasrec',
    dim: 8,
    epochs: 1,
    threads: 1,
    onWarning: (line) => warnings.push(line),
  });
  expect(againstBaselines).toMatchObject({ protocol: 'full', beaten: false });
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(
    /^warning: the model does not beat popularity \(0\.\d{4}\).* on validation: .* learning rates /,
  );
});

it("data of the paper's kind keep the authors' settings, own data get them on request", async () => {
  const dataset = randomDataset({ users: 40, items: 30, seed: 3 });
  const given = { model: 'sasrec', dim: 8, epochs: 1 } as const;
  const coded = recommenderOptions(given);
  expect(coded.windows).toBe('newest');
  const simulated = await trainRecommender({ ...given, dataset, threads: 1 });
  expect(simulated.options).toEqual(coded);
  expect(simulated).not.toHaveProperty('againstBaselines');
  const asked = await trainRecommender({
    ...given,
    as: 'coded',
    compare: false,
    dataset: own(dataset),
    threads: 1,
  });
  expect(asked.options).toEqual(coded);
});
