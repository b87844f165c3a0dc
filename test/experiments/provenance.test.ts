import { expect, test } from 'vitest';
import { profile } from '../../lib/src/experiments/profiles';
import { provenance, type Provenance } from '../../lib/src/experiments/views/provenance';

const of = (name: string, ...set: string[]): Provenance =>
  provenance(profile(name, set)).make(() => ({ json: { fingerprint: '9c91d998' }, arrays: {} }));

test.each(['smoke', 'mini', 'worlds', 'study', 'real', 'paper'])(
  '%s as it is has no changed values',
  (name) => {
    expect(of(name).changes).toEqual([]);
  },
);

test('what differs from the named profile is said as --set takes it, whatever it was set by', () => {
  const {
    profile: name,
    changes,
    languageSeed,
    pretrainingDomains,
  } = of(
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
  expect(of('mini', ...changes!)).toEqual(
    of(
      'mini',
      'recommender.epochs=3',
      'language.seed=2',
      'simulation.world=silent',
      'pretrainingDomains=["Books"]',
      'recommender.learningRates.SASRec=[0.01]',
    ),
  );
});

test('where files lie is no change', () => {
  expect(of('real', 'given.data=/some/folder', 'given.model=/another').changes).toEqual([]);
});

test('threads are those of the profile', () => {
  expect(of('mini').provider).toBe('cpu, one thread a stage');
  expect(of('real').provider).toBe('cpu, 2 threads a language stage, one any other');
});
