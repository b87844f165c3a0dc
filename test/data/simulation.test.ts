import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  calibratedParameters,
  domainSize,
  evaluationDomains,
  pretrainingDomains,
  shopLexicon,
  simulateDomain,
  simulateTruth,
  simulatedDomains,
  simulationWorlds,
  type DomainName,
  type SimulationOptions,
  type SimulationWorld,
} from '../../lib/src/data/simulation';
import { makeCatalogue, type SimulatedCatalogue } from '../../lib/src/data/simulation/catalogue';
import { domainBehaviour, makeShop } from '../../lib/src/data/simulation/shop';
import { InputError } from '../../lib/src/errors';
import { evaluate, popularity, transition } from '../../lib/src/evaluation';

type Data = ReturnType<typeof simulateDomain>;

const smoke = (name: DomainName, options: SimulationOptions = {}): Data =>
  simulateDomain(name, { size: 'smoke', ...options });
const history = (data: Data, row: number): number[] => [
  ...data.sequence.subarray(data.offsets[row], data.offsets[row + 1]),
];
const lengths = (data: Data): number[] =>
  Array.from({ length: data.users }, (_, row) => history(data, row).length);
const sorted = (data: Data): string[] => data.itemTexts.map((text) => JSON.stringify(text)).sort();

/** Catalogues at size "mini", without users. */
const shop = makeShop(1, 'calibrated', calibratedParameters);
const catalogues = new Map(
  simulatedDomains.map((name): [DomainName, SimulatedCatalogue] => [
    name,
    makeCatalogue(shop, name, domainSize(name, 'mini').items),
  ]),
);

describe('simulateDomain', () => {
  it('makes each of the seven domains at its size, marked as simulated', () => {
    const made = [...simulatedDomains.map((name) => [name, 'smoke'] as const), ['Pantry', 'mini'] as const];
    for (const [name, sizeName] of made) {
      const data = simulateDomain(name, { size: sizeName });
      const size = domainSize(name, sizeName);
      expect(data).toMatchObject({ name, kind: 'simulation', users: size.users, items: size.items });
      expect(Math.min(...lengths(data))).toBe(size.minLength);
      expect(Math.max(...lengths(data))).toBeLessThanOrEqual(50);
      // The standard deviation of a length is about 6, so the mean of 200 users lies within 5 standard errors
      // (2.2).
      expect(Math.abs(data.interactions / data.users - size.meanLength)).toBeLessThan(2.2);
      expect(data.evaluationUsers.length).toBeGreaterThan(data.users / 2);
    }
  });

  it('has four times as much of the evaluated domains at size "study", 200 of everything at "smoke"', () => {
    for (const name of simulatedDomains) {
      const [mini, study] = [domainSize(name, 'mini'), domainSize(name, 'study')];
      const factor = evaluationDomains.includes(name) ? 4 : 1;
      expect(study).toEqual({ ...mini, users: factor * mini.users, items: factor * mini.items });
      expect(domainSize(name, 'smoke')).toEqual({ ...mini, users: 200, items: 200 });
    }
  });

  it('is a function of its arguments: equal seeds agree, other seeds do not', () => {
    expect(smoke('Pantry').fingerprint).toBe(smoke('Pantry', { seed: 1 }).fingerprint);
    expect(smoke('Pantry', { seed: 2 }).fingerprint).not.toBe(smoke('Pantry').fingerprint);
    expect(smoke('Pantry', { world: 'calibrated' }).fingerprint).toBe(smoke('Pantry').fingerprint);
  });

  it('draws the same histories on every machine and version of Node', () => {
    const digest = createHash('sha256').update(simulateDomain('Pantry').sequence).digest('hex').slice(0, 16);
    expect(digest).toBe('6e1f066ca18ea715');
  });

  it('uses the parameters that were measured and published', () => {
    const file = join(__dirname, '../../bench/results/simulation-calibration.json');
    expect(JSON.parse(readFileSync(file, 'utf8')).parameters).toEqual(calibratedParameters);
  });

  it('is the shop in which recommenders were measured and published', async () => {
    const file = join(__dirname, '../../bench/results/simulation-recommenders-shop.json');
    const published = JSON.parse(readFileSync(file, 'utf8'));
    expect(published.settings).toEqual({ data: 'shop, world calibrated, size mini', seed: 1, changed: [] });
    const data = simulateDomain('Pantry');
    for (const scorer of [popularity(data), transition(data)]) {
      // As they were measured: with ties in favour of the target.
      const { metrics } = await evaluate(data, scorer, { split: 'test', ties: 'optimistic' });
      const row = published.rows.find(
        ({ domain, ranking }: { domain: string; ranking: string }) =>
          domain === 'Pantry' && ranking === scorer.name,
      );
      expect(metrics.sampled['NDCG@10']).toBeCloseTo(row.sampled, 4);
      expect(metrics.full['NDCG@10']).toBeCloseTo(row.full, 4);
    }
  });

  it('repeats an item only on purpose', () => {
    const repeats = (repeat: number): number => {
      const data = smoke('Movies', { parameters: { repeat }, sizeOverrides: { users: 400 } });
      let count = 0;
      for (let row = 0; row < data.users; row++)
        count += history(data, row).length - new Set(history(data, row)).size;
      return count / (data.interactions - data.users);
    };
    expect(repeats(0)).toBe(0);
    expect(repeats(0.2)).toBeGreaterThan(0.15);
    expect(repeats(0.2)).toBeLessThan(0.25);
  });

  it('has the same shopper types in all domains and worlds of a seed', () => {
    const shoppers = (name: DomainName, options: SimulationOptions) =>
      simulateTruth(name, { sizeOverrides: { users: 1, items: 60 }, ...options }).choice['shop'].shoppers;
    const own = shoppers('Arts', {});
    expect(own).toHaveLength(48);
    for (const world of simulationWorlds) expect(shoppers('Movies', { world })).toEqual(own);
    expect(shoppers('Arts', { seed: 2 })).not.toEqual(own);
    for (const { interests, likes } of own) {
      expect(interests.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(likes.every((values) => values.size === 1 || values.size === 2)).toBe(true);
    }
  });

  it('says what is wrong with an option', () => {
    const wrong: [() => unknown, RegExp][] = [
      [() => simulateDomain('Bookz' as 'Books'), /unknown simulated domain "Bookz".*Did you mean "Books"/],
      [
        () => simulateDomain('Arts', { world: 'silence' as 'silent' }),
        /unknown world "silence".*Did you mean "silent"/,
      ],
      [() => simulateDomain('Arts', { size: 'tiny' as 'mini' }), /unknown size "tiny"/],
      [() => simulateDomain('Arts', { sead: 3 } as object), /unknown option "sead".*"seed"/],
      [() => simulateDomain('Arts', { seed: 0.5 }), /seed: expected an integer, got 0.5/],
      [
        () => simulateDomain('Arts', { sizeOverrides: { item: 60 } as object }),
        /unknown size entry "item".*Did you mean "items"/,
      ],
      [
        () => simulateDomain('Arts', { sizeOverrides: { users: 0 } }),
        /users: expected a whole number from 1 /,
      ],
      [
        () => simulateDomain('Arts', { sizeOverrides: { items: 50 } }),
        /items: expected a whole number from 51/,
      ],
      [
        () => simulateDomain('Arts', { sizeOverrides: { minLength: 51 } }),
        /minLength: expected a whole number from 1 to 50, got 51/,
      ],
      [() => simulateDomain('Arts', { sizeOverrides: { meanLength: 3 } }), /meanLength: expected 4/],
      [
        () => simulateDomain('Arts', { parameters: { taist: 1 } as object }),
        /unknown parameter "taist".*Did you mean "taste"/,
      ],
      [
        () => simulateDomain('Arts', { parameters: { stay: 1.5 } }),
        /parameter stay: expected 0 to 1, got 1.5/,
      ],
      [
        () => simulateDomain('Arts', { parameters: { alike: NaN } }),
        /parameter alike: expected 0 to 5, got NaN/,
      ],
      [
        () => simulateDomain('Arts', { parameters: { repeat: 1 } }),
        /parameter repeat: expected 0 to 0.9, got 1/,
      ],
      [
        () => simulateDomain('Arts', { parameters: { interests: 0 } }),
        /parameter interests: expected 0.01 to 100, got 0/,
      ],
      [() => simulateDomain('Arts', { parameters: { popular: 0 } }), /expected popular above 0/],
      [() => simulateDomain('Arts', { parameters: { stay: 0.5 } }), /below 1, got 0.12 and 1.17/],
    ];
    for (const [call, message] of wrong) {
      expect(call).toThrow(InputError);
      expect(call).toThrow(message);
    }
  });
});

describe('worlds', () => {
  const few = (name: DomainName, world: SimulationWorld): Data =>
    simulateDomain(name, { world, sizeOverrides: { users: 60, items: 120 } });

  it('passes texts around among a share of the items, the more the fewer keep theirs', () => {
    const kept = (textsKept: number) => simulateDomain('Arts', { size: 'smoke', textsKept });
    const all = kept(1);
    const moved = [1, 0.75, 0.25, 0].map((share) => {
      const domain = kept(share);
      expect(domain.sequence).toEqual(all.sequence);
      expect(domain.itemTexts.map(({ title }) => title).sort()).toEqual(
        all.itemTexts.map(({ title }) => title).sort(),
      );
      return domain.itemTexts.flatMap((text, i) =>
        text === all.itemTexts[i] || text.title === all.itemTexts[i].title ? [] : [i],
      );
    });
    // A few items have the title of another.
    expect(moved.map((items) => Math.round(items.length / 10))).toEqual([0, 5, 15, 20]);
    for (const n of [1, 2, 3]) expect(moved[n]).toEqual(expect.arrayContaining(moved[n - 1]));
    expect(() => kept(1.5)).toThrow('textsKept: expected 0 to 1, got 1.5');
  });

  it('"shuffled" has the texts of "calibrated" in another order and the same histories', () => {
    for (const name of ['Arts', 'Sports'] as const) {
      const [calibrated, shuffled] = [few(name, 'calibrated'), few(name, 'shuffled')];
      expect(shuffled.sequence).toEqual(calibrated.sequence);
      expect(shuffled.offsets).toEqual(calibrated.offsets);
      expect(sorted(shuffled)).toEqual(sorted(calibrated));
      const moved = shuffled.itemTexts.filter(
        (text, i) => JSON.stringify(text) !== JSON.stringify(calibrated.itemTexts[i]),
      );
      expect(moved.length).toBeGreaterThan(0.95 * calibrated.items);
    }
  });

  it('"unrelated" changes how the pre-training domains behave, not their texts, nor other domains', () => {
    for (const name of simulatedDomains) {
      const [calibrated, unrelated] = [few(name, 'calibrated'), few(name, 'unrelated')];
      expect(unrelated.itemTexts).toEqual(calibrated.itemTexts);
      if (pretrainingDomains.includes(name)) expect(unrelated.sequence).not.toEqual(calibrated.sequence);
      else expect(unrelated.fingerprint).toBe(calibrated.fingerprint);
    }
    expect(simulatedDomains.filter((name) => !pretrainingDomains.includes(name))).toEqual([
      'Arts',
      'Instruments',
      'Pantry',
    ]);
  });

  it('"silent" leaves every domain as it is', () => {
    for (const name of simulatedDomains)
      expect(few(name, 'silent').fingerprint).toBe(few(name, 'calibrated').fingerprint);
  });

  it('words behave as the lexicon says, but swap their parts in "unrelated" pre-training domains', () => {
    const { domains, kinds } = shopLexicon();
    for (const name of simulatedDomains) {
      const { types } = domains[name];
      const told = domainBehaviour(shop, name);
      expect(told.categories).toEqual(types.map(({ category }) => category));
      expect(told.themes).toEqual(
        types.map(({ themes }) => themes.map((theme, rank) => [theme, rank === 0 ? 1 : 0.5])),
      );
      types.forEach(({ goesWith }, type) => {
        expect([...told.goesWith[type].keys()]).toEqual(goesWith);
        const shares = [...told.goesWith[type].values()];
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
        shares.forEach((share, rank) => expect(share * (rank + 1)).toBeCloseTo(shares[0], 12));
      });
      expect(told.valueRoles).toEqual(kinds.map(({ values }) => values.map((_, value) => value)));

      const swapped = domainBehaviour({ ...shop, world: 'unrelated' }, name);
      if (!pretrainingDomains.includes(name)) {
        expect(swapped).toEqual(told);
        continue;
      }
      // The same parts and the same ties between them, played by other types.
      type Behaviour = typeof told;
      const part = (behaviour: Behaviour, type: number): string =>
        JSON.stringify([behaviour.categories[type], behaviour.themes[type]]);
      const ties = (behaviour: Behaviour): string[] =>
        types
          .flatMap((_, type) =>
            [...behaviour.goesWith[type]].map(([other, share]) =>
              [part(behaviour, type), part(behaviour, other), share].join(),
            ),
          )
          .sort();
      expect(ties(swapped)).toEqual(ties(told));
      expect(types.filter((_, type) => part(swapped, type) === part(told, type)).length).toBeLessThan(
        types.length / 4,
      );
      swapped.valueRoles.forEach((roles, kind) =>
        expect([...roles].sort((a, b) => a - b)).toEqual(told.valueRoles[kind]),
      );
      expect(swapped.valueRoles).not.toEqual(told.valueRoles);
    }
  });
});

describe('item texts', () => {
  it('have a title, a brand of the domain and a category of the lexicon', () => {
    for (const [name, { texts, items }] of catalogues) {
      const { brands, types } = shopLexicon().domains[name];
      texts.forEach((text, row) => {
        const { type, brand } = items[row];
        const plain = /^[^\sa-z]\S*( \S+)*$/.test(text.title) && !/[{}]|undefined/.test(text.title);
        if (!plain || text.brand !== brands[brand] || text.category !== `${name} ${types[type].category}`)
          expect.fail(JSON.stringify(text));
      });
    }
  });

  it('name all values and the product type if nothing is left out', () => {
    const lexicon = shopLexicon();
    const plain = makeCatalogue(
      makeShop(1, 'calibrated', { ...calibratedParameters, typed: 1, named: 1, fillers: 0 }),
      'Clothing',
      300,
    );
    plain.items.forEach(({ type, values }, row) => {
      const placed = (place: string): string[] =>
        lexicon.kinds.flatMap((kind, k) =>
          kind.place === place && values.has(k) ? [kind.values[values.get(k) as number]] : [],
        );
      const expected = lexicon.domains.Clothing.types[type].names.map((name) =>
        [[...placed('before'), name].join(' '), ...placed('after')].join(', ').toLowerCase(),
      );
      expect(expected).toContain(plain.texts[row].title.toLowerCase());
    });
  });

  it('name the product type as often as the parameter says, and otherwise the brand and a line', () => {
    let [typed, all] = [0, 0];
    for (const [name, { texts, items }] of catalogues) {
      texts.forEach(({ title, brand }, row) => {
        const has = (text: string): boolean => title.toLowerCase().includes(text.toLowerCase());
        const byLine = shopLexicon().lines.some((line) => has(`${brand} ${line}`));
        if (!byLine && !shopLexicon().domains[name].types[items[row].type].names.some(has))
          expect.fail(title);
        all++;
        if (!byLine) typed++;
      });
    }
    // Five standard errors of a share of about 4,750 items.
    expect(Math.abs(typed / all - calibratedParameters.typed)).toBeLessThan(0.036);
  });

  it('come in near-duplicates: pairs that share product type, brand and all values but one', () => {
    for (const { items, texts } of catalogues.values()) {
      let near = 0;
      for (let row = 1; row < items.length; row++) {
        const [a, b] = [items[row - 1], items[row]];
        if (a.type !== b.type || a.brand !== b.brand || texts[row - 1].title === texts[row].title) continue;
        const kinds = [...new Set([...a.values.keys(), ...b.values.keys()])];
        if (kinds.filter((kind) => a.values.get(kind) !== b.values.get(kind)).length === 1) near++;
      }
      expect(near).toBeGreaterThan(items.length / 10);
    }
  });

  it('share words between domains as real files do', () => {
    const wordsOf = new Map(
      [...catalogues].map(([name, { texts }]) => [
        name,
        texts.flatMap(({ title }) => title.toLowerCase().match(/[a-z]+/g) ?? []),
      ]),
    );
    for (const [name, words] of wordsOf) {
      const counts = new Map<string, number>();
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
      const commonest = new Set(
        [...counts]
          .sort(([, a], [, b]) => b - a)
          .slice(0, 50)
          .map(([word]) => word),
      );
      const elsewhere = new Set([...wordsOf].flatMap(([other, its]) => (other === name ? [] : its)));
      const rare = words.filter((word) => !commonest.has(word));
      const shared = rare.filter((word) => elsewhere.has(word)).length / rare.length;
      // Real files: 0.53 to 0.70.
      expect(shared, name).toBeGreaterThan(0.45);
      expect(shared, name).toBeLessThan(0.8);
    }
  });
});
