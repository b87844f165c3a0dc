/**
 * Whether the values of a profile can be meant, before any work: names that exist, whole numbers where
 * something is counted, rates and shares within bounds. Values come from `--set`, so that their types are
 * checked as well. Called by profile.ts, and by `elephant run --options`, which prints what each value must
 * be.
 */
import type { AmazonSet } from '../../data/amazonFiles';
import type { FilterOptions } from '../../data/filters';
import { simulatedDomains, simulationSizes, simulationWorlds } from '../../data/simulation/parameters';
import { InputError, unknownName } from '../../errors';
import type { Backbone, Profile, TableName } from './types';

interface Check {
  (where: string, value: unknown): void;
  /** What it lets pass, in words. */
  readonly expects: string;
}

const check = (expects: string, test: (where: string, value: unknown) => void): Check =>
  Object.assign(test, { expects });

const BACKBONES: readonly Backbone[] = ['SASRec', 'BERT4Rec'];
const TABLES: readonly TableName[] = ['table1', 'table3', 'table4', 'table5', 'figure2'];
const BATCH_MIXES = ['shuffled', 'oneDomain'] as const;
const SETS: readonly (AmazonSet | 'any')[] = ['any', '5core', 'full', 'ratings'];

/** @throws InputError for the first value that cannot be meant. `named`: the profile before any override. */
export function checkProfile(profile: Profile, named: Profile): void {
  for (const [path, passes] of checks(profile, named)) passes(`profile ${path}`, valueAt(profile, path));
  const { hidden, heads } = profile.language;
  if (hidden % heads !== 0)
    throw new InputError(
      'profile language.hidden',
      `expected a multiple of the ${heads} heads (language.heads), got ${hidden}`,
    );
}

/** What the value at each path must be, in words. */
export function expectedValues(profile: Profile, named: Profile): ReadonlyMap<string, string> {
  return new Map(checks(profile, named).map(([path, { expects }]) => [path, expects]));
}

function checks(profile: Profile, named: Profile): [path: string, check: Check][] {
  const given = profile.given !== undefined;
  const domain = given ? text : oneOf('domain', simulatedDomains);
  // Lists that are cut to the profile's domains: those of the paper may stand in them, a name that nothing
  // has may not.
  const some = list(
    oneOf(
      'domain',
      given
        ? [
            ...new Set([
              ...simulatedDomains,
              ...named.domains,
              ...names(profile.domains),
              ...names(profile.pretrainingDomains),
            ]),
          ]
        : simulatedDomains,
    ),
  );
  const count = whole(1);
  const rates = list(rate);
  const domainFiles = (path: string): [string, Check][] => [
    [`${path}.set`, oneOf('set', SETS)],
    [`${path}.users`, whole(0)],
    ...FILTERS.map(([name, passes]): [string, Check] => [`${path}.${name}`, passes]).filter(
      ([filter]) => valueAt(named, filter) !== undefined,
    ),
  ];
  const perBackbone = (path: string, passes: Check): [string, Check][] =>
    BACKBONES.map((backbone) => [`${path}.${backbone}`, passes]);
  return [
    ['name', oneOf('name', [named.name])],
    ['simulation.world', oneOf('world', simulationWorlds)],
    ['simulation.size', oneOf('size', simulationSizes)],
    ['simulation.seed', whole(0)],
    ...(given ? [...domainFiles('given.pretraining'), ...domainFiles('given.evaluated')] : []),
    ['domains', list(domain, 1)],
    ['pretrainingDomains', list(domain, 1)],
    ['tables', list(oneOf('table', TABLES))],
    ['backbones', list(oneOf('backbone', BACKBONES), 1)],
    ['languageThreads', count],
    ...['layers', 'heads', 'hidden', 'vocabulary', 'sentences', 'epochs', 'batch'].map(
      (name): [string, Check] => [`language.${name}`, count],
    ),
    ['language.from', oneOf('value', ['released', 'scratch'])],
    ['language.window', number('an even number of at least 2', (n) => n >= 2 && n % 2 === 0)],
    ['language.learningRate', rate],
    ['language.seed', whole(0)],
    ['input.maxAttributeLength', count],
    ['input.maxTokens', count],
    ...['epochs', 'batch', 'accumulation'].map((name): [string, Check] => [`pretrain.${name}`, count]),
    ['pretrain.learningRate', rate],
    ['pretrain.heldOut', number('a share above 0 and below 1', (n) => n > 0 && n < 1)],
    ['pretrain.fractions', list(share)],
    ...['epochs', 'patience', 'batch', 'accumulation'].map((name): [string, Check] => [
      `finetune.${name}`,
      count,
    ]),
    ['finetune.learningRate', rate],
    ['finetune.warmup', whole(0)],
    ['decisions.itemPositions', oneOf('value', ['normal', 'zero'])],
    ['decisions.targets', oneOf('value', ['out', 'in'])],
    ['decisions.maskedWeight', number('a number of at least 0', (n) => n >= 0)],
    ['decisions.maskBudget', oneOf('value', ['real', 'padded'])],
    ['decisions.batchMix', oneOf('value', BATCH_MIXES)],
    ['decisions.freezeWords', boolean],
    ['decisions.emptyHistory', oneOf('value', ['kept', 'left out'])],
    ['decisions.schedule', oneOf('value', ['coded', 'usual'])],
    ['attention.domains', list(domain)],
    ['attention.sequences', count],
    ['layerSets.domain', domain],
    ['layerSets.also', list(domain)],
    ['layerSets.restricted', oneOf('value', ['FT', 'PT and FT'])],
    ...['withID', 'beyond', 'equalScales', 'fractionDomains'].map((name): [string, Check] => [name, some]),
    ['equalUpdates', list(share)],
    ['repetitions.runs', list(repetition)],
    ['repetitions.backbones', list(oneOf('backbone', BACKBONES))],
    ...perBackbone('repetitions.learningRates', rates),
    ['recommender.epochs', count],
    ['recommender.patience', count],
    ...perBackbone('recommender.batch', count),
    ...perBackbone('recommender.passes', count),
    ...perBackbone('recommender.learningRates', list(rate, 1)),
    ['recommender.sensitivity', rates],
    ['recommender.seeds', list(whole(0), 1)],
  ];
}

function number(expected: string, holds: (value: number) => boolean): Check {
  return check(expected, (where, value) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || !holds(value))
      throw new InputError(where, `expected ${expected}, got ${shown(value)}`);
  });
}

function whole(least: number): Check {
  return number(`a whole number of at least ${least}`, (n) => Number.isSafeInteger(n) && n >= least);
}

const rate = number('a number above 0', (n) => n > 0);
const share = number('a share above 0 and at most 1', (n) => n > 0 && n <= 1);

const boolean = check('true or false', (where, value) => {
  if (typeof value !== 'boolean') throw new InputError(where, `expected true or false, got ${shown(value)}`);
});

const text = check('a name', (where, value) => {
  if (typeof value !== 'string' || value === '')
    throw new InputError(where, `expected a name, got ${shown(value)}`);
});

function oneOf(kind: string, known: readonly string[]): Check {
  return check(`one of ${known.join(', ')}`, (where, value) => {
    text(where, value);
    if (!known.includes(value as string)) throw unknownName(where, kind, value as string, known);
  });
}

/** Entries that all pass `entry`, each once. */
function list(entry: Check, least = 0): Check {
  return check(`a list${least > 0 ? ' that is not empty' : ''}, each ${entry.expects}`, (where, value) => {
    if (!Array.isArray(value) || value.length < least)
      throw new InputError(
        where,
        `expected a list${least > 0 ? ' that is not empty' : ''}, got ${shown(value)}`,
      );
    value.forEach((one, index) => entry(`${where}[${index}]`, one));
    if (new Set(value.map(shown)).size < value.length)
      throw new InputError(where, `expected each entry once, got ${shown(value)}`);
  });
}

const repetition = check(
  '{"world": ..., "seed": ...}, with "batchMix": ... where it is another',
  (where, value) => {
    oneOf('world', simulationWorlds)(`${where}.world`, valueAt(value, 'world'));
    whole(0)(`${where}.seed`, valueAt(value, 'seed'));
    const mix = valueAt(value, 'batchMix');
    if (mix !== undefined) oneOf('value', BATCH_MIXES)(`${where}.batchMix`, mix);
  },
);

/** Filters that a profile has; data/filters.ts checks them again, with the others that a reader takes. */
const FILTERS: readonly [name: keyof FilterOptions, passes: Check][] = [
  ['minUserInteractions', whole(0)],
  ['minItemInteractions', whole(0)],
  ['userShare', share],
];

/** What of a list that is not checked yet can be a name. */
const names = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];

/** Undefined where there is no such path. */
function valueAt(tree: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | null | undefined)?.[key], tree);
}

const shown = (value: unknown): string =>
  typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'none');
