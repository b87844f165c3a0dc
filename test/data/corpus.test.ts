/** The shop's language corpus: what it says, in which world, and that no item stands in it. */
import { describe, expect, it } from 'vitest';
import {
  calibratedParameters,
  domainSize,
  shopLexicon,
  simulateCorpus,
  simulatedDomains,
  simulationWorlds,
  type SimulationWorld,
} from '../../lib/src/data/simulation';
import { makeCatalogue } from '../../lib/src/data/simulation/catalogue';
import { makeShop } from '../../lib/src/data/simulation/shop';
import { InputError } from '../../lib/src/errors';

const { domains, kinds, templates, themes } = shopLexicon();
const corpus = simulateCorpus();
const silent = simulateCorpus({ world: 'silent' });

type Kind = keyof typeof templates;
const everyType = simulatedDomains.flatMap((name) => domains[name].types);

/** All sentences of a kind that agree with the lexicon, in lower case. */
function sayable(kind: Kind): Set<string> {
  const sentences = new Set<string>();
  const say = (slots: Record<string, string>): void => {
    for (const template of templates[kind])
      sentences.add(
        Object.entries(slots)
          .reduce((text, [slot, word]) => text.replaceAll(`{${slot}}`, word), template)
          .toLowerCase(),
      );
  };
  for (const name of simulatedDomains) {
    const { types } = domains[name];
    for (const one of types) {
      const [main, ...synonyms] = one.names;
      if (kind === 'synonym')
        for (const synonym of synonyms.length > 0 ? synonyms : [main]) say({ type: main, synonym });
      for (const type of one.names) {
        if (kind === 'category') say({ type, category: one.category });
        if (kind === 'madeOf') for (const material of one.madeOf) say({ type, material });
        if (kind === 'usedFor') for (const use of one.usedFor) say({ type, use });
        if (kind === 'goesWith')
          for (const index of one.goesWith) for (const other of types[index].names) say({ type, other });
        if (kind === 'kind')
          for (const index of one.kinds)
            for (const value of kinds[index].values) say({ type, kind: kinds[index].name, value });
        if (kind !== 'theme' && kind !== 'alike') continue;
        for (const theme of one.themes) {
          const { fans, words } = themes[theme];
          if (kind === 'theme') for (const word of words) say({ type, fans, word });
          else
            for (const mate of everyType)
              if (mate.themes.includes(theme)) for (const other of mate.names) say({ type, other, fans });
        }
      }
    }
  }
  return sentences;
}

const told = (Object.keys(templates) as Kind[]).map((kind): [Kind, Set<string>] => [kind, sayable(kind)]);

describe('simulateCorpus', () => {
  it('writes as many plain lower-case sentences as it is asked for', () => {
    expect(corpus).toHaveLength(20_000);
    expect(simulateCorpus({ sentences: 7 })).toHaveLength(7);
    for (const sentence of [...corpus, ...silent]) {
      if (
        sentence !== sentence.toLowerCase() ||
        !/^\S+( \S+){3,}$/.test(sentence) ||
        /[{}.]|undefined/.test(sentence)
      )
        expect.fail(sentence);
    }
  });

  it('is a function of its arguments', () => {
    expect(simulateCorpus({ seed: 1, world: 'calibrated', sentences: 20_000 })).toEqual(corpus);
    expect(simulateCorpus({ sentences: 50 })).toEqual(corpus.slice(0, 50));
    expect(simulateCorpus({ seed: 2, sentences: 50 })).not.toEqual(corpus.slice(0, 50));
  });

  it('names every product type by every synonym, every kind of attribute and every group of fans', () => {
    const text = ` ${corpus.join(' , ')} `;
    const words = [
      ...everyType.flatMap(({ names }) => names),
      ...kinds.map(({ name }) => name),
      ...themes.map(({ fans }) => fans),
    ];
    expect(
      words.filter(
        (word) => !text.includes(` ${word.toLowerCase()} `) && !text.includes(` ${word.toLowerCase()}:`),
      ),
    ).toEqual([]);
  });

  it('says what the lexicon says, each kind of sentence as often as it should', () => {
    const weights: Record<Kind, number> = {
      synonym: 1,
      category: 1.5,
      madeOf: 1,
      usedFor: 1,
      goesWith: 2.5,
      theme: 2,
      kind: 1,
      alike: 2,
    };
    const counts = new Map(
      told.map(([kind, sentences]) => [kind, corpus.filter((sentence) => sentences.has(sentence)).length]),
    );
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(corpus.length);
    for (const [kind, count] of counts) {
      const share = weights[kind] / 12;
      expect(Math.abs(count / corpus.length - share), kind).toBeLessThan(
        5 * Math.sqrt((share * (1 - share)) / corpus.length),
      );
    }
  });

  it('is the same in all worlds but "silent", which pairs things at random', () => {
    for (const world of simulationWorlds)
      if (world !== 'silent') expect(simulateCorpus({ world, sentences: 500 })).toEqual(corpus.slice(0, 500));
    expect(silent).toHaveLength(corpus.length);
    const agree = (kind: Kind): number =>
      silent.filter((sentence) => told.find(([one]) => one === kind)?.[1].has(sentence)).length /
      silent.length;
    // Told as before: what a thing is called, made of, used for, and which versions it has.
    for (const kind of ['synonym', 'madeOf', 'usedFor', 'kind'] as const)
      expect(agree(kind)).toBeGreaterThan(0.9 / 12);
    // By chance: one category of 12; one or two themes of 32; two or three types of about 54.
    expect(agree('category')).toBeLessThan((1.5 / 12) * 0.15);
    expect(agree('goesWith')).toBeLessThan((2.5 / 12) * 0.1);
    expect(agree('theme')).toBeLessThan((2 / 12) * 0.1);
    expect(agree('alike')).toBeLessThan((2 / 12) * 0.02);
  });

  it("holds no title of three or more words, unless a title is only a product type's name", () => {
    const shop = makeShop(1, 'calibrated', calibratedParameters);
    const titles = simulatedDomains.flatMap((name) =>
      makeCatalogue(shop, name, domainSize(name, 'mini').items).texts.map(({ title }) => title.toLowerCase()),
    );
    const long = new Set(titles.filter((title) => title.split(' ').length >= 3));
    const most = Math.max(...Array.from(long, (title) => title.split(' ').length));
    const found = new Set<string>();
    for (const sentence of corpus) {
      const words = sentence.split(' ');
      for (let first = 0; first < words.length; first++) {
        for (let count = 3; count <= Math.min(most, words.length - first); count++) {
          const part = words.slice(first, first + count).join(' ');
          if (long.has(part)) found.add(part);
        }
      }
    }
    const names = new Set(everyType.flatMap((type) => type.names.map((name) => name.toLowerCase())));
    expect([...found].filter((title) => !names.has(title))).toEqual([]);
    expect(titles.filter((title) => found.has(title)).length).toBeLessThan(0.002 * titles.length);
    expect(corpus.filter((sentence) => long.has(sentence))).toEqual([]);
  });

  it('says what is wrong with an option', () => {
    const wrong: [() => unknown, RegExp][] = [
      [
        () => simulateCorpus({ sentences: 0 }),
        /sentences: expected a whole number from 1 to 10,000,000, got 0/,
      ],
      [() => simulateCorpus({ sentences: 1.5 }), /sentences: .* got 1.5/],
      [() => simulateCorpus({ sentences: 10_000_001 }), /sentences: .* got 10000001/],
      [() => simulateCorpus({ seed: 0.5 }), /seed: expected an integer, got 0.5/],
      [
        () => simulateCorpus({ world: 'silence' as SimulationWorld }),
        /unknown world "silence".*Did you mean "silent"/,
      ],
    ];
    for (const [call, message] of wrong) {
      expect(call).toThrow(InputError);
      expect(call).toThrow(message);
    }
  });
});
