import { expect, test } from 'vitest';
import { InputError } from '../../lib/src/errors';
import { hasManySeeds } from '../../lib/src/experiments/controls/manySeeds';
import { profile } from '../../lib/src/experiments/profiles';
import { recommenderOptions } from '../../lib/src/training/recommender';
import { pattern } from '../pattern';

test('overrides change a copy', () => {
  const changed = profile('mini', [
    'recommender.epochs=3',
    'recommender.learningRates.SASRec=[0.01]',
    'simulation.world=silent',
  ]);
  expect(changed.recommender.epochs).toBe(3);
  expect(changed.recommender.learningRates.SASRec).toEqual([0.01]);
  expect(changed.simulation.world).toBe('silent');
  expect(profile('mini').recommender.epochs).not.toBe(3);
});

test.each([
  ['minni', [], /unknown profile "minni". Did you mean "mini"/],
  ['constructor', [], /unknown profile/],
  ['mini', ['recommender.epoch=3'], /profile recommender: unknown key "epoch". Did you mean "epochs"/],
  ['mini', ['recommender.epochs=many'], /profile recommender.epochs: expected a value like 150, got "many"/],
  ['mini', ['recommender.epochs=[1]'], /expected a whole number of at least 1, got \[1\]/],
  ['mini', ['__proto__.x=1'], /unknown key/],
  ['mini', ['epochs'], /expected key=value/],
  ['mini', ['recommender=null'], /profile recommender: expected an object of epochs, .*, got null/],
  ['mini', ['recommender={}'], /profile recommender.epochs: expected a whole number of at least 1, got none/],
  ['mini', ['name=study'], /profile name: unknown name "study"/],
  [
    'mini',
    ['tables=["table1","tabel3"]'],
    /profile tables\[1\]: unknown table "tabel3". Did you mean "table3"/,
  ],
  [
    'mini',
    ['backbones=["SASREC"]'],
    /profile backbones\[0\]: unknown backbone "SASREC". Did you mean "SASRec"/,
  ],
  [
    'mini',
    ['backbones=[]'],
    /profile backbones: expected a list that is not empty, each one of SASRec, BERT4Rec, got \[\]/,
  ],
  ['mini', ['simulation.world=shuffeld'], /unknown world "shuffeld". Did you mean "shuffled"/],
  ['mini', ['simulation.size=large'], /unknown size "large"[^]*Known: smoke, mini, study/],
  ['mini', ['domains=["Pantri"]'], /profile domains\[0\]: unknown domain "Pantri". Did you mean "Pantry"/],
  ['mini', ['domains=["Pantry","Pantry"]'], /expected each entry once/],
  ['mini', ['domains=[1]'], /profile domains\[0\]: expected a name, got 1/],
  ['mini', ['pretrainingDomains=["Toys"]'], /unknown domain "Toys"/],
  ['mini', ['layerSets.domain=Toys'], /profile layerSets.domain: unknown domain/],
  ['mini', ['attention.domains=["Toys"]'], /profile attention.domains\[0\]: unknown domain/],
  ['mini', ['withID=["Art"]'], /profile withID\[0\]: unknown domain "Art". Did you mean "Arts"/],
  ['mini', ['beyond=["Pantri"]'], /profile beyond\[0\]: unknown domain/],
  ['mini', ['equalScales=["Pantri"]'], /profile equalScales\[0\]: unknown domain/],
  ['mini', ['fractionDomains=["Pantri"]'], /profile fractionDomains\[0\]: unknown domain/],
  [
    'real',
    ['withID=["Ofice_Products"]'],
    /profile withID\[0\]: unknown domain "Ofice_Products". Did you mean "Office_Products"/,
  ],
  ['real', ['manySeeds.columns=["REC"]'], /profile manySeeds.columns\[0\]: unknown column "REC"/],
  [
    'real',
    ['given.evaluated.users=-1'],
    /profile given.evaluated.users: expected a whole number of at least 0, got -1/,
  ],
  [
    'real',
    ['given.pretraining.minUserInteractions=1.5'],
    /profile given.pretraining.minUserInteractions: expected a whole number of at least 0, got 1.5/,
  ],
  [
    'paper',
    ['given.pretraining.userShare=2'],
    /profile given.pretraining.userShare: expected a share above 0 and at most 1, got 2/,
  ],
  ['real', ['given.pretraining.set=6core'], /unknown set "6core". Did you mean "5core"/],
  [
    'mini',
    ['recommender.epochs=0'],
    /profile recommender.epochs: expected a whole number of at least 1, got 0/,
  ],
  ['mini', ['recommender.patience=1.5'], /whole number of at least 1, got 1.5/],
  ['mini', ['recommender.batch.BERT4Rec=-2'], /profile recommender.batch.BERT4Rec: expected a whole number/],
  [
    'mini',
    ['recommender.pieces=0'],
    /profile recommender.pieces: expected a whole number of at least 1, got 0/,
  ],
  ['mini', ['recommender.pieces=two'], /profile recommender.pieces: expected a value in JSON, got "two"/],
  ['mini', ['recommender.pieces.SASRec=2'], /profile recommender: "pieces" has no keys of its own/],
  ['mini', ['recommender.passes.SASRec=0'], /profile recommender.passes.SASRec/],
  ['mini', ['pretrain.accumulation=0'], /profile pretrain.accumulation/],
  ['mini', ['language.layers=0'], /profile language.layers/],
  [
    'mini',
    ['language.vocabulary=1e999'],
    /profile language.vocabulary: expected a whole number of at least 1, got Infinity/,
  ],
  ['mini', ['language.sentences=0.5'], /profile language.sentences/],
  ['mini', ['language.window=15'], /expected an even number of at least 2, got 15/],
  [
    'mini',
    ['language.heads=5'],
    /profile language.hidden: expected a multiple of the 5 heads \(language.heads\), got 64/,
  ],
  ['mini', ['language.learningRate=0'], /profile language.learningRate: expected a number above 0, got 0/],
  [
    'mini',
    ['pretrain.fractions=[0.1,1.5]'],
    /profile pretrain.fractions\[1\]: expected a share above 0 and at most 1, got 1.5/,
  ],
  ['mini', ['equalUpdates=[0]'], /profile equalUpdates\[0\]: expected a share/],
  ['mini', ['recommender.seeds=[]'], /profile recommender.seeds: expected a list that is not empty/],
  [
    'mini',
    ['recommender.seeds=["one"]'],
    /profile recommender.seeds\[0\]: expected a whole number of at least 0, got "one"/,
  ],
  [
    'mini',
    ['recommender.learningRates.SASRec=[]'],
    /profile recommender.learningRates.SASRec: expected a list that is not empty/,
  ],
  [
    'mini',
    ['recommender.learningRates={"SASRec":[0.01]}'],
    pattern(
      /profile recommender.learningRates.BERT4Rec: expected a list that is not empty, /,
      /each a number above 0, got none/,
    ),
  ],
  [
    'mini',
    ['decisions.batchMix=mixed'],
    /profile decisions.batchMix: unknown value "mixed"[^]*Known: shuffled, oneDomain/,
  ],
  ['mini', ['language.from=hub'], /profile language.from: unknown value "hub"[^]*Known: released, scratch/],
  [
    'mini',
    ['decisions.maskBudget=coded'],
    /profile decisions.maskBudget: unknown value "coded"[^]*Known: real, padded/,
  ],
  ['mini', ['decisions.freezeWords=1'], /profile decisions.freezeWords: expected true or false, got 1/],
  [
    'mini',
    ['decisions.maskedWeight=-0.1'],
    /profile decisions.maskedWeight: expected a number of at least 0, got -0.1/,
  ],
  [
    'mini',
    ['recommender.sensitivity=[-0.1]'],
    /profile recommender.sensitivity\[0\]: expected a number above 0/,
  ],
  [
    'study',
    ['repetitions.runs=[{"world":"silent"}]'],
    /profile repetitions.runs\[0\].seed: expected a whole number of at least 0, got none/,
  ],
  [
    'study',
    ['repetitions.runs=[{"world":"silent","seed":1,"batchmix":"oneDomain"}]'],
    /profile repetitions.runs\[0\]: unknown key "batchmix". Did you mean "batchMix"/,
  ],
  [
    'study',
    ['repetitions.runs=[null]'],
    /profile repetitions.runs\[0\]: expected an object of world, seed, batchMix \(may be absent\), got null/,
  ],
])('%s %j is refused', (name, overrides, message) => {
  expect(() => profile(name, overrides)).toThrow(InputError);
  expect(() => profile(name, overrides)).toThrow(message);
});

test(
  'domains of the paper that a profile leaves out may stay in the lists of its tables; files give ' +
    'domains any name',
  () => {
    expect(profile('mini', ['domains=["Arts"]', 'withID=["Arts","Pantry"]'])).toMatchObject({
      withID: ['Arts'],
      beyond: [],
      fractionDomains: [],
    });
    expect(
      profile('real', [
        'domains=["Lamps"]',
        'pretrainingDomains=["Chairs"]',
        'withID=["Lamps"]',
        'layerSets.domain=Lamps',
      ]).withID,
    ).toEqual(['Lamps']);
    expect(hasManySeeds(profile('real'))).toBe(true);
    for (const without of [
      'domains=["Lamps"]',
      'manySeeds.seeds=0',
      'tables=["table1"]',
      'backbones=["BERT4Rec"]',
    ])
      expect(hasManySeeds(profile('real', [without]))).toBe(false);
  },
);

test(
  'the profile with the published hyper-parameters trains recommenders as the defaults do, which are the ' +
    "authors'",
  () => {
    const { epochs, patience, batch, passes } = profile('paper').recommender;
    for (const [backbone, model] of [
      ['SASRec', 'sasrec'],
      ['BERT4Rec', 'bert4rec'],
    ] as const) {
      expect(recommenderOptions({ model })).toMatchObject({
        epochs,
        patience,
        batch: batch[backbone],
        passes: passes[backbone],
      });
    }
  },
);
