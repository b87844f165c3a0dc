/**
 * The embedded data: a made-up shop with the paper's seven domains. It is simulated and says so (`kind:
 * 'simulation'`); no row of any real file is in it. It lets a language model and pre-training help, or not,
 * without deciding it in advance, and its best possible ranking is known (oracle.ts).
 *
 * The model (numbers in parameters.ts, words in lib/data/shop; domain d, product type k, item i, shopper type
 * g, anchor j):
 *
 *   item i       product type k_i ~ 1 / rank^0.7; brand m_i ~ Dirichlet of the type; of each attribute kind
 *                of the type, with probability 0.8, a value, common ones more often; pop_i ~ N(0,
 *                popularity^2). A third of the products come in two or three variants that differ in colour,
 *                size or the like
 *   text         title: some filler words, values (each with probability `named`), sizes and packs, and with
 *                probability `typed` one of the type's synonyms, otherwise the brand; then brand and category
 *   shopper      type g uniform over 48, the same in all domains: interests phi_g ~ Dirichlet over themes,
 *                liked values, loyalty
 *   product type given an anchor j, the newest item with 0.6, the one before it with 0.25, the third with
 *                0.15:
 *                P(k | g, j) = stay [k = k_j] + category (types of k_j's category, by items)
 *                              + complement (types that go with k_j) + rest * interest_g(k),
 *                interest_g(k) ~ items of k * (0.003 + sum over themes of k of phi_g(theme)), the second
 *                theme counting half
 *   item         P(i | k, g, j) ~ exp(pop_i + taste * liked values of i + alike * values that i and j share
 *                                     + brand [m_i = m_j, g loyal])
 *                over items of k not yet taken; without j if k came from interests
 *   companion    with probability `companion`, instead, one of three particular items that go with j whatever
 *                their words say
 *   any item     with probability `popular`, instead: P(i) ~ exp(pop_i)
 *   repetition   with probability `repeat` a step takes a random earlier step's item instead
 *   length       lengths.ts
 *
 * A type of which nothing is left, and a companion that is taken, give their share to all others; a type that
 * the catalogue has no item of gives it to interests. Users, and what is drawn for one domain, are
 * independent of all other domains; shopper types, themes and attributes are shared. The catalogue is the
 * shop's: an item that nobody took stays in it (it is never a target, but is a candidate), so that the oracle
 * is exact. Numbers of items are therefore those of the catalogue, unlike Table 2's, which occur at least
 * once.
 */

import { InputError, unknownName } from '../../errors';
import { makeDataset } from '../dataset';
import type { Dataset, ItemText } from '../types';
import { makeCatalogue, type SimulatedCatalogue } from './catalogue';
import { ChoiceModel } from './choice';
import { drawSequences } from './drawSequences';
import {
  calibratedParameters,
  domainSize,
  simulatedDomains,
  simulationSizes,
  simulationWorlds,
  structure,
  type DomainSize,
  type DomainName,
  type SimulationParameters,
  type SimulationSize,
  type SimulationWorld,
} from './parameters';
import { Stream } from './random';
import { makeShop } from './shop';

/** Options of a simulated domain; every default stands here. */
export interface SimulationOptions {
  /** Any integer; default 1. Equal seeds share shopper types over domains and worlds. */
  readonly seed?: number;
  /** Default "calibrated". */
  readonly world?: SimulationWorld;
  /** Default "mini". */
  readonly size?: SimulationSize;
  /** Replace single entries of the size; for calibration and tests. */
  readonly sizeOverrides?: Partial<DomainSize>;
  /**
   * Share of the items that keep their own text, 0 to 1; the rest have texts of one another. Default 1. What
   * users take does not change.
   */
  readonly textsKept?: number;
  /** Replace single parameters; for calibration and tests. */
  readonly parameters?: Partial<SimulationParameters>;
}

/** A dataset together with all that is hidden from models. */
export interface SimulatedTruth {
  readonly dataset: Dataset;
  readonly catalogue: SimulatedCatalogue;
  readonly choice: ChoiceModel;
  readonly parameters: SimulationParameters;
}

/**
 * One simulated domain as a dataset: pure in its arguments, a fraction of a second at the default size.
 * @throws InputError for an unknown name, world, size or parameter, or a value out of range.
 * @example
 * ```ts
 * import { simulateDomain } from 'elephant';
 * const pantry = simulateDomain('Pantry', { size: 'smoke', seed: 2 });
 * console.log(pantry.users, pantry.items, pantry.itemTexts[0].title);
 * ```
 */
export function simulateDomain(name: DomainName, options: SimulationOptions = {}): Dataset {
  return simulateTruth(name, options).dataset;
}

/**
 * As simulateDomain, with what only the simulation knows: the probabilities behind each choice. For the
 * oracle (oracleScorer) and for calibration.
 * @throws InputError for an unknown name, world, size or parameter, or a value out of range.
 */
export function simulateTruth(name: DomainName, options: SimulationOptions = {}): SimulatedTruth {
  const { seed = 1, world: kind = 'calibrated', size: sizeName = 'mini', textsKept = 1 } = options;
  checkNames(name, kind, sizeName, options);
  if (!Number.isSafeInteger(seed))
    throw new InputError('simulateDomain', `seed: expected an integer, got ${seed}`);
  if (!(textsKept >= 0 && textsKept <= 1))
    throw new InputError('simulateDomain', `textsKept: expected 0 to 1, got ${textsKept}`);
  const size: DomainSize = { ...domainSize(name, sizeName), ...options.sizeOverrides };
  checkSize(size);
  const parameters = { ...calibratedParameters, ...options.parameters };
  checkParameters(parameters);

  const shop = makeShop(seed, kind, parameters);
  const catalogue = makeCatalogue(shop, name, size.items);
  const choice = new ChoiceModel(shop, name, catalogue);
  const sequences = drawSequences(choice, parameters, size, new Stream(seed, `users/${name}`));
  let end = 0;
  const ends = sequences.map((sequence) => (end += sequence.length));
  const key = (letter: string, n: number): string => `shop-${name}-${letter}${n}`;
  const dataset = makeDataset({
    name,
    kind: 'simulation',
    offsets: Int32Array.from([0, ...ends]),
    sequence: Int32Array.from(sequences.flat()),
    userKeys: sequences.map((_, row) => key('u', row + 1)),
    itemKeys: catalogue.texts.map((_, row) => key('i', row + 1)),
    itemTexts: textsOfOthers(catalogue.texts, 1 - textsKept, new Stream(seed, `others' texts/${name}`)),
  });
  return { dataset, catalogue, choice, parameters };
}

/** Passes the texts of this share of the items around among them, so that none of those keeps its own. */
function textsOfOthers(texts: readonly ItemText[], share: number, random: Stream): readonly ItemText[] {
  const order = random.shuffle(texts.map((_, i) => i)).slice(0, Math.round(share * texts.length));
  const result = [...texts];
  order.forEach((item, k) => (result[item] = texts[order[(k + 1) % order.length]]));
  return result;
}

function checkNames(name: string, world: string, size: string, options: SimulationOptions): void {
  const known = (kind: string, value: string, all: readonly string[]): void => {
    if (!all.includes(value)) throw unknownName('simulateDomain', kind, value, all);
  };
  known('simulated domain', name, simulatedDomains);
  known('world', world, simulationWorlds);
  known('size', size, simulationSizes);
  for (const key of Object.keys(options))
    known('option', key, ['seed', 'world', 'size', 'sizeOverrides', 'textsKept', 'parameters']);
  for (const key of Object.keys(options.sizeOverrides ?? {}))
    known('size entry', key, Object.keys(domainSize('Arts', 'mini')));
  for (const key of Object.keys(options.parameters ?? {}))
    known('parameter', key, Object.keys(calibratedParameters));
}

function checkSize(size: DomainSize): void {
  const whole = (key: 'users' | 'items' | 'minLength', low: number, high: number): void => {
    const value = size[key];
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new InputError(
        'simulateDomain',
        `${key}: expected a whole number from ${low} to ${high}, got ${value}`,
      );
    }
  };
  whole('users', 1, 1_000_000);
  whole('items', structure.longest + 1, 1_000_000); // a history never runs out of fresh items
  whole('minLength', 1, structure.longest);
}

function checkParameters(parameters: SimulationParameters): void {
  const probability = ['stay', 'category', 'complement', 'companion', 'popular', 'typed', 'named'] as const;
  const most: Record<keyof SimulationParameters, number> = {
    ...(Object.fromEntries(probability.map((name) => [name, 1])) as Record<(typeof probability)[number], 1>),
    repeat: 0.9,
    taste: 5,
    alike: 5,
    brand: 5,
    popularity: 5,
    interests: 100,
    fillers: 10,
  };
  for (const key of Object.keys(most) as (keyof SimulationParameters)[]) {
    const value = parameters[key];
    const least = key === 'interests' ? 0.01 : 0; // a Dirichlet's concentration
    if (!(value >= least && value <= most[key])) {
      throw new InputError(
        'simulateDomain',
        `parameter ${key}: expected ${least} to ${most[key]}, got ${value}`,
      );
    }
  }
  const { popular } = parameters;
  const sum = parameters.stay + parameters.category + parameters.complement + parameters.companion + popular;
  // Every item keeps a chance, so that drawing an item that is not in the history ends.
  if (popular === 0 || sum >= 1) {
    throw new InputError(
      'simulateDomain',
      'parameters: expected popular above 0, and its sum with stay, category, complement and companion ' +
        `below 1, got ${popular} and ${sum}`,
    );
  }
}
