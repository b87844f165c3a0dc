import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  calibratedParameters,
  domainSize,
  simulateCorpus,
  simulateDomain,
  simulateTruth,
  simulatedDomains,
  simulationWorlds,
} from '../../lib/src/data/simulation';
import { InputError } from '../../lib/src/errors';

const history = (data: ReturnType<typeof simulateDomain>, row: number): number[] => [
  ...data.sequence.subarray(data.offsets[row], data.offsets[row + 1]),
];

describe('simulateDomain', () => {
  it('makes each of the seven domains at its size, marked as simulated', () => {
    for (const name of simulatedDomains) {
      const data = simulateDomain(name);
      const size = domainSize(name, 'mini');
      expect(data).toMatchObject({ name, kind: 'simulation', users: size.users, items: size.items });
      const lengths = Array.from({ length: data.users }, (_, row) => history(data, row).length);
      expect(Math.min(...lengths)).toBe(size.minLength);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(50);
      // The standard deviation of a length is about 6, so the mean of 150 users or more lies within 5 standard errors (2.4).
      expect(Math.abs(data.interactions / data.users - size.meanLength)).toBeLessThan(2.4);
      expect(data.evaluationUsers.length).toBeGreaterThan(data.users / 2);
    }
  });

  it('is a function of its arguments: equal seeds agree, other seeds do not', () => {
    expect(simulateDomain('Pantry').fingerprint).toBe(simulateDomain('Pantry', { seed: 1 }).fingerprint);
    expect(simulateDomain('Pantry', { seed: 2 }).fingerprint).not.toBe(simulateDomain('Pantry').fingerprint);
  });

  it('draws the same histories on every machine and version of Node', () => {
    const digest = createHash('sha256').update(simulateDomain('Pantry').sequence).digest('hex').slice(0, 16);
    expect(digest).toBe('ab4e9524a9594770');
  });

  it('uses the parameters that were measured and published', () => {
    const file = join(__dirname, '../../bench/results/simulation-calibration.json');
    expect(JSON.parse(readFileSync(file, 'utf8')).parameters).toEqual(calibratedParameters);
  });

  it('gives every item a title, a brand and a category', () => {
    for (const text of simulateDomain('Arts').itemTexts) {
      for (const value of [text.title, text.brand, text.category]) expect(value).toMatch(/^\S+( \S+)*$/);
    }
  });

  it('repeats an item only on purpose', () => {
    const repeats = (repeat: number): number => {
      const data = simulateDomain('Movies', { parameters: { repeat } });
      let count = 0;
      for (let row = 0; row < data.users; row++) count += history(data, row).length - new Set(history(data, row)).size;
      return count / (data.interactions - data.users);
    };
    expect(repeats(0)).toBe(0);
    expect(repeats(0.2)).toBeGreaterThan(0.15);
    expect(repeats(0.2)).toBeLessThan(0.25);
  });

  it('keeps texts and lengths in all worlds and changes behaviour; "shuffled" permutes texts alone', () => {
    const [calibrated, rho0, sigma0, shuffled] = simulationWorlds.map((world) => simulateDomain('Arts', { world }));
    for (const other of [rho0, sigma0]) {
      expect(other.itemTexts).toEqual(calibrated.itemTexts);
      expect(other.sequence).not.toEqual(calibrated.sequence);
    }
    expect(shuffled.sequence).toEqual(calibrated.sequence);
    expect(shuffled.itemTexts).not.toEqual(calibrated.itemTexts);
    const titles = (data: typeof calibrated): string[] => data.itemTexts.map((text) => text.title).sort();
    expect(titles(shuffled)).toEqual(titles(calibrated));
  });

  it('ties behaviour to meaning by rho and domains to each other by sigma', () => {
    const correlation = (a: Float32Array, b: Float32Array): number => {
      let [ab, aa, bb] = [0, 0, 0];
      a.forEach((x, i) => ((ab += x * b[i]), (aa += x * x), (bb += b[i] * b[i])));
      return ab / Math.sqrt(aa * bb);
    };
    const vectors = (name: 'Arts' | 'Pantry', world: 'calibrated' | 'rho0'): ReturnType<typeof simulateTruth>['choice']['world'] =>
      simulateTruth(name, { world, parameters: { rho: 0.8 } }).choice.world;
    // 768 pairs: a correlation is known to about 0.04.
    expect(Math.abs(correlation(vectors('Arts', 'calibrated').meaning, vectors('Arts', 'calibrated').behaviour) - 0.8)).toBeLessThan(0.1);
    expect(Math.abs(correlation(vectors('Arts', 'rho0').meaning, vectors('Arts', 'rho0').behaviour))).toBeLessThan(0.15);
  });

  it('says what is wrong with an option', () => {
    const wrong: [() => unknown, RegExp][] = [
      [() => simulateDomain('Bookz' as 'Books'), /unknown simulated domain "Bookz".*Did you mean "Books"/],
      [() => simulateDomain('Arts', { world: 'rho' as 'rho0' }), /unknown world "rho"/],
      [() => simulateDomain('Arts', { size: 'tiny' as 'mini' }), /unknown size "tiny"/],
      [() => simulateDomain('Arts', { sead: 3 } as object), /unknown option "sead".*"seed"/],
      [() => simulateDomain('Arts', { seed: 0.5 }), /seed: expected an integer, got 0.5/],
      [() => simulateDomain('Arts', { sizeOverrides: { items: 20 } }), /items: expected a whole number from 51/],
      [() => simulateDomain('Arts', { sizeOverrides: { meanLength: 3 } }), /meanLength: expected 4/],
      [() => simulateDomain('Arts', { parameters: { rho: 1.5 } }), /rho: expected 0 to 1, got 1.5/],
      [() => simulateDomain('Arts', { parameters: { beta: NaN } }), /beta: expected 0 to 5, got NaN/],
      [() => simulateCorpus({ sentences: 0 }), /sentences: expected a whole number/],
    ];
    for (const [call, message] of wrong) {
      expect(call).toThrow(InputError);
      expect(call).toThrow(message);
    }
  });
});

describe('simulateCorpus', () => {
  it('writes 20,000 sentences of the domains\' language, none of them a title', () => {
    const corpus = simulateCorpus();
    expect(corpus).toHaveLength(20_000);
    const known = new Set(corpus.flatMap((sentence) => sentence.split(' ')));
    const titles = new Set<string>();
    for (const name of simulatedDomains) for (const { title } of simulateDomain(name).itemTexts) titles.add(title);
    const words = [...titles].flatMap((title) => title.split(' '));
    expect(words.filter((word) => known.has(word)).length / words.length).toBeGreaterThan(0.99);
    expect(corpus.filter((sentence) => titles.has(sentence))).toEqual([]);
  });

  it('lets words of near concepts keep the same company', () => {
    const { meaning, vocabulary } = simulateTruth('Arts').choice.world;
    const conceptOf = new Map(vocabulary.synonyms.flatMap((words, concept) => words.map(({ word }) => [word, concept] as const)));
    const distance = (a: number, b: number): number => {
      let sum = 0;
      for (let k = 0; k < 8; k++) sum += (meaning[a * 8 + k] - meaning[b * 8 + k]) ** 2;
      return sum;
    };
    let [together, pairs] = [0, 0];
    for (const sentence of simulateCorpus({ sentences: 3000 })) {
      const concepts = sentence.split(' ').flatMap((word) => conceptOf.get(word) ?? []);
      for (let i = 1; i < concepts.length; i++) {
        together += distance(concepts[i - 1], concepts[i]);
        pairs++;
      }
    }
    // Two concepts at random are 16 apart on average (8 dimensions, variance 2 each).
    expect(together / pairs).toBeLessThan(12);
  });
});
