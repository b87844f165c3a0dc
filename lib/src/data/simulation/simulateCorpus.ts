/**
 * The language corpus of the simulation: plain sentences for the language model (stage LF), before it has seen any item or
 * user. No sentence is made from an item. Called by the language-model stage.
 *
 * A sentence is about a concept c ~ Zipf; beside it two to four neighbours c' ~ exp(-|s_c - s_c'|^2 / (2 tau)), each named by
 * one of its words (the whole language, domain words included), and Poisson(4) filler, shuffled. (exp(s . s' / tau) would
 * make concepts with long vectors neighbours of everything; the distance has no such hubs.) So words of one concept, and of
 * concepts that mean similar things, keep the same company, which is all a language model can learn here.
 */

import { InputError } from '../../errors';
import { filler } from './catalogue';
import { structure, worldParameters } from './parameters';
import { Stream, zipf } from './random';
import { nameConcept } from './vocabulary';
import { makeWorld, type World } from './world';

export interface CorpusOptions {
  /** Must be the seed of the domains it goes with; default 1, as theirs. */
  readonly seed?: number;
  /** Default 20,000. */
  readonly sentences?: number;
}

/** Sentences, the same in every world (rho and sigma do not enter). */
export function simulateCorpus(options: CorpusOptions = {}): string[] {
  const { seed = 1, sentences = 20_000 } = options;
  if (!Number.isSafeInteger(seed)) throw new InputError('simulateCorpus', `seed: expected an integer, got ${seed}`);
  if (!Number.isInteger(sentences) || sentences < 1 || sentences > 10_000_000) {
    throw new InputError('simulateCorpus', `sentences: expected a whole number from 1 to 10,000,000, got ${sentences}`);
  }
  const world = makeWorld(seed, worldParameters('calibrated'));
  const random = new Stream(seed, 'corpus');
  const subjects = zipf(structure.concepts);
  const neighbours = Array.from({ length: structure.concepts }, (_, concept) => meaningAffinity(world, concept));
  for (const [concept, weights] of neighbours.entries()) weights[concept] = 0;
  return Array.from({ length: sentences }, () => {
    const subject = random.choose(subjects);
    const concepts = [subject];
    for (let n = 2 + random.below(3); n > 0; n--) concepts.push(random.choose(neighbours[subject]));
    const words = concepts.map((concept) => nameConcept(world.vocabulary, concept, undefined, random));
    for (let n = random.poisson(structure.fillersPerTitle); n > 0; n--) words.push(filler(world, random));
    return random.shuffle(words).join(' ');
  });
}

/** exp(-|s_c - s_c'|^2 / (2 tau)) for every c', [concepts]: 1 at c itself. */
export function meaningAffinity(world: World, concept: number): Float64Array {
  const { dimensions: D, concepts, tau } = structure;
  return Float64Array.from({ length: concepts }, (_, other) => {
    let distance = 0;
    for (let k = 0; k < D; k++) distance += (world.meaning[concept * D + k] - world.meaning[other * D + k]) ** 2;
    return Math.exp(-distance / (2 * tau));
  });
}
