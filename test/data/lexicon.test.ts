/**
 * The shop's words: the files under lib/data/shop keep their rules, and a file that somebody edited wrongly
 * is told where and why.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLexicon, shopLexicon, simulatedDomains } from '../../lib/src/data/simulation';
import { InputError } from '../../lib/src/errors';
import { freshFolder } from '../support/folders';

const SHOP = join(__dirname, '../../lib/data/shop');
const scratch = freshFolder();
let copies = 0;

/** A lexicon file as anybody may have edited it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Tree = any;

/** A copy of the shop's files, one of them changed. */
function edited(file: string, change: (tree: Tree) => unknown): string {
  const folder = join(scratch, `shop-${copies++}`);
  cpSync(SHOP, folder, { recursive: true });
  const tree: Tree = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  writeFileSync(join(folder, file), JSON.stringify(change(tree) ?? tree));
  return folder;
}

function messageOf(folder: string): string {
  try {
    readLexicon(folder);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error('expected an InputError, found none');
}

/** The two first types of the pantry: breakfast tea and coffee beans. */
const drinks = (tree: Tree): Tree[] => tree.categories.Drinks;

describe('readLexicon', () => {
  it('reads a copy of the embedded files as the embedded lexicon', () => {
    const same = edited('themes.json', () => undefined);
    cpSync(join(SHOP, 'themes.json'), join(same, 'themes.json'));
    expect(readLexicon(same)).toEqual(shopLexicon());
    expect(shopLexicon()).toBe(shopLexicon());
  });

  it('has another fingerprint after any edit, and reads what was edited', () => {
    const changed = readLexicon(
      edited('Pantry.json', (tree) => void (drinks(tree)[0].names[1] = 'tea sachets')),
    );
    expect(changed.domains.Pantry.types[0].names).toEqual(['breakfast tea', 'tea sachets']);
    const fingerprints = [
      shopLexicon(),
      changed,
      readLexicon(edited('sentences.json', (tree) => void tree.fillers.push('nice'))),
      readLexicon(edited('Books.json', (tree) => void (tree.about = 'Other.'))),
    ].map(({ fingerprint }) => fingerprint);
    expect(new Set(fingerprints).size).toBe(4);
  });

  const broken: [what: string, file: string, change: (tree: Tree) => unknown, entry: string, rule: RegExp][] =
    [
      [
        'unknown theme',
        'Pantry.json',
        (tree) => void (drinks(tree)[0].themes = ['musik']),
        'categories.Drinks[0].themes[0]',
        /unknown theme "musik".*Did you mean "music"/,
      ],
      [
        'unknown attribute kind',
        'Pantry.json',
        (tree) => void (drinks(tree)[1].kinds[2] = 'flavor'),
        'categories.Drinks[1].kinds[2]',
        /unknown attribute kind "flavor".*Did you mean "flavour"/,
      ],
      [
        'goes with what there is not',
        'Pantry.json',
        (tree) => void (drinks(tree)[0].goesWith[1] = 'coffee bean'),
        'categories.Drinks[0].goesWith[1]',
        /unknown main name of a type of this domain "coffee bean".*Did you mean "coffee beans"/,
      ],
      [
        'goes with a synonym',
        'Pantry.json',
        (tree) => void (drinks(tree)[1].goesWith = ['tea bags']),
        'categories.Drinks[1].goesWith[0]',
        /unknown main name/,
      ],
      [
        'goes with itself',
        'Pantry.json',
        (tree) => void (drinks(tree)[0].goesWith[0] = 'breakfast tea'),
        'categories.Drinks[0].goesWith',
        /expected other types than "breakfast tea" itself/,
      ],
      [
        'goes with nothing',
        'Pantry.json',
        (tree) => void (drinks(tree)[0].goesWith = []),
        'categories.Drinks[0].goesWith',
        /expected a list of at least 1, got \[\]/,
      ],
      [
        'a name of two types',
        'Pantry.json',
        (tree) => void drinks(tree)[1].names.push('tea bags'),
        'categories.Drinks[1].names',
        /no other type has; categories\.Drinks\[0\] has "tea bags" too/,
      ],
      [
        'a name twice in one type',
        'Pantry.json',
        (tree) => void drinks(tree)[0].names.push('tea bags'),
        'categories.Drinks[0].names',
        /expected each text once/,
      ],
      [
        'no kind with variants',
        'Pantry.json',
        (tree) => void (drinks(tree)[0].kinds = ['diet', 'quality']),
        'categories.Drinks[0].kinds',
        /at least one kind that comes in variants, got \["diet","quality"\]/,
      ],
      [
        'a text for a list',
        'Pantry.json',
        (tree) => void (drinks(tree)[0].madeOf = 'tea leaves'),
        'categories.Drinks[0].madeOf',
        /expected a list of at least 1, got "tea leaves"/,
      ],
      [
        'a number for a text',
        'Pantry.json',
        (tree) => void (drinks(tree)[0].usedFor = [3]),
        'categories.Drinks[0].usedFor[0]',
        /expected a text of 1 to 200 characters.*got 3/,
      ],
      [
        'space at the end of a text',
        'Pantry.json',
        (tree) => void (tree.brands[3] = 'Hazelwick '),
        'brands[3]',
        /without space at its ends, got "Hazelwick "/,
      ],
      [
        'an entry left out',
        'Pantry.json',
        (tree) => void delete drinks(tree)[1].usedFor,
        'categories.Drinks[1].usedFor',
        /expected an entry, found none/,
      ],
      [
        'a list for categories',
        'Pantry.json',
        (tree) => void (tree.categories = [1]),
        'categories',
        /expected an object, got \[1\]/,
      ],
      [
        'no category',
        'Pantry.json',
        (tree) => void (tree.categories = {}),
        'categories',
        /expected at least one entry/,
      ],
      [
        'another domain',
        'Pantry.json',
        (tree) => void (tree.domain = 'Books'),
        'domain',
        /expected "Pantry", got "Books"/,
      ],
      ['a list for a file', 'Pantry.json', () => [], '', /expected an object, got \[\]/],
      [
        'a text for yes or no',
        'attributes.json',
        (tree) => void (tree.kinds.colour.variant = 'yes'),
        'kinds.colour.variant',
        /expected true or false, got "yes"/,
      ],
      [
        'an unknown place',
        'attributes.json',
        (tree) => void (tree.kinds.colour.place = 'left'),
        'kinds.colour.place',
        /expected "before" or "after", got "left"/,
      ],
      [
        'a single value',
        'attributes.json',
        (tree) => void (tree.kinds.colour.values = ['red']),
        'kinds.colour.values',
        /expected a list of at least 2/,
      ],
      [
        'no fans',
        'themes.json',
        (tree) => void delete tree.themes.music.fans,
        'themes.music.fans',
        /expected an entry, found none/,
      ],
      [
        'a slot of another kind of sentence',
        'sentences.json',
        (tree) => void (tree.templates.madeOf[1] = '{type} of {use}'),
        'templates.madeOf[1]',
        /no slots but \{type\}, \{material\}, got "\{type\} of \{use\}"/,
      ],
      [
        'a sentence about nothing',
        'sentences.json',
        (tree) => void (tree.templates.goesWith[0] = 'take {other}'),
        'templates.goesWith[0]',
        /a sentence with \{type\}/,
      ],
      [
        'a kind of sentence left out',
        'sentences.json',
        (tree) => void delete tree.templates.alike,
        'templates.alike',
        /expected an entry, found none/,
      ],
      [
        'no lines',
        'sentences.json',
        (tree) => void (tree.lines = []),
        'lines',
        /expected a list of at least 1/,
      ],
    ];
  it.each(broken)('names file, entry and rule: %s', (_, file, change, entry, rule) => {
    const folder = edited(file, change);
    const message = messageOf(folder);
    expect(message.startsWith(`${join(folder, file)}: ${entry}`), message).toBe(true);
    expect(message).toMatch(rule);
  });

  it('names the file that is not JSON, and the one that is missing', () => {
    const folder = edited('Pantry.json', (tree) => tree);
    writeFileSync(join(folder, 'Pantry.json'), '{ "domain": "Pantry", }');
    expect(messageOf(folder)).toMatch(/Pantry\.json: expected JSON, got /);
    rmSync(join(folder, 'Pantry.json'));
    expect(messageOf(folder)).toMatch(
      /Pantry\.json: expected a file of the shop's lexicon, found none.*git checkout lib\/data\/shop/,
    );
    expect(messageOf(join(scratch, 'nowhere'))).toMatch(/nowhere\/attributes\.json: expected a file/);
  });
});

describe('the embedded lexicon', () => {
  const { domains, kinds, themes } = shopLexicon();

  it.each(simulatedDomains)('is as rich as the simulation needs: %s', (name) => {
    const { brands, categories, types } = domains[name];
    expect(categories).toHaveLength(12);
    expect(brands).toHaveLength(32);
    expect(types.length).toBeGreaterThanOrEqual(48);
    expect(new Set(types.flatMap((type) => type.themes)).size).toBeGreaterThanOrEqual(20);
    expect(new Set(types.flatMap((type) => type.kinds)).size).toBeGreaterThanOrEqual(7);
    const unnamed = types.filter((_, index) => !types.some(({ goesWith }) => goesWith.includes(index)));
    expect(unnamed.map(({ names }) => names[0])).toEqual([]);
    for (const theme of themes.keys())
      expect(types.filter((type) => type.themes[0] === theme).length).toBeLessThanOrEqual(5);
    expect(types.filter(({ names }) => names.length > 1).length).toBeGreaterThan(types.length / 3);
  });

  it.each(simulatedDomains)('has types of the form that titles and sentences ask for: %s', (name) => {
    const values = kinds.flatMap((kind) => kind.values.map((value) => ` ${value.toLowerCase()} `));
    for (const { names, themes: interests, goesWith, kinds: own } of domains[name].types) {
      expect([1, 2]).toContain(interests.length);
      expect([2, 3]).toContain(goesWith.length);
      expect([3, 4]).toContain(own.length);
      expect(names.length).toBeLessThanOrEqual(3);
      for (const one of names) {
        expect(one.split(' ').length, one).toBeLessThanOrEqual(3);
        expect(
          values.filter((value) => ` ${one.toLowerCase()} `.includes(value)),
          one,
        ).toEqual([]);
      }
    }
  });

  it('shares words of themes between domains: most names have one', () => {
    for (const name of simulatedDomains) {
      const { types } = domains[name];
      const about = types.filter((type) =>
        type.themes.some((theme) =>
          themes[theme].words.some((word) =>
            type.names.some((one) =>
              one
                .toLowerCase()
                .split(' ')
                .some((part) => part.startsWith(word)),
            ),
          ),
        ),
      );
      expect(about.length / types.length, name).toBeGreaterThan(0.5);
    }
  });
});
