/**
 * The words of the embedded shop: product types with their synonyms, what goes with what, attributes,
 * interests, brands, and the templates of the language corpus. They are plain JSON files in lib/data/shop,
 * which anybody can open and edit. This file reads and checks them; catalogue.ts, choice.ts and
 * simulateCorpus.ts use them.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, unknownName } from '../../errors';
import { simulatedDomains, type DomainName } from './parameters';

/** One kind of attribute, for example colour. */
export interface AttributeKind {
  readonly name: string;
  /** Where the value is in a title: before or after the product type's name. */
  readonly place: 'before' | 'after';
  /** Whether products come in variants that differ in this alone. */
  readonly variant: boolean;
  readonly values: readonly string[];
}

export interface Theme {
  readonly name: string;
  /** Words shared by names of product types about the theme. */
  readonly words: readonly string[];
  /** People with this interest, in the plural. */
  readonly fans: string;
}

export interface ProductType {
  /** Synonyms, most used first. */
  readonly names: readonly string[];
  readonly category: string;
  /** Indices of themes, the main one first. */
  readonly themes: readonly number[];
  /** Indices of types of this domain, what is most often taken with it first. */
  readonly goesWith: readonly number[];
  /** Indices of attribute kinds. */
  readonly kinds: readonly number[];
  readonly madeOf: readonly string[];
  readonly usedFor: readonly string[];
}

export interface DomainLexicon {
  readonly brands: readonly string[];
  readonly categories: readonly string[];
  readonly types: readonly ProductType[];
}

/** Kinds of sentences, each with the slots that its templates may use. */
export const SLOTS = {
  synonym: ['type', 'synonym'],
  category: ['type', 'category'],
  madeOf: ['type', 'material'],
  usedFor: ['type', 'use'],
  goesWith: ['type', 'other'],
  theme: ['type', 'fans', 'word'],
  kind: ['value', 'kind', 'type'],
  alike: ['type', 'other', 'fans'],
} as const;
export type SentenceKind = keyof typeof SLOTS;

/** All words of the shop, as its JSON files have them. */
export interface Lexicon {
  readonly kinds: readonly AttributeKind[];
  readonly themes: readonly Theme[];
  readonly domains: Readonly<Record<DomainName, DomainLexicon>>;
  readonly templates: Readonly<Record<SentenceKind, readonly string[]>>;
  /** Words without meaning that titles carry. */
  readonly fillers: readonly string[];
  /** Words that stand, with the brand, in titles that do not name the product type. */
  readonly lines: readonly string[];
  /** SHA-256 over all files. */
  readonly fingerprint: string;
}

/** Attribute kinds of a product type. */
export const MOST_KINDS = 8;

const FOLDER = join(__dirname, '../../../data/shop');
let embedded: Lexicon | undefined;

/** The shop's own lexicon, read once. */
export function shopLexicon(): Lexicon {
  return (embedded ??= readLexicon(FOLDER));
}

/**
 * The words of a shop from the JSON files of a folder laid out as lib/data/shop.
 * @throws InputError that names the file, the entry and the rule for an entry that breaks one.
 */
export function readLexicon(folder: string): Lexicon {
  const hash = createHash('sha256');
  const read = (name: string): Entry => {
    const path = join(folder, name);
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (cause) {
      throw new InputError(
        path,
        "expected a file of the shop's lexicon, found none that can be read",
        'Restore it with: git checkout lib/data/shop',
        { cause },
      );
    }
    hash.update(`${name}\0`).update(text).update('\0');
    try {
      return new Entry(path, JSON.parse(text));
    } catch (cause) {
      throw new InputError(path, `expected JSON, got ${(cause as Error).message}`, undefined, { cause });
    }
  };

  const kinds = read('attributes.json')
    .get('kinds')
    .entries()
    .map(([name, entry]): AttributeKind => ({
      name,
      place: entry.get('place').oneOf(['before', 'after']),
      variant: entry.get('variant').boolean(),
      values: entry.get('values').words(2),
    }));
  const themes = read('themes.json')
    .get('themes')
    .entries()
    .map(([name, entry]): Theme => ({
      name,
      words: entry.get('words').words(1),
      fans: entry.get('fans').text(),
    }));
  const sentences = read('sentences.json');
  const templates = Object.fromEntries(
    Object.entries(SLOTS).map(([kind, slots]) => [
      kind,
      sentences.get('templates').get(kind).templates(slots),
    ]),
  ) as unknown as Lexicon['templates'];
  const [fillers, lines] = ['fillers', 'lines'].map((key) => sentences.get(key).words(1));
  const domains = Object.fromEntries(
    simulatedDomains.map((domain) => [domain, domainLexicon(read(`${domain}.json`), domain, kinds, themes)]),
  ) as Lexicon['domains'];
  return { kinds, themes, domains, templates, fillers, lines, fingerprint: hash.digest('hex') };
}

function domainLexicon(
  file: Entry,
  domain: DomainName,
  kinds: readonly AttributeKind[],
  themes: readonly Theme[],
): DomainLexicon {
  file.get('domain').oneOf([domain]);
  const categories = file.get('categories').entries();
  const entries = categories.flatMap(([category, types]) =>
    types.list(1).map((entry) => ({ category, entry, names: entry.get('names').words(1) })),
  );
  const seen = new Map<string, string>();
  for (const { entry, names } of entries) {
    for (const name of names) {
      if (seen.has(name))
        throw entry.get('names').broken(`names that no other type has; ${seen.get(name)} has "${name}" too`);
      seen.set(name, entry.path);
    }
  }
  const mainNames = entries.map(({ names }) => names[0]);
  const types = entries.map(({ category, entry, names }, index): ProductType => {
    const goesWith = entry.get('goesWith').names(mainNames, 'main name of a type of this domain', 1);
    if (goesWith.includes(index)) throw entry.get('goesWith').broken(`other types than "${names[0]}" itself`);
    const own = entry.get('kinds').names(
      kinds.map(({ name }) => name),
      'attribute kind',
      1,
    );
    if (own.length > MOST_KINDS) throw entry.get('kinds').broken(`at most ${MOST_KINDS} kinds`);
    if (!own.some((kind) => kinds[kind].variant))
      throw entry.get('kinds').broken('at least one kind that comes in variants');
    return {
      names,
      category,
      goesWith,
      kinds: own,
      themes: entry.get('themes').names(
        themes.map(({ name }) => name),
        'theme',
        1,
      ),
      madeOf: entry.get('madeOf').words(1),
      usedFor: entry.get('usedFor').words(1),
    };
  });
  return { brands: file.get('brands').words(2), categories: categories.map(([name]) => name), types };
}

/** A value of a lexicon file together with where it stands, so that what is wrong with it can be said. */
class Entry {
  constructor(
    private readonly file: string,
    private readonly value: unknown,
    readonly path: string = '',
  ) {}

  broken(rule: string): InputError {
    const shown = JSON.stringify(this.value) ?? 'nothing';
    return new InputError(
      this.file,
      `${this.path || 'the whole'}: expected ${rule}, got ` +
        `${shown.length > 120 ? `${shown.slice(0, 120)}...` : shown}`,
    );
  }

  get(key: string): Entry {
    const tree = this.object();
    const path = this.path === '' ? key : `${this.path}.${key}`;
    if (!Object.hasOwn(tree, key)) throw new InputError(this.file, `${path}: expected an entry, found none`);
    return new Entry(this.file, tree[key], path);
  }

  entries(): [string, Entry][] {
    const pairs = Object.entries(this.object()).map(([key, value]): [string, Entry] => [
      key,
      new Entry(this.file, value, `${this.path}.${key}`),
    ]);
    if (pairs.length === 0) throw this.broken('at least one entry');
    return pairs;
  }

  list(least: number): Entry[] {
    if (!Array.isArray(this.value) || this.value.length < least)
      throw this.broken(`a list of at least ${least}`);
    return this.value.map((value, i) => new Entry(this.file, value, `${this.path}[${i}]`));
  }

  text(): string {
    if (
      typeof this.value !== 'string' ||
      this.value.trim() !== this.value ||
      this.value === '' ||
      this.value.length > 200
    ) {
      throw this.broken('a text of 1 to 200 characters without space at its ends');
    }
    return this.value;
  }

  boolean(): boolean {
    if (typeof this.value !== 'boolean') throw this.broken('true or false');
    return this.value;
  }

  oneOf<T extends string>(known: readonly T[]): T {
    if (!known.includes(this.value as T)) throw this.broken(known.map((name) => `"${name}"`).join(' or '));
    return this.value as T;
  }

  /** Different texts. */
  words(least: number): string[] {
    const words = this.list(least).map((entry) => entry.text());
    if (new Set(words).size < words.length) throw this.broken('each text once');
    return words;
  }

  /** Indices of names in `known`. */
  names(known: readonly string[], kind: string, least: number): number[] {
    return this.words(least).map((name, i) => {
      const index = known.indexOf(name);
      if (index < 0) throw unknownName(`${this.file}: ${this.path}[${i}]`, kind, name, known);
      return index;
    });
  }

  /** Sentences with slots in braces, none but `slots`, {type} among them. */
  templates(slots: readonly string[]): string[] {
    return this.list(1).map((entry) => {
      const text = entry.text();
      const used = Array.from(text.matchAll(/\{([^{}]*)\}?/g), ([, slot]) => slot);
      if (!used.includes('type') || used.some((slot) => !slots.includes(slot))) {
        throw entry.broken(
          `a sentence with {type} and no slots but ${slots.map((slot) => `{${slot}}`).join(', ')}`,
        );
      }
      return text;
    });
  }

  private object(): Record<string, unknown> {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value))
      throw this.broken('an object');
    return this.value as Record<string, unknown>;
  }
}
