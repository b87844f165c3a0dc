import { expect, test } from 'vitest';
import { profile } from '../../lib/src/experiments/profiles';
import { recommenderOptions } from '../../lib/src/training/recommender';

test('overrides change a copy', () => {
  const changed = profile('mini', ['recommender.epochs=3', 'recommender.learningRates.SASRec=[0.01]', 'simulation.world=rho0']);
  expect(changed.recommender.epochs).toBe(3);
  expect(changed.recommender.learningRates.SASRec).toEqual([0.01]);
  expect(changed.simulation.world).toBe('rho0');
  expect(profile('mini').recommender.epochs).not.toBe(3);
});

test.each([
  ['minni', [], /unknown profile "minni". Did you mean "mini"/],
  ['constructor', [], /unknown profile/],
  ['mini', ['recommender.epoch=3'], /profile recommender: unknown key "epoch". Did you mean "epochs"/],
  ['mini', ['recommender.epochs=many'], /profile recommender.epochs: expected a value like 80, got "many"/],
  ['mini', ['recommender.epochs=[1]'], /expected a number/],
  ['mini', ['__proto__.x=1'], /unknown key/],
  ['mini', ['epochs'], /expected key=value/],
])('%s %j is refused', (name, overrides, message) => {
  expect(() => profile(name, overrides)).toThrow(message);
});

test('the profile with the published hyper-parameters trains recommenders as the defaults do, which are the authors\'', () => {
  const { epochs, patience, batch, passes } = profile('paper').recommender;
  for (const [backbone, model] of [['SASRec', 'sasrec'], ['BERT4Rec', 'bert4rec']] as const) {
    expect(recommenderOptions({ model })).toMatchObject({ epochs, patience, batch: batch[backbone], passes: passes[backbone] });
  }
});
