/**
 * Every number of the embedded shop: structure, calibrated parameters, and the sizes of the seven domains.
 * The equations that use them are in simulateDomain.ts. How the calibrated ones were matched to real files is
 * in CALIBRATION.md of this folder.
 */

/** The domains of the paper (Table 2) whose roles the shop takes; none of their data is used. */
export const simulatedDomains = [
  'Books',
  'Clothing',
  'Sports',
  'Movies',
  'Arts',
  'Instruments',
  'Pantry',
] as const;
/** One of simulatedDomains. */
export type DomainName = (typeof simulatedDomains)[number];

/** Domains that the language model is pre-trained on (docs/method.md, section 2.1). */
export const pretrainingDomains: readonly DomainName[] = ['Books', 'Clothing', 'Sports', 'Movies'];
/** Domains that models are evaluated on (docs/method.md, section 2.1). */
export const evaluationDomains: readonly DomainName[] = ['Sports', 'Movies', 'Arts', 'Instruments', 'Pantry'];

/**
 * - `calibrated`: matched to real files.
 * - `shuffled`: the texts of a domain's items are permuted, so that text says nothing about behaviour.
 *   Language models are pre-trained before that, on the calibrated shop. Control for "any vector would do".
 * - `unrelated`: in the four pre-training domains, product types and attribute values swap the parts they
 *   play among themselves. A word still says how its item behaves there, but nothing of how it behaves in
 *   another domain. The domains that are only evaluated are the calibrated ones. Control for transfer.
 * - `silent`: the shop is the calibrated one, but the language corpus pairs things at random, so that a
 *   word's meaning says nothing of behaviour. Control for what plain language brings.
 */
export const simulationWorlds = ['calibrated', 'shuffled', 'unrelated', 'silent'] as const;
/** One of simulationWorlds. */
export type SimulationWorld = (typeof simulationWorlds)[number];

/** The parameters that are matched to real files; dimensionless. */
export interface SimulationParameters {
  /** Probability that the next item is of the same product type as a recent one. */
  readonly stay: number;
  /** Probability that it is of any type of the same category. */
  readonly category: number;
  /** Probability that it goes with a recent one. */
  readonly complement: number;
  /**
   * Probability that it is one of the recent item's companions: particular items that are taken with it,
   * whatever their words say.
   */
  readonly companion: number;
  /** Probability that it is drawn by popularity alone. The rest follows the shopper's interests. */
  readonly popular: number;
  /** Probability that a step repeats an item of the shopper's history. */
  readonly repeat: number;
  /** Log-weight, within a type, of each attribute value that the shopper likes. */
  readonly taste: number;
  /** Log-weight of each attribute value shared with the recent item. */
  readonly alike: number;
  /** Log-weight of a recent item's brand for loyal shoppers. */
  readonly brand: number;
  /** Standard deviation of log-popularity. */
  readonly popularity: number;
  /**
   * Concentration of the Dirichlet over interests that shopper types are drawn from: small means few
   * interests each.
   */
  readonly interests: number;
  /**
   * Probability that an item's title names its product type; others have the brand and a word such as
   * "series" instead.
   */
  readonly typed: number;
  /** Probability that an item's title names an attribute value. */
  readonly named: number;
  /** Mean number of words without meaning in a title. */
  readonly fillers: number;
}

/** Matched once to real files before any language model was trained; frozen since (CALIBRATION.md). */
export const calibratedParameters: SimulationParameters = Object.freeze({
  stay: 0.2,
  category: 0.1,
  complement: 0.2,
  companion: 0.25,
  popular: 0.12,
  repeat: 0.03,
  taste: 1,
  alike: 0.7,
  brand: 1.2,
  popularity: 0.9,
  interests: 0.15,
  typed: 0.6,
  named: 0.65,
  fillers: 2,
});

/** Structure: chosen, not matched. */
export const structure = Object.freeze({
  /** Shopper types, the same in all domains, equally frequent. */
  shoppers: 48,
  /** Share of shopper types that are loyal to brands. */
  loyal: 0.5,
  /** Attribute values of each kind that a shopper type likes: one, and a second with this probability. */
  secondTaste: 0.5,
  /**
   * Weights of the newest item, the one before it, and the third newest as the one that the next item is near
   * to.
   */
  recency: [0.6, 0.25, 0.15],
  /**
   * Companions of an item. They are of its own type or go with it, half each, and the first is taken most
   * often.
   */
  companions: 3,
  /** Interest in a type beyond its themes; themes' weights sum to 1 over about 30 themes. */
  baseInterest: 0.003,
  /** Weight of a type's second theme beside its first. */
  secondTheme: 0.5,
  /** Frequencies fall as 1 / rank to this power: of product types, and of attribute values. */
  typeExponent: 0.7,
  valueExponent: 0.6,
  /** Probability that an item has a value of a kind that its type has. */
  attributed: 0.8,
  /** Probability that a product comes in two or three variants (colour, size, pack). */
  variants: 0.35,
  /** Concentration of a type's Dirichlet over brands: about three brands carry a type. */
  brandConcentration: 0.08,
  /** Longest sequence (the models' limit, paper section 4.2). */
  longest: 50,
});

/**
 * Size of one domain. Lengths include validation and test item; the shortest are the filters of method 2.2.
 */
export interface DomainSize {
  readonly users: number;
  readonly items: number;
  readonly meanLength: number;
  readonly minLength: number;
}

/**
 * `mini`: the embedded default. Mean and shortest length are the paper's (Table 2, method 2.2), counts are
 * ours. Books and Clothing, which are pre-trained on but not evaluated, hold most of the 20,000 pre-training
 * sequences.
 */
const mini: Readonly<Record<DomainName, DomainSize>> = {
  Books: { users: 11_000, items: 1500, meanLength: 10.1, minLength: 5 },
  Clothing: { users: 8200, items: 1200, meanLength: 7.4, minLength: 5 },
  Sports: { users: 500, items: 450, meanLength: 6.7, minLength: 5 },
  Movies: { users: 450, items: 400, meanLength: 9.5, minLength: 5 },
  Arts: { users: 600, items: 450, meanLength: 5.5, minLength: 4 },
  Instruments: { users: 450, items: 400, meanLength: 6.4, minLength: 4 },
  Pantry: { users: 400, items: 350, meanLength: 8.0, minLength: 4 },
};

/** Sizes of the shop; domainSize has their numbers. */
export const simulationSizes = ['smoke', 'mini', 'study'] as const;
/** One of simulationSizes. */
export type SimulationSize = (typeof simulationSizes)[number];

/**
 * Users, items and lengths of a domain. `smoke`: 200 users and items everywhere. `study`: four times the
 * users and items of `mini` in the domains that are evaluated.
 */
export function domainSize(name: DomainName, size: SimulationSize): DomainSize {
  const base = mini[name];
  if (size === 'smoke') return { ...base, users: 200, items: 200 };
  const factor = size === 'study' && evaluationDomains.includes(name) ? 4 : 1;
  return { ...base, users: base.users * factor, items: base.items * factor };
}
