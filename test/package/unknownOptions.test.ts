/** A misspelled option is refused, not ignored: JavaScript would take it without a word. */
import { expect, test } from 'vitest';
import {
  adam,
  createEngine,
  exportRecommender,
  learningRateGrid,
  open,
  readItemTable,
  readOwn,
  recommend,
  sgd,
  simulateDomain,
  trainInParallel,
} from '../../lib/src';

const never = {} as never;

test.each<[string, (misspelled: never) => unknown, string, string]>([
  ['open', (options) => open(options), 'profil', 'profile'],
  ['readOwn', (options) => readOwn('examples/shop', options), 'separatr', 'separator'],
  ['readItemTable', (options) => readItemTable('x.safetensors', never, options), 'widht', 'width'],
  ['learningRateGrid', (options) => learningRateGrid(never, options), 'seed', 'seeds'],
  ['trainInParallel', (options) => trainInParallel([], options), 'process', 'processes'],
  ['recommend', (options) => recommend(never, never, [], options), 'topp', 'top'],
  ['exportRecommender', (options) => exportRecommender(never, never, 'x.onnx', options), 'repeat', 'repeats'],
  ['simulateDomain', (options) => simulateDomain('Pantry', options), 'sede', 'seed'],
  ['createEngine', (options) => createEngine(options), 'thread', 'threads'],
  ['sgd', (options) => sgd(options), 'momentun', 'momentum'],
  ['adam', (options) => adam(options), 'eps1', 'eps'],
])('%s', async (_, call, given, meant) => {
  await expect((async () => call({ [given]: 1 } as never))()).rejects.toThrow(
    new RegExp(`unknown option "${given}"\\. Did you mean "${meant}"`),
  );
});

test('options that are not an object', async () => {
  await expect(recommend(never, never, [], 5 as never)).rejects.toThrow(
    'recommend: expected an object of options, got 5',
  );
});
