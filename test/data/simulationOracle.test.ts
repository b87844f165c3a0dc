import { describe, expect, it } from 'vitest';
import {
  calibratedParameters,
  Oracle,
  oracleScorer,
  shopLexicon,
  simulateTruth,
  type DomainName,
  type SimulatedTruth,
} from '../../lib/src/data/simulation';
import { oracleScores } from '../../lib/src/data/simulation/oracleScorer';
import { Stream } from '../../lib/src/data/simulation/random';
import { target } from '../../lib/src/data';
import { popularity, transition } from '../../lib/src/evaluation';
import { expectedMetrics } from './expectedMetrics';
import { expectedOfScorer, expectedPerUser, reachablePerUser } from './reachable';

const tiny = { users: 40, items: 60, meanLength: 6, minLength: 4 };
const truth = simulateTruth('Pantry', { sizeOverrides: tiny, parameters: { repeat: 0.1 } });
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const total = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

/**
 * Which type, and which value of each kind, plays which part: each its own, or, in "unrelated", as the shop's
 * stream says.
 */
function roles(name: DomainName, swapped: boolean): { types: number[]; values: number[][] } {
  const random = new Stream(1, `unrelated/${name}`);
  const order = (n: number): number[] => {
    const all = Array.from({ length: n }, (_, i) => i);
    return swapped ? random.shuffle(all) : all;
  };
  return {
    types: order(shopLexicon().domains[name].types.length),
    values: shopLexicon().kinds.map(({ values }) => order(values.length)),
  };
}

/**
 * P(next id | history) from the equations of simulateDomain.ts and nothing else: every way in which a step
 * can come about is enumerated for every shopper type. Of the hidden part it reads what was drawn: items,
 * shopper types, companions.
 */
function bruteForce(
  { catalogue: { items }, choice, parameters, dataset }: SimulatedTruth,
  past: readonly number[],
  swapped = false,
): number[] {
  const { stay, category, complement, companion, popular, repeat, taste, alike, brand } = parameters;
  const { types } = shopLexicon().domains[dataset.name as DomainName];
  const { types: typeRoles, values: valueRoles } = roles(dataset.name as DomainName, swapped);
  const { shoppers } = choice['shop'];
  const rowsOf = (type: number): number[] => items.flatMap((item, row) => (item.type === type ? [row] : []));
  const part = (type: number): (typeof types)[number] => types[typeRoles[type]];
  const stocked = types.flatMap((_, type) => (rowsOf(type).length > 0 ? [type] : []));

  const interest = (g: number): [number, number][] => {
    const phi = shoppers[g].interests;
    const weights = stocked.map(
      (type) =>
        rowsOf(type).length * (0.003 + phi[part(type).themes[0]] + 0.5 * (phi[part(type).themes[1]] ?? 0)),
    );
    return stocked.map((type, i) => [type, weights[i] / total(weights)]);
  };
  const near = (j: number): [number, number][] => {
    const own = items[j].type;
    const mates = stocked.filter((type) => type !== own && part(type).category === part(own).category);
    const mateItems = total(mates.map((type) => rowsOf(type).length));
    const others = part(own).goesWith.map((role) => typeRoles.indexOf(role));
    const ranks = total(others.map((_, rank) => 1 / (rank + 1)));
    return [
      [own, stay],
      ...mates.map((type): [number, number] => [type, (category * rowsOf(type).length) / mateItems]),
      ...others
        .map((type, rank): [number, number] => [type, complement / (rank + 1) / ranks])
        .filter(([type]) => stocked.includes(type)),
    ];
  };
  const utility = (g: number, i: number, j?: number): number => {
    const { likes, loyal } = shoppers[g];
    let sum = items[i].popularity;
    for (const [kind, value] of items[i].values) {
      if (likes[kind].has(valueRoles[kind][value])) sum += taste;
      if (j !== undefined && items[j].values.get(kind) === value) sum += alike;
    }
    return sum + (j !== undefined && loyal && items[i].brand === items[j].brand ? brand : 0);
  };

  /** P(row | g, before) of a step that repeats nothing. */
  const fresh = (g: number, before: readonly number[]): number[] => {
    const result = items.map(() => 0);
    const spread = (share: number, rows: readonly number[], weight: (row: number) => number): void => {
      const left = rows.filter((row) => !before.includes(row));
      const sum = total(left.map(weight));
      for (const row of left) result[row] += (share * weight(row)) / sum;
    };
    spread(
      popular,
      items.map((_, row) => row),
      (row) => Math.exp(items[row].popularity),
    );
    const newest = [...before].reverse().slice(0, 3);
    const recency = [0.6, 0.25, 0.15].slice(0, newest.length);
    let rest = 1 - popular;
    newest.forEach((j, age) => {
      const share = recency[age] / total(recency);
      for (const [row, weight] of choice['companions'][j]) spread(share * companion * weight, [row], () => 1);
      rest -= share * companion;
      for (const [type, weight] of near(j)) {
        spread(share * weight, rowsOf(type), (row) => Math.exp(utility(g, row, j)));
        rest -= share * weight;
      }
    });
    for (const [type, share] of interest(g))
      spread(rest * share, rowsOf(type), (row) => Math.exp(utility(g, row)));
    return result.map((p) => p / total(result)); // what found nothing left goes to all others
  };
  const step = (g: number, before: readonly number[]): number[] => {
    if (before.length === 0) return fresh(g, before);
    return fresh(g, before).map(
      (p, row) =>
        (1 - repeat) * p + (repeat * before.filter((other) => other === row).length) / before.length,
    );
  };

  const rows = past.map((id) => id - 1);
  const result = items.map(() => 0);
  let evidence = 0;
  shoppers.forEach((_, g) => {
    let joint = 1;
    rows.forEach((row, t) => (joint *= step(g, rows.slice(0, t))[row]));
    evidence += joint;
    step(g, rows).forEach((p, row) => (result[row] += joint * p));
  });
  return result.map((p) => p / evidence);
}

/** Item ids of a product type of which there are `count` items. */
function typeOf({ catalogue: { items } }: SimulatedTruth, count: number): number[] {
  const idsOf = (type: number): number[] =>
    items.flatMap((item, row) => (item.type === type ? [row + 1] : []));
  const found = items.map(({ type }) => idsOf(type)).find((ids) => ids.length === count);
  if (found === undefined) throw new Error(`no product type has ${count} items`);
  return found;
}

/** Histories in which something special happens. */
function specialHistories(of: SimulatedTruth): Record<string, number[]> {
  const companions = [...of.choice['companions'][4].keys()].map((row) => row + 1);
  return {
    'none, the first item': [],
    'one item': [7],
    'two items': [3, 41],
    'more than the anchors': [3, 41, 12, 30, 22],
    'a repeated item': [9, 14, 9],
    'the same item twice': [9, 9],
    'a repeat before other items': [5, 12, 5, 40],
    'a product type of one item, exhausted': typeOf(of, 1),
    'a product type of three items, exhausted': [17, ...typeOf(of, 3)].filter(
      (id, i, all) => all.indexOf(id) === i,
    ),
    'companions that are taken': [...companions.slice(0, 2), 5],
  };
}

describe('Oracle', () => {
  it.each(Object.entries(specialHistories(truth)))(
    'equals the enumeration of all ways a step can come about: %s',
    (_, past) => {
      const exact = bruteForce(truth, past);
      const next = new Oracle(truth.choice, truth.parameters.repeat).nextItem(past);
      expect(total(next)).toBeCloseTo(1, 9);
      // exp is rounded to float32 in the shop, to about 6e-8.
      exact.forEach((p, i) => expect(Math.abs(next[i] - p)).toBeLessThan(2e-6 * p + 1e-12));
    },
  );

  it('equals it in a domain where words swap their parts', () => {
    const unrelated = simulateTruth('Sports', { world: 'unrelated', sizeOverrides: tiny });
    const oracle = new Oracle(unrelated.choice, unrelated.parameters.repeat);
    for (const past of [[], [7, 30], typeOf(unrelated, 2)]) {
      const exact = bruteForce(unrelated, past, true);
      const next = oracle.nextItem(past);
      exact.forEach((p, i) => expect(Math.abs(next[i] - p)).toBeLessThan(2e-6 * p + 1e-12));
      const asCalibrated = bruteForce(unrelated, past);
      expect(Math.max(...asCalibrated.map((p, i) => Math.abs(p - exact[i])))).toBeGreaterThan(1e-3);
    }
  });

  it('gives a distribution after any history, also one that has taken nearly everything', () => {
    const oracle = new Oracle(truth.choice, 0.1);
    const all = Array.from({ length: 59 }, (_, i) => i + 1);
    for (const past of [
      all,
      all.slice(0, 30),
      [...all.slice(0, 5), 2, 2],
      ...Object.values(specialHistories(truth)),
    ]) {
      const next = oracle.nextItem(past);
      expect(total(next)).toBeCloseTo(1, 9);
      expect(next.every((p) => p >= 0)).toBe(true);
      if (past.length > 0)
        expect(total(new Set(past.map((id) => next[id - 1])))).toBeLessThanOrEqual(0.1 + 1e-12);
    }
    expect(oracle.nextItem(all)[59]).toBeCloseTo(0.9, 9);
  });
});

describe('ChoiceModel', () => {
  it('draws as often as its probabilities say', () => {
    const { choice } = truth;
    const draws = 20_000;
    const loyal = choice['shop'].shoppers.findIndex((shopper) => shopper.loyal);
    const other = choice['shop'].shoppers.findIndex((shopper) => !shopper.loyal);
    const {
      'none, the first item': none,
      'more than the anchors': five,
      'companions that are taken': companions,
    } = specialHistories(truth);
    const exhausted = specialHistories(truth)['a product type of three items, exhausted'];
    const cases: [number, number[]][] = [
      [loyal, none],
      [loyal, five],
      [other, companions],
      [other, exhausted],
    ];
    for (const [g, past] of cases) {
      const rows = past.map((id) => id - 1);
      const taken = new Set(rows);
      const random = new Stream(3, `frequencies/${rows.join()}`);
      const counts = new Float64Array(choice.items);
      for (let n = 0; n < draws; n++) counts[choice.draw(g, rows, taken, random)]++;
      const probability = choice.fresh(rows, taken)(g);
      const expected = Array.from(counts, (_, row) => draws * probability(row));
      expect(total(expected)).toBeCloseTo(draws, 5);
      for (const row of rows) expect([counts[row], expected[row]]).toEqual([0, 0]);
      // Chi-squared, cells of few draws together: mean df, variance 2 df.
      const cells = expected.flatMap((e, row) => (e >= 5 ? [[e, counts[row]]] : []));
      const few = expected.flatMap((e, row) => (e < 5 ? [[e, counts[row]]] : []));
      if (few.length > 0) cells.push([total(few.map(([e]) => e)), total(few.map(([, n]) => n))]);
      const chi = total(cells.filter(([e]) => e > 0).map(([e, n]) => (n - e) ** 2 / e));
      expect(chi).toBeLessThan(cells.length - 1 + 5 * Math.sqrt(2 * cells.length));
    }
  });

  it('gives each item three companions, of its own type or one that goes with it, half each', () => {
    const { choice, catalogue } = simulateTruth('Pantry', { sizeOverrides: { users: 1 } });
    const { types } = shopLexicon().domains.Pantry;
    const count = types.map((_, type) => catalogue.items.filter((item) => item.type === type).length);
    let [same, all] = [0, 0];
    catalogue.items.forEach(({ type }, row) => {
      const companions = choice['companions'][row];
      expect(companions.has(row)).toBe(false);
      [...companions.values()].forEach((share, rank) => expect(share).toBeCloseTo([6, 3, 2][rank] / 11, 12));
      expect(companions.size).toBe(3);
      // Where a type has too few items any item may take the place.
      const { goesWith } = types[type];
      if ([type, ...goesWith].some((other) => count[other] < 4)) return;
      for (const other of companions.keys()) {
        expect([type, ...goesWith]).toContain(catalogue.items[other].type);
        all++;
        if (catalogue.items[other].type === type) same++;
      }
    });
    expect(all).toBeGreaterThan(200);
    expect(Math.abs(same / all - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / all));
  });
});

describe('what is reachable', () => {
  const big = simulateTruth('Pantry', { sizeOverrides: { users: 500, items: 160 } });

  it('is what is observed: the oracle predicts as well as it says', () => {
    expect(big.parameters).toEqual(calibratedParameters);
    const scores = oracleScores(big);
    const V = big.dataset.items;
    const observed = Array.from(big.dataset.evaluationUsers, (row, k) => {
      const own = scores.subarray(k * V, (k + 1) * V);
      const goal = own[target(big.dataset, row, 'test') - 1];
      const rank = own.reduce((count, score) => count + (score > goal ? 1 : 0), 0);
      return rank < 10 ? 1 / Math.log2(rank + 2) : 0;
    });
    const expected = mean(reachablePerUser(big, { negatives: 'all' }).map(({ ndcg }) => ndcg));
    // A user's NDCG has standard deviation below 0.4, so the mean of about 490 users one below 0.018.
    expect(Math.abs(mean(observed) - expected)).toBeLessThan(0.054);
    expect(expected).toBeGreaterThan(0.1);
  });

  it.each([100, 'all'] as const)(
    'is above what popularity and transition reach, negatives: %s',
    async (negatives) => {
      const ndcg = (metrics: { ndcg: number }[]): number => mean(metrics.map((one) => one.ndcg));
      const best = ndcg(reachablePerUser(big, { negatives }));
      for (const baseline of [popularity(big.dataset), transition(big.dataset)]) {
        const reached = ndcg(await expectedOfScorer(big, baseline, { negatives }));
        expect(reached).toBeGreaterThan(0.02);
        expect(reached).toBeLessThan(0.85 * best);
      }
    },
  );

  it('is reached by the oracle alone: no other scores expect more', () => {
    const { dataset, catalogue } = truth;
    const options = { negatives: 20 };
    const best = mean(reachablePerUser(truth, options).map(({ ndcg }) => ndcg));
    const own = oracleScores(truth);
    const byPopularity = own.map((_, k) => catalogue.items[k % dataset.items].popularity);
    const bent = own.map((score, k) => score * (1 + 0.5 * Math.sin(k)));
    for (const scores of [byPopularity, bent]) {
      expect(mean(expectedPerUser(truth, scores, options).map(({ ndcg }) => ndcg))).toBeLessThan(best);
    }
    const monotone = own.map((score) => 3 * Math.sqrt(score) - 1);
    expect(mean(expectedPerUser(truth, monotone, options).map(({ ndcg }) => ndcg))).toBeCloseTo(best, 12);
  });
});

describe('oracleScorer', () => {
  it('ranks as the oracle does, in the form that evaluation asks for', async () => {
    const scorer = oracleScorer(truth);
    const viaScorer = await expectedOfScorer(truth, scorer, { negatives: 20 });
    const direct = reachablePerUser(truth, { negatives: 20 });
    viaScorer.forEach(({ ndcg }, k) => expect(ndcg).toBeCloseTo(direct[k].ndcg, 6));
    const two = await scorer.scores('validation', 3, 2);
    expect(two).toHaveLength(2 * (truth.dataset.items + 1));
    expect(two[0]).toBe(0);
    expect(two[truth.dataset.items + 2]).toBeCloseTo(
      oracleScores(truth, 'validation')[4 * truth.dataset.items],
      6,
    );
  });
});

describe('expectedMetrics', () => {
  const p = Float64Array.from([0.5, 0.2, 0.2, 0.1, 0]);

  it('sums gains over targets in full ranking, ties in favour of the target', () => {
    const { hr, ndcg } = expectedMetrics(p, [1, 3, 3, 0, 2], { cutoff: 4, negatives: 'all', history: [] });
    // Ranks: item 2 and 3: 0; item 5: 2; item 1: 3; item 4: 4.
    expect(hr).toBeCloseTo(0.9, 12);
    expect(ndcg).toBeCloseTo(0.4 + 0.5 / Math.log2(5), 12);
  });

  it('averages over all sets of negatives in the sampled setting', () => {
    const scores = [0.3, 0.9, 0.3, 0.1, 0.7];
    const past = [2];
    const cutoff = 2;
    let [hr, ndcg] = [0, 0];
    for (let goal = 0; goal < 5; goal++) {
      const free = [0, 1, 2, 3, 4].filter((i) => i !== goal && !past.includes(i + 1));
      const pairs = free.flatMap((a, x) => free.slice(x + 1).map((b) => [a, b]));
      for (const pair of pairs) {
        const rank = pair.filter((i) => scores[i] > scores[goal]).length;
        if (rank < cutoff) {
          hr += p[goal] / pairs.length;
          ndcg += p[goal] / pairs.length / Math.log2(rank + 2);
        }
      }
    }
    const result = expectedMetrics(p, scores, { cutoff, negatives: 2, history: past });
    expect(result.hr).toBeCloseTo(hr, 12);
    expect(result.ndcg).toBeCloseTo(ndcg, 12);
  });

  it('refuses scores that are not numbers, and too few candidates', () => {
    expect(() => expectedMetrics(p, [1, NaN, 0, 0, 0], { cutoff: 2, negatives: 'all', history: [] })).toThrow(
      /finite.*item 2/,
    );
    expect(() => expectedMetrics(p, [1, 2], { cutoff: 2, negatives: 'all', history: [] })).toThrow(
      /expected 5 scores, got 2/,
    );
    expect(() => expectedMetrics(p, [1, 2, 3, 4, 5], { cutoff: 2, negatives: 5, history: [] })).toThrow(
      /at least 5 items/,
    );
    expect(() => expectedPerUser(truth, new Float64Array(3))).toThrow(/got 3/);
  });
});
