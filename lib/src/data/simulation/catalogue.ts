/**
 * The items of one simulated domain: text, hidden vector, popularity. No users. Called by simulateDomain.ts; the hidden
 * part reaches nothing but the choice model and the oracle.
 */

import type { ItemText } from '../types';
import { structure, type DomainName, type SimulationWorld } from './parameters';
import { Stream, zipf } from './random';
import { brandNames, nameConcept } from './vocabulary';
import { domainBehaviour, type World } from './world';

const { dimensions: D, conceptsPerItem } = structure;

/** Items in order of id; item id i is row i - 1. */
export interface Catalogue {
  readonly texts: readonly ItemText[];
  /** v: what an item does, [items, 8]. */
  readonly vectors: Float32Array;
  /** pop: log-popularity, [items]. */
  readonly popularity: Float32Array;
  /** Concepts whose words stand in the title of each item; empty where none was named. */
  readonly named: readonly (readonly number[])[];
}

export function makeCatalogue(world: World, domain: DomainName, items: number, kind: SimulationWorld): Catalogue {
  const random = new Stream(world.seed, `items/${domain}`);
  const behaviour = domainBehaviour(world, domain);
  const categories = Array.from({ length: structure.categories }, () => random.dirichlet(structure.concepts, structure.categoryConcentration));
  const labels = categories.map((shares) => categoryLabel(world, domain, shares));
  const brands = brandNames(structure.brands, random);
  const brandVectors = random.normals(structure.brands * D);
  const categoryWeights = zipf(structure.categories);
  const brandWeights = zipf(structure.brands);

  const texts: ItemText[] = [];
  const named: number[][] = [];
  const vectors = new Float32Array(items * D);
  const popularity = new Float32Array(items);
  for (let item = 0; item < items; item++) {
    const category = random.choose(categoryWeights);
    const brand = random.choose(brandWeights);
    const concepts = distinct(categories[category], conceptsPerItem, random);
    popularity[item] = world.parameters.popularity * random.normal();
    for (let k = 0; k < D; k++) {
      let mean = 0;
      for (const concept of concepts) mean += behaviour[concept * D + k] / conceptsPerItem;
      vectors[item * D + k] = mean + structure.brandDeviation * brandVectors[brand * D + k] + world.parameters.kappa * random.normal();
    }
    const told = concepts.filter(() => random.uniform() < structure.naming);
    named.push(told);
    texts.push({ title: makeTitle(world, domain, told, random), brand: brands[brand], category: labels[category] });
  }
  if (kind !== 'shuffled') return { texts, vectors, popularity, named };
  const order = new Stream(world.seed, `shuffled/${domain}`).shuffle(Array.from({ length: items }, (_, i) => i));
  return { texts: order.map((i) => texts[i]), vectors, popularity, named: order.map((i) => named[i]) };
}

/** The named concepts, each by one of its words, among Poisson(4) filler words, in random order; never empty. */
function makeTitle(world: World, domain: DomainName, concepts: readonly number[], random: Stream): string {
  const words = concepts.map((concept) => nameConcept(world.vocabulary, concept, domain, random));
  const fillers = Math.max(random.poisson(structure.fillersPerTitle), words.length === 0 ? 1 : 0);
  for (let i = 0; i < fillers; i++) words.push(filler(world, random));
  return random.shuffle(words).join(' ');
}

/** A filler word, by its frequency. */
export function filler(world: World, random: Stream): string {
  return world.vocabulary.fillers[random.choose(fillerWeights)];
}
const fillerWeights = zipf(structure.fillerWords);

/** The domain's name and the first words of the category's two main concepts, as shop categories go from wide to narrow. */
function categoryLabel(world: World, domain: DomainName, shares: Float64Array): string {
  const main = Array.from(shares, (share, concept) => ({ share, concept })).sort((a, b) => b.share - a.share || a.concept - b.concept);
  return [domain, ...main.slice(0, 2).map(({ concept }) => world.vocabulary.synonyms[concept][0].word)].join(' ');
}

/** `n` different indices, drawn one after the other in proportion to `weights`. */
function distinct(weights: Float64Array, n: number, random: Stream): number[] {
  const rest = weights.slice();
  return Array.from({ length: n }, () => {
    // A category may have fewer than n concepts of any weight: the rest are then drawn from all concepts.
    const index = rest.some((weight) => weight > 0) ? random.choose(rest) : random.below(rest.length);
    rest[index] = 0;
    return index;
  });
}
