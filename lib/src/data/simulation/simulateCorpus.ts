/**
 * The language corpus of the embedded shop: plain sentences about things, for the language model (stage LF)
 * before it has seen any item or shopper. A sentence says what something is, what it is made of or used for,
 * what goes with it, or who likes it. None is made from an item. The templates are in
 * lib/data/shop/sentences.json.
 */
import { InputError, unknownName } from '../../errors';
import { shopLexicon, SLOTS, type Lexicon, type ProductType, type SentenceKind } from './lexicon';
import { simulatedDomains, simulationWorlds, type SimulationWorld } from './parameters';
import { Stream } from './random';

/** How many sentences, of which world. */
export interface CorpusOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Default 20,000. */
  readonly sentences?: number;
  /** Default "calibrated"; only "silent" has other sentences. */
  readonly world?: SimulationWorld;
}

/** How often each kind of sentence comes. */
const WEIGHTS: Readonly<Record<SentenceKind, number>> = {
  synonym: 1,
  category: 1.5,
  madeOf: 1,
  usedFor: 1,
  goesWith: 2.5,
  theme: 2,
  kind: 1,
  alike: 2,
};
const KINDS = Object.keys(SLOTS) as SentenceKind[];

/**
 * Plain sentences about the shop's things, for a language model that has not seen any item: lower case,
 * without a full stop. The same options give the same sentences.
 * @throws InputError for options that cannot be meant.
 * @example
 * ```ts
 * import { simulateCorpus } from 'elephant/data';
 * console.log(simulateCorpus({ sentences: 3, seed: 7 }));
 * ```
 */
export function simulateCorpus(options: CorpusOptions = {}): string[] {
  const { seed = 1, sentences = 20_000, world = 'calibrated' } = options;
  if (!Number.isSafeInteger(seed))
    throw new InputError('simulateCorpus', `seed: expected an integer, got ${seed}`);
  if (!Number.isInteger(sentences) || sentences < 1 || sentences > 10_000_000) {
    throw new InputError(
      'simulateCorpus',
      `sentences: expected a whole number from 1 to 10,000,000, got ${sentences}`,
    );
  }
  if (!simulationWorlds.includes(world))
    throw unknownName('simulateCorpus', 'world', world, simulationWorlds);
  const writer = new Writer(shopLexicon(), new Stream(seed, 'corpus'), world === 'silent');
  return Array.from({ length: sentences }, () => writer.sentence());
}

class Writer {
  private readonly all: readonly ProductType[];
  private readonly weights = KINDS.map((kind) => WEIGHTS[kind]);

  /** `silent`: categories, what goes with a thing, and who likes it are drawn at random. */
  constructor(
    private readonly lexicon: Lexicon,
    private readonly random: Stream,
    private readonly silent: boolean,
  ) {
    this.all = simulatedDomains.flatMap((domain) => lexicon.domains[domain].types);
  }

  sentence(): string {
    const domain = this.lexicon.domains[simulatedDomains[this.random.below(simulatedDomains.length)]];
    const type = this.one(domain.types);
    const kind = KINDS[this.random.choose(this.weights)];
    const words = this.words(kind, type, domain.types);
    return this.one(this.lexicon.templates[kind])
      .replace(/\{(\w+)\}/g, (_, slot: string) => words[slot])
      .toLowerCase();
  }

  private words(
    kind: SentenceKind,
    type: ProductType,
    domain: readonly ProductType[],
  ): Record<string, string> {
    const named = { type: this.one(type.names) };
    switch (kind) {
      case 'synonym':
        return {
          ...named,
          type: type.names[0],
          synonym: type.names.length > 1 ? this.one(type.names.slice(1)) : type.names[0],
        };
      case 'category':
        return { ...named, category: (this.silent ? this.one(domain) : type).category };
      case 'madeOf':
        return { ...named, material: this.one(type.madeOf) };
      case 'usedFor':
        return { ...named, use: this.one(type.usedFor) };
      case 'goesWith':
        return {
          ...named,
          other: this.one(this.silent ? this.one(domain).names : domain[this.one(type.goesWith)].names),
        };
      case 'theme': {
        const theme = this.lexicon.themes[this.theme(type)];
        return { ...named, fans: theme.fans, word: this.one(theme.words) };
      }
      case 'kind': {
        const attribute = this.lexicon.kinds[this.one(type.kinds)];
        return { ...named, kind: attribute.name, value: this.one(attribute.values) };
      }
      case 'alike': {
        const theme = this.theme(type);
        const others = this.silent ? this.all : this.all.filter(({ themes }) => themes.includes(theme));
        return { ...named, other: this.one(this.one(others).names), fans: this.lexicon.themes[theme].fans };
      }
    }
  }

  /** A theme of the type, the main one twice as often. */
  private theme({ themes }: ProductType): number {
    if (this.silent) return this.random.below(this.lexicon.themes.length);
    return themes[this.random.choose(themes.map((_, rank) => 1 / (rank + 1)))];
  }

  private one<T>(list: readonly T[]): T {
    return list[this.random.below(list.length)];
  }
}
