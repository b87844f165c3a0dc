/**
 * Every number of the simulation: structure, the calibrated parameters, and the sizes of the seven domains. The equations
 * that use them are in simulateDomain.ts; how the calibrated ones were matched to real files, and how well, is in
 * CALIBRATION.md of this folder.
 */

/** The domains of the paper (Table 2) whose roles the simulation takes; none of their data is used. */
export const simulatedDomains = ['Books', 'Clothing', 'Sports', 'Movies', 'Arts', 'Instruments', 'Pantry'] as const;
export type DomainName = (typeof simulatedDomains)[number];

/** Domains the language model is pre-trained on, and those models are evaluated on (reference.md 2.1). */
export const pretrainingDomains: readonly DomainName[] = ['Books', 'Clothing', 'Sports', 'Movies'];
export const evaluationDomains: readonly DomainName[] = ['Sports', 'Movies', 'Arts', 'Instruments', 'Pantry'];

/**
 * - `calibrated`: rho and sigma as measured on real files.
 * - `rho0`: rho = 0. The meaning of a word (its company in the language corpus) says nothing of behaviour. Words still name
 *   concepts, so a model that has seen behaviour can learn what a concept does.
 * - `sigma0`: sigma = 0. The behaviour of a concept in one domain says nothing of its behaviour in another.
 * - `shuffled`: as calibrated, with the texts of a domain's items permuted: text says nothing at all. Not one of the three
 *   worlds of the report; it is the control for "any vector would have done".
 */
export const simulationWorlds = ['calibrated', 'rho0', 'sigma0', 'shuffled'] as const;
export type SimulationWorld = (typeof simulationWorlds)[number];

/** The parameters that are matched to real files; dimensionless. */
export interface SimulationParameters {
  /** Correlation of a concept's behaviour with its meaning, 0..1. */
  readonly rho: number;
  /** Correlation of a concept's behaviour in one domain with its behaviour overall, 0..1. */
  readonly sigma: number;
  /** Standard deviation, per dimension, of what an item is beyond its text. */
  readonly kappa: number;
  /** Weight of the current need in a choice. */
  readonly beta: number;
  /** Weight of the lasting taste. */
  readonly theta: number;
  /** Weight of the previous item. */
  readonly gamma: number;
  /** Standard deviation of log-popularity. */
  readonly popularity: number;
  /** Probability that a step repeats an item of the user's history. */
  readonly repeat: number;
}

/** Matched once to real files before any model of the paper was trained; frozen since (CALIBRATION.md). */
export const calibratedParameters: SimulationParameters = Object.freeze({
  rho: 0.95,
  sigma: 0.87,
  kappa: 0.35,
  beta: 0.7,
  theta: 1.8,
  gamma: 0.9,
  popularity: 0.6,
  repeat: 0.065,
});

/** Structure: chosen, not matched. */
export const structure = Object.freeze({
  /** Dimensions of meaning and behaviour. */
  dimensions: 8,
  concepts: 96,
  /** Squared length scale of meaning: neighbours of concept c in the corpus are drawn ~ exp(-|s_c - s_c'|^2 / (2 tau)). */
  tau: 3,
  /** A concept has 1 to this many synonyms. */
  synonyms: 8,
  /** Probability that a synonym other than a concept's first is used in one domain only: a fifth of all words. */
  privateSynonym: 0.26,
  fillerWords: 600,
  categories: 16,
  /** Concentration of a category's Dirichlet over concepts: about six concepts carry a category. */
  categoryConcentration: 0.06,
  brands: 24,
  brandDeviation: 0.2,
  conceptsPerItem: 3,
  naming: 0.7,
  fillersPerTitle: 4,
  types: 12,
  needs: 24,
  /** Concentration of a type's Dirichlet over needs. */
  needConcentration: 0.3,
  /** Needs that may follow as complements of one need. */
  complements: 3,
  stay: 0.6,
  complement: 0.3,
  /** Longest sequence (the models' limit, paper section 4.2). */
  longest: 50,
});

/** Size of one domain. Lengths include validation and test item; the shortest are the filters of reference.md 2.2. */
export interface DomainSize {
  readonly users: number;
  readonly items: number;
  readonly meanLength: number;
  readonly minLength: number;
}

/** `mini`: the embedded default. Mean and shortest length are the paper's (Table 2, reference.md 2.2), counts are ours. */
const mini: Readonly<Record<DomainName, DomainSize>> = {
  Books: { users: 250, items: 500, meanLength: 10.1, minLength: 5 },
  Clothing: { users: 150, items: 300, meanLength: 7.4, minLength: 5 },
  Sports: { users: 300, items: 400, meanLength: 6.7, minLength: 5 },
  Movies: { users: 300, items: 350, meanLength: 9.5, minLength: 5 },
  Arts: { users: 600, items: 450, meanLength: 5.5, minLength: 4 },
  Instruments: { users: 450, items: 400, meanLength: 6.4, minLength: 4 },
  Pantry: { users: 300, items: 300, meanLength: 8.0, minLength: 4 },
};

export const simulationSizes = ['mini', 'study'] as const;
export type SimulationSize = (typeof simulationSizes)[number];

/** `study` has four times the users and items of `mini`. */
export function domainSize(name: DomainName, size: SimulationSize): DomainSize {
  const base = mini[name];
  const factor = size === 'study' ? 4 : 1;
  return { ...base, users: base.users * factor, items: base.items * factor };
}

/** The parameters of a world: `overrides` first, then what the world switches off. */
export function worldParameters(world: SimulationWorld, overrides: Partial<SimulationParameters> = {}): SimulationParameters {
  const parameters = { ...calibratedParameters, ...overrides };
  if (world === 'rho0') return { ...parameters, rho: 0 };
  if (world === 'sigma0') return { ...parameters, sigma: 0 };
  return parameters;
}
