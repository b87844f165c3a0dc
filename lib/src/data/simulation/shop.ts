/**
 * What the domains of the embedded shop share besides words: the shopper types, and which part each word
 * plays in which world. It holds no item and no user.
 */
import { shopLexicon, type DomainLexicon, type Lexicon } from './lexicon';
import {
  pretrainingDomains,
  structure,
  type DomainName,
  type SimulationParameters,
  type SimulationWorld,
} from './parameters';
import { Stream, zipf } from './random';

/** One of finitely many shopper types. The same in all domains. */
export interface Shopper {
  /** Interest in each theme; sums to 1. */
  readonly interests: Float64Array;
  /** Per attribute kind, the values that the shopper likes, as indices. */
  readonly likes: readonly ReadonlySet<number>[];
  readonly loyal: boolean;
}

export interface Shop {
  readonly seed: number;
  readonly world: SimulationWorld;
  readonly parameters: SimulationParameters;
  readonly lexicon: Lexicon;
  readonly shoppers: readonly Shopper[];
}

export function makeShop(seed: number, world: SimulationWorld, parameters: SimulationParameters): Shop {
  const lexicon = shopLexicon();
  const random = new Stream(seed, 'shoppers');
  const shoppers = Array.from({ length: structure.shoppers }, (): Shopper => ({
    interests: random.dirichlet(lexicon.themes.length, parameters.interests),
    likes: lexicon.kinds.map(({ values }) => {
      const likes = new Set([random.below(values.length)]);
      if (random.uniform() < structure.secondTaste) likes.add(random.below(values.length));
      return likes;
    }),
    loyal: random.uniform() < structure.loyal,
  }));
  return { seed, world, parameters, lexicon, shoppers };
}

/** How the product types and attribute values of one domain behave. */
export interface DomainBehaviour {
  /** Per type, the category whose part it plays. */
  readonly categories: readonly string[];
  /** Per type, the types that go with it, with weights that sum to 1. */
  readonly goesWith: readonly ReadonlyMap<number, number>[];
  /** Per type, its themes with weights, the main one first. */
  readonly themes: readonly (readonly (readonly [theme: number, weight: number])[])[];
  /** Per attribute kind, the value whose part each value plays in shoppers' tastes. */
  readonly valueRoles: readonly (readonly number[])[];
}

/**
 * Words behave as the lexicon says. In the world "unrelated" the types of a pre-training domain swap their
 * parts, and so do the values of each kind: within the domain all stays consistent, but nothing that a word
 * does there predicts what it does elsewhere.
 */
export function domainBehaviour({ seed, world, lexicon }: Shop, domain: DomainName): DomainBehaviour {
  const { types } = lexicon.domains[domain];
  const swapped = world === 'unrelated' && pretrainingDomains.includes(domain);
  const random = new Stream(seed, `unrelated/${domain}`);
  const roles = (n: number): number[] => {
    const all = Array.from({ length: n }, (_, i) => i);
    return swapped ? random.shuffle(all) : all;
  };
  const typeRoles = roles(types.length);
  const actorOf = new Map(typeRoles.map((role, type) => [role, type]));
  return {
    categories: typeRoles.map((role) => types[role].category),
    goesWith: typeRoles.map((role) => complements(types, role, (other) => actorOf.get(other) as number)),
    themes: typeRoles.map((role) =>
      types[role].themes.map((theme, rank) => [theme, structure.secondTheme ** rank] as const),
    ),
    valueRoles: lexicon.kinds.map(({ values }) => roles(values.length)),
  };
}

function complements(
  types: DomainLexicon['types'],
  role: number,
  actor: (role: number) => number,
): Map<number, number> {
  const others = types[role].goesWith;
  const weights = zipf(others.length);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return new Map(others.map((other, rank) => [actor(other), weights[rank] / total]));
}
