/**
 * The words of the simulated language: concept synonyms, filler and brand names. Made-up words of two or three fixed
 * syllables, so that nobody takes them for English and a small byte-pair vocabulary can hold them. They carry no
 * information by their spelling. Called by world.ts, catalogue.ts and simulateCorpus.ts.
 */

import { simulatedDomains, structure, type DomainName } from './parameters';
import { Stream, zipf } from './random';

const syllables = (
  'vel tom mar lin dor sen bal nim tov ril pal mer sol dan lum vor nel tam bren stol ' +
  'kor fen gal rud wim zan hes pom lir tas nov kem dul ral mon sib fol tre jun bex ' +
  'yar lod pim ket sur ban wen roth'
).split(' ');

/** One word for a concept. */
export interface Synonym {
  readonly word: string;
  /** Undefined: used everywhere; else the only domain whose titles use it. */
  readonly only: DomainName | undefined;
}

export interface Vocabulary {
  /** Per concept its synonyms, most used first (use ~ 1/rank); the first is used everywhere. */
  readonly synonyms: readonly (readonly Synonym[])[];
  /** Words without meaning, most used first. */
  readonly fillers: readonly string[];
}

/** The same for all domains and worlds of a seed. */
export function makeVocabulary(seed: number): Vocabulary {
  const random = new Stream(seed, 'vocabulary');
  const pairs = random.shuffle(syllables.flatMap((first) => syllables.map((second) => first + second)));
  let used = 0;
  const next = (): string => pairs[used++];
  const synonyms = Array.from({ length: structure.concepts }, () =>
    Array.from({ length: 1 + random.below(structure.synonyms) }, (_, rank): Synonym => ({
      word: next(),
      only: rank > 0 && random.uniform() < structure.privateSynonym ? simulatedDomains[random.below(simulatedDomains.length)] : undefined,
    })),
  );
  return { synonyms, fillers: Array.from({ length: structure.fillerWords }, next) };
}

/** A word for the concept, as used in `domain` (in the language corpus, which knows all words, where undefined). */
export function nameConcept(vocabulary: Vocabulary, concept: number, domain: DomainName | undefined, random: Stream): string {
  const known = vocabulary.synonyms[concept].filter((synonym) => domain === undefined || synonym.only === undefined || synonym.only === domain);
  return known[random.choose(zipf(known.length))].word;
}

/** Brand names of a domain: three syllables, distinct within the domain. */
export function brandNames(n: number, random: Stream): string[] {
  const names = new Set<string>();
  while (names.size < n) names.add([0, 1, 2].map(() => syllables[random.below(syllables.length)]).join(''));
  return [...names];
}
