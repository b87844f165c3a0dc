/**
 * The embedded data: a simulation of the paper's seven domains. It is simulated and says so (`kind: 'simulation'`); no row
 * of any real file is in it. It lets a language model and pre-training help, or not, without deciding it beforehand, and its
 * best possible ranking is known (oracle.ts). Experiments, notebooks and tests call it.
 *
 * The model (8 dimensions; numbers in parameters.ts; 96 concepts c, 7 domains d, 12 user types g, 24 needs z):
 *
 *   meaning     s_c ~ N(0, I)                                             what the language corpus knows (simulateCorpus.ts)
 *   behaviour   b_c = rho s_c + sqrt(1 - rho^2) e_c                       e_c ~ N(0, I)
 *   in domain d b_cd = sigma b_c + sqrt(1 - sigma^2) e_cd                 e_cd ~ N(0, I)
 *   item i      category k ~ Zipf; three concepts C_i ~ theta_k, theta_k ~ Dirichlet; brand m ~ Zipf
 *               v_i = mean over C_i of b_cd + 0.2 u_m + kappa w_i         u_m, w_i ~ N(0, I)
 *               pop_i ~ N(0, popularity^2), independent of the text
 *   text        title: each concept of C_i named with probability 0.7 by one of its synonyms, Poisson(4) filler, shuffled;
 *               brand: a name; category: the domain and the words of the category's two main concepts
 *   user        type g uniform, taste t_g ~ N(0, I), needs pi_g ~ Dirichlet; length: lengths.ts
 *   need        z_1 ~ pi_g; then stays with 0.6, moves to a complement with 0.3, is drawn anew from pi_g with 0.1
 *   choice      P(i) ~ exp(pop_i + beta v_i . n_z + theta v_i . t_g + gamma v_i . W v_previous) / m_i over items not yet
 *               taken, m_i making pop_i the item's overall appeal whatever its vector;
 *               with probability `repeat` a step takes a random earlier step's item instead (choice.ts)
 *
 * Users, and what is drawn for one domain, are independent of all other domains; concepts, words, types, needs and W are
 * shared. The catalogue is the shop's: an item that nobody took stays in it (it is never a target, but is a candidate), so
 * that the oracle is exact. Numbers of items are therefore those of the catalogue, unlike Table 2's, which occur at least once.
 */

import { InputError, unknownName } from '../../errors';
import { makeDataset } from '../dataset';
import type { Dataset } from '../types';
import { makeCatalogue, type Catalogue } from './catalogue';
import { ChoiceModel } from './choice';
import { drawSequences } from './drawSequences';
import {
  domainSize,
  simulatedDomains,
  simulationSizes,
  simulationWorlds,
  structure,
  worldParameters,
  type DomainSize,
  type DomainName,
  type SimulationParameters,
  type SimulationSize,
  type SimulationWorld,
} from './parameters';
import { Stream } from './random';
import { makeWorld } from './world';

/** Options of a simulated domain; every default stands here. */
export interface SimulationOptions {
  /** Any integer; default 1. Equal seeds share language, types and needs over domains and worlds. */
  readonly seed?: number;
  /** Default "calibrated". */
  readonly world?: SimulationWorld;
  /** Default "mini". */
  readonly size?: SimulationSize;
  /** Replace single entries of the size; for calibration and tests. */
  readonly sizeOverrides?: Partial<DomainSize>;
  /** Replace single parameters; for calibration and tests. A world's zero wins. */
  readonly parameters?: Partial<SimulationParameters>;
}

/** A dataset together with all that is hidden from models. */
export interface SimulatedTruth {
  readonly dataset: Dataset;
  readonly catalogue: Catalogue;
  readonly choice: ChoiceModel;
}

/**
 * One simulated domain as a dataset: pure in its arguments, a fraction of a second at the default size.
 * @throws InputError for an unknown name, world, size or parameter, or a value out of range.
 */
export function simulateDomain(name: DomainName, options: SimulationOptions = {}): Dataset {
  return simulateTruth(name, options).dataset;
}

/** As simulateDomain, with the hidden part, for the oracle and for calibration. */
export function simulateTruth(name: DomainName, options: SimulationOptions = {}): SimulatedTruth {
  const { seed = 1, world: kind = 'calibrated', size: sizeName = 'mini' } = options;
  checkNames(name, kind, sizeName, options);
  if (!Number.isSafeInteger(seed)) throw new InputError('simulateDomain', `seed: expected an integer, got ${seed}`);
  const size: DomainSize = { ...domainSize(name, sizeName), ...options.sizeOverrides };
  checkSize(size);
  const parameters = worldParameters(kind, options.parameters);
  checkParameters(parameters);

  const world = makeWorld(seed, parameters);
  const catalogue = makeCatalogue(world, name, size.items, kind);
  const choice = new ChoiceModel(world, catalogue);
  const sequences = drawSequences(choice, size, new Stream(seed, `users/${name}`));
  let end = 0;
  const ends = sequences.map((sequence) => (end += sequence.length));
  const key = (letter: string, n: number): string => `sim-${name}-${letter}${n}`;
  const dataset = makeDataset({
    name,
    kind: 'simulation',
    offsets: Int32Array.from([0, ...ends]),
    sequence: Int32Array.from(sequences.flat()),
    userKeys: sequences.map((_, row) => key('u', row + 1)),
    itemKeys: catalogue.texts.map((_, row) => key('i', row + 1)),
    itemTexts: catalogue.texts,
  });
  return { dataset, catalogue, choice };
}

function checkNames(name: string, world: string, size: string, options: SimulationOptions): void {
  const known = (kind: string, value: string, all: readonly string[]): void => {
    if (!all.includes(value)) throw unknownName('simulateDomain', kind, value, all);
  };
  known('simulated domain', name, simulatedDomains);
  known('world', world, simulationWorlds);
  known('size', size, simulationSizes);
  for (const key of Object.keys(options)) known('option', key, ['seed', 'world', 'size', 'sizeOverrides', 'parameters']);
  for (const key of Object.keys(options.sizeOverrides ?? {})) known('size entry', key, Object.keys(domainSize('Arts', 'mini')));
  for (const key of Object.keys(options.parameters ?? {})) known('parameter', key, Object.keys(worldParameters('calibrated')));
}

function checkSize(size: DomainSize): void {
  const whole = (key: 'users' | 'items' | 'minLength', low: number, high: number): void => {
    const value = size[key];
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new InputError('simulateDomain', `${key}: expected a whole number from ${low} to ${high}, got ${value}`);
    }
  };
  whole('users', 1, 1_000_000);
  whole('items', structure.longest + 1, 1_000_000); // a history never runs out of fresh items
  whole('minLength', 1, structure.longest);
}

function checkParameters(parameters: SimulationParameters): void {
  const most: Record<keyof SimulationParameters, number> = { rho: 1, sigma: 1, kappa: 5, beta: 5, theta: 5, gamma: 5, popularity: 5, repeat: 0.9 };
  for (const key of Object.keys(most) as (keyof SimulationParameters)[]) {
    const value = parameters[key];
    if (!(value >= 0 && value <= most[key])) {
      throw new InputError('simulateDomain', `parameter ${key}: expected 0 to ${most[key]}, got ${value}`);
    }
  }
}
