/**
 * `session.user`: one user out of the store's models, whose ranks are those of the evaluation; what is said
 * where a model is not in the store, or there is no such user. Runs the compiled library.
 */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openProfile, type StoreSession } from '../../lib/dist/experiments/openProfile';
import { storedRanks } from '../../lib/dist/experiments/stages/storedEvaluation';
import type { UserExample, UserRanking } from '../../lib/dist/experiments/views/user';
import { history, target } from '../../lib/dist/data';
import type { StageNode } from '../../lib/dist/pipeline/stage';
import { freshFolder } from '../support/folders';

const SET = [
  'language.sentences=200',
  'language.vocabulary=300',
  'language.layers=2',
  'tables=["table3","table4"]',
];
const opened = (): StoreSession =>
  openProfile({
    profile: 'smoke',
    set: SET,
    store: join(freshFolder(), 'store'),
    workers: 2,
  });

const stored = opened();
const { experiment } = stored;
const nodes: StageNode[] = [
  experiment.recommenders('Pantry', { backbone: 'SASRec', variant: 'base' })[0],
  experiment.recommenders('Pantry', {
    backbone: 'SASRec',
    variant: 'trainable',
    table: { node: experiment.itemTable('Pantry', 'FT'), name: 'FT' },
  })[0],
  experiment.recformer('Pantry'),
];
let one: UserExample;
beforeAll(async () => {
  await stored.run(nodes);
  one = await stored.user('Pantry', 17);
});

test('the models are those of Table 3', () => {
  for (const [i, column] of ['SAS', 'trainable.FT', 'REC'].entries())
    expect(experiment.cell({ table: 'table3', domain: 'Pantry', column })?.[0].key).toBe(nodes[i].key);
});

test('every model ranks what came next as its evaluation among all items did', async () => {
  const ranks = nodes.map((node) => storedRanks(stored.read(node), 'full').above);
  for (const user of [0, 1, 5, 17, one.users - 1]) {
    const { models } = await stored.user('Pantry', user);
    expect(models.map((model) => (model as UserRanking).rank)).toEqual(ranks.map((above) => above[user] + 1));
  }
});

test('the item that came next is among the five exactly if its rank says so', async () => {
  for (const user of [0, 1, 2, 3, 4]) {
    const { models, next } = await stored.user('Pantry', user);
    for (const { top, rank } of models as UserRanking[]) {
      expect(top).toHaveLength(5);
      expect(top.findIndex(({ id }) => id === next.id)).toBe(rank <= 5 ? rank - 1 : -1);
    }
  }
});

test('history and next item are those of the dataset, the newest first', async () => {
  const dataset = await stored.dataset('Pantry');
  const row = dataset.evaluationUsers[17];
  expect(one.history.map(({ id }) => id)).toEqual([...history(dataset, row, 'test')].reverse());
  expect(one.next).toEqual({
    id: target(dataset, row, 'test'),
    ...dataset.itemTexts[target(dataset, row, 'test') - 1],
  });
  expect([one.items, one.users]).toEqual([dataset.items, dataset.evaluationUsers.length]);
});

describe('attention', () => {
  const attention = (example: UserExample) =>
    example.attention as Exclude<UserExample['attention'], { missing: string }>;

  test('has whole words of the texts, with shares of 1 in all', () => {
    const { words } = attention(one);
    expect(words.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 3);
    const newest = words.filter(({ item, named }) => item === 1 && !named).map(({ word }) => word);
    const title = one.history[0].title.toLowerCase().split(' ');
    expect(newest.slice(0, 2)).toEqual(title.slice(0, 2));
    expect(words.filter(({ item, named }) => item === 1 && named).map(({ word }) => word)).toEqual([
      'title',
      'brand',
      'category',
    ]);
  });

  test('is of the last layer and all heads, or of those that are asked for', async () => {
    const { layer, head, heads } = attention(one);
    expect([layer, head, heads]).toEqual([1, 'mean', 2]);
    const [mean, ...each] = await Promise.all(
      (['mean', 0, 1] as const).map(async (h) => attention(await stored.user('Pantry', 17, 0, h)).words),
    );
    mean.forEach(({ share }, i) => expect(share).toBeCloseTo((each[0][i].share + each[1][i].share) / 2, 4));
    expect(each[0]).not.toEqual(each[1]);
  });
});

test.each<[unknown[], RegExp]>([
  [['Pantrie', 3], /user: unknown domain "Pantrie". Did you mean "Pantry"\?/],
  [['Pantry', 4000], /expected a user from 0 to (\d+), got 4000. .*the nearest number is \1/],
  [['Pantry', -2], /expected a user from 0 to \d+, got -2. .*the nearest number is 0/],
  [['Pantry', 1.5], /expected a user from 0 to \d+, got 1.5/],
  [['Pantry', 1, 2], /user, layer: expected a number from 0 to 1, got 2. The nearest is 1/],
  [['Pantry', 1, 1, 'all'], /user, head: expected a number from 0 to 1 or "mean", got all/],
])('%j is refused with what there is', async (given, message) => {
  await expect(stored.user(...(given as ['Pantry']))).rejects.toThrow(message);
});

test('a model missing from the store is named with the command that makes it, and not trained', async () => {
  const empty = opened();
  const { history: cards, models, attention } = await empty.user('Pantry', 17);
  expect(cards).toEqual(one.history);
  expect(models.map(({ name }) => name)).toEqual(one.models.map(({ name }) => name));
  for (const model of [...models, attention])
    expect(model).toHaveProperty(
      'missing',
      expect.stringMatching(/^".+" is not in the store; npx elephant run --profile smoke --set .+ makes it$/),
    );
  expect(nodes.some((node) => empty.has(node))).toBe(false);
});
