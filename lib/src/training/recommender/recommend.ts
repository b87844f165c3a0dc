/**
 * What a trained recommender would show next, after any histories of its items. They need not belong to a
 * user of a dataset. For trying a model out; ranks for evaluation come from modelRanker.
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { createEngine } from '../../engine/engine';
import { InputError, nearest, requireKnownOptions } from '../../errors';
import { type Catalogue, requireCatalogue } from './catalogue';
import { modelInput } from './modelInput';
import { recommenderModel } from './models';
import { packSequences } from './packedFeeds';
import { userEncoderProgram, scoresOf } from './programs';
import type { RecommenderResult } from './trainRecommender';

/** An item and how the model scores it. */
export interface Recommendation {
  /** Original key of the item, as in the dataset. */
  item: string;
  score: number;
}

/** What and how much to recommend. */
export interface RecommendOptions {
  /** How many for each history; 10 by default. */
  top?: number;
  /** Items of the history may be recommended again; by default they are left out. */
  repeats?: boolean;
  threads?: number;
}

/**
 * The best next items, best first, for each of the `histories` (item keys, oldest first), from the best
 * weights of a run on `dataset`. For a recommender that was opened from a file, its catalogue is the dataset.
 * A score is the model's logit: higher is better, and scores are comparable within one history only.
 * @throws InputError for a dataset that is not the run's, for invalid histories, for a key that is not an
 * item of the dataset, and for an unknown option.
 * @example
 * ```ts
 * import { readOwn, recommend, trainRecommender } from 'elephant';
 * const dataset = await readOwn('examples/shop');
 * const run = await trainRecommender({ dataset, model: 'sasrec', loss: 'ce', dim: 16, epochs: 20 });
 * const [next] = await recommend(run, dataset, [['comb', 'soap']], { top: 3 });
 * console.log(next.map(({ item, score }) => `${item} ${score.toFixed(2)}`));
 * ```
 */
export async function recommend(
  { options, fingerprint, weights }: Pick<RecommenderResult, 'options' | 'fingerprint' | 'weights'>,
  dataset: Catalogue,
  histories: readonly (readonly string[])[],
  given: RecommendOptions = {},
): Promise<Recommendation[][]> {
  requireKnownOptions('recommend', given, { top: true, repeats: true, threads: true });
  const { top = 10, repeats = false, threads } = given;
  requireCount(top);
  requireCatalogue('recommend', fingerprint, dataset);
  const known = idsOf(dataset.itemKeys, histories);
  if (known.length === 0) return [];
  const { maxLength } = options;
  const model = recommenderModel(options.model);
  const inputs = known.map((ids) => modelInput(Int32Array.from(ids), options, dataset.items));
  const { plan, feeds } = packSequences(inputs, maxLength);
  const encode = userEncoderProgram(options, {
    items: dataset.items,
    rows: plan.rows,
    places: inputs.length,
  });
  const engine = await createEngine({ provider: 'cpu', threads });
  try {
    const state = engine.createState(weights);
    const program = await engine.compile(
      {
        name: `${options.model} recommendations`,
        inputs: encode.inputs,
        outputs(params, packed, context) {
          const vectors = encode.outputs(params, packed, context).hidden as Tensor2D;
          return { scores: scoresOf(vectors, model.outputLayer(params, options)) };
        },
      },
      state,
    );
    const places = Int32Array.from(
      inputs,
      (ids, k) => plan.row[k] * maxLength + plan.start[k] + ids.length - 1,
    );
    const { data } = (await program.run({ ...feeds, places })).scores;
    return known.map((ids, k) =>
      best(
        data.subarray(k * (dataset.items + 1), (k + 1) * (dataset.items + 1)) as Float32Array,
        repeats ? [] : ids,
        top,
      ).map(([id, score]) => ({ item: dataset.itemKeys[id - 1], score })),
    );
  } finally {
    await engine.dispose();
  }
}

function idsOf(itemKeys: readonly string[], histories: readonly (readonly string[])[]): number[][] {
  const ids = new Map(itemKeys.map((key, i) => [key, i + 1]));
  if (!Array.isArray(histories))
    throw new InputError('recommend', `expected a list of histories, got ${inWords(histories)}`);
  return histories.map((history: unknown, k) => {
    if (!Array.isArray(history))
      throw new InputError(
        `recommend, history ${k + 1}`,
        `expected a list of items, got ${inWords(history)}`,
        "A single history is a list in a list: [['a', 'b']]",
      );
    if (history.length === 0)
      throw new InputError(
        `recommend, history ${k + 1}`,
        'expected at least one item, got an empty history',
        'For an unknown user, popular items are the best guess',
      );
    return history.map((key: unknown) => {
      if (typeof key !== 'string')
        throw new InputError(
          `recommend, history ${k + 1}`,
          `expected items by their key, a string, got ${inWords(key)}`,
          ids.has(String(key)) ? `Write '${String(key)}'` : 'dataset.itemKeys has them all',
        );
      const id = ids.get(key);
      if (id !== undefined) return id;
      const near = itemKeys.length <= 10_000 ? nearest(key, itemKeys) : undefined;
      throw new InputError(
        `recommend, history ${k + 1}`,
        `expected items of the dataset, got "${key}"`,
        near === undefined ? 'Leave out what the model never saw' : `Did you mean "${near}"?`,
      );
    });
  });
}

function requireCount(top: number): void {
  if (Number.isInteger(top) && top >= 1) return;
  throw new InputError('recommend, top', `expected a whole number of at least 1, got ${inWords(top)}`);
}

/** What was given instead, shortened. */
function inWords(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `${value === null ? '' : `${typeof value} `}${text.slice(0, 50)}`;
}

/** Item ids with the highest scores; of equal ones the smaller id first. Class 0 is not an item. */
function best(
  scores: Float32Array,
  without: readonly number[],
  count: number,
): [id: number, score: number][] {
  const left = new Set(without);
  return Array.from(scores, (score, id): [number, number] => [id, score])
    .filter(([id]) => id > 0 && !left.has(id))
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, count);
}
