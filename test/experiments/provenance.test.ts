import { expect, test } from 'vitest';
import { profile } from '../../lib/src/experiments/profiles';
import { experiment } from '../../lib/src/experiments/experiment';
import type { Reader } from '../../lib/src/pipeline/stage';
import { provenance, type Provenance } from '../../lib/src/experiments/views/provenance';

const read = (() => ({ json: { fingerprint: '9c91d998' }, arrays: {} })) as unknown as Reader;
const of = async (name: string, ...set: string[]): Promise<Provenance> =>
  provenance()
    .recipe(experiment(profile(name, set)))
    .make(read);

test.each(['smoke', 'mini', 'worlds', 'unrelated', 'seeds', 'study', 'real', 'paper'])(
  '%s as it is has no changed values',
  async (name) => {
    expect((await of(name)).changes).toEqual([]);
  },
);

test('what differs from the named profile is written as --set takes it, however it was set', async () => {
  const {
    profile: name,
    changes,
    languageSeed,
    pretrainingDomains,
  } = await of(
    'mini',
    'recommender.epochs=3',
    'language.seed=2',
    'simulation.world=silent',
    'pretrainingDomains=["Books"]',
    'recommender.learningRates.SASRec=[0.01]',
    'recommender.patience=20',
  );
  expect({ name, languageSeed, pretrainingDomains }).toEqual({
    name: 'mini',
    languageSeed: 2,
    pretrainingDomains: ['Books'],
  });
  expect(changes).toEqual([
    'simulation.world=silent',
    'pretrainingDomains=["Books"]',
    'language.seed=2',
    'recommender.epochs=3',
    'recommender.learningRates.SASRec=[0.01]',
  ]);
  expect(await of('mini', ...changes!)).toEqual(
    await of(
      'mini',
      'recommender.epochs=3',
      'language.seed=2',
      'simulation.world=silent',
      'pretrainingDomains=["Books"]',
      'recommender.learningRates.SASRec=[0.01]',
    ),
  );
});

test('the place of files is not a change', async () => {
  expect((await of('real', 'given.data=/some/folder', 'given.model=/another')).changes).toEqual([]);
});

test('threads are those of the profile', async () => {
  expect((await of('mini')).provider).toBe('cpu, one thread a stage');
  expect((await of('real')).provider).toBe('cpu, 2 threads a language stage, one any other');
});
