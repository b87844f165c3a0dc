import { describe, expect, it } from 'vitest';
import {
  expectedMetrics,
  expectedOfScorer,
  expectedPerUser,
  Oracle,
  oracleScorer,
  oracleScores,
  reachablePerUser,
  simulateTruth,
  type SimulatedTruth,
} from '../../lib/src/data/simulation';
import { target } from '../../lib/src/data';

const tiny = { users: 40, items: 60, meanLength: 6, minLength: 4 };
const truth = simulateTruth('Pantry', { sizeOverrides: tiny, parameters: { repeat: 0.1 } });
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** P(next item | history) by summing over every path of hidden states, from the equations of simulateDomain.ts. */
function bruteForce({ catalogue, choice: { world } }: SimulatedTruth, past: readonly number[]): number[] {
  const { beta, theta, gamma, repeat } = world.parameters;
  const V = catalogue.popularity.length;
  const dot = (a: Float32Array, i: number, b: ArrayLike<number>, j: number): number => {
    let sum = 0;
    for (let k = 0; k < 8; k++) sum += a[i * 8 + k] * b[j * 8 + k];
    return sum;
  };
  const appeal = Array.from({ length: V }, (_, i) => {
    let sum = 0;
    for (let g = 0; g < 12; g++) {
      for (let z = 0; z < 24; z++) {
        const utility = beta * dot(catalogue.vectors, i, world.needVectors, z) + theta * dot(catalogue.vectors, i, world.tastes, g);
        sum += (world.needShares[g][z] / 12) * Math.exp(utility);
      }
    }
    return sum;
  });
  const probabilities = (z: number, g: number, before: readonly number[]): number[] => {
    const pulled = Array.from({ length: 8 }, (_, r) =>
      before.length === 0 ? 0 : dot(world.pull, r, catalogue.vectors, before[before.length - 1] - 1),
    );
    const weights = Array.from({ length: V }, (_, i) =>
      before.includes(i + 1)
        ? 0
        : Math.exp(
            catalogue.popularity[i] +
              beta * dot(catalogue.vectors, i, world.needVectors, z) +
              theta * dot(catalogue.vectors, i, world.tastes, g) +
              gamma * dot(catalogue.vectors, i, pulled, 0),
          ) / appeal[i],
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const epsilon = before.length === 0 ? 0 : repeat;
    return weights.map((weight, i) => {
      const share = before.length === 0 ? 0 : before.filter((id) => id === i + 1).length / before.length;
      return ((1 - epsilon) * weight) / total + epsilon * share;
    });
  };
  const result = new Array<number>(V).fill(0);
  for (let g = 0; g < 12; g++) {
    const steps = Array.from({ length: past.length + 1 }, (_, t) =>
      Array.from({ length: 24 }, (_, z) => probabilities(z, g, past.slice(0, t))),
    );
    const walk = (t: number, z: number, probability: number): void => {
      if (t === past.length) {
        for (let i = 0; i < V; i++) result[i] += probability * steps[t][z][i];
        return;
      }
      const seen = probability * steps[t][z][past[t] - 1];
      for (let next = 0; next < 24; next++) {
        const move = (next === z ? 0.6 : 0) + 0.3 * world.complements[z][next] + 0.1 * world.needShares[g][next];
        walk(t + 1, next, seen * move);
      }
    };
    for (let z = 0; z < 24; z++) walk(0, z, world.needShares[g][z] / 12);
  }
  const total = result.reduce((sum, value) => sum + value, 0);
  return result.map((value) => value / total);
}

describe('Oracle', () => {
  it('equals the sum over all paths of hidden states', () => {
    const oracle = new Oracle(truth.choice);
    for (const past of [[], [7], [3, 41], [5, 12], [9, 9]]) {
      const exact = bruteForce(truth, past);
      const filtered = oracle.nextItem(past);
      exact.forEach((p, i) => expect(Math.abs(filtered[i] - p)).toBeLessThan(1e-12 + 1e-10 * p));
    }
  });

  it('gives a distribution after any history, also one that has taken nearly everything', () => {
    const oracle = new Oracle(truth.choice);
    const all = Array.from({ length: 59 }, (_, i) => i + 1);
    for (const past of [all, all.slice(0, 30), [...all.slice(0, 5), 2, 2]]) {
      const next = oracle.nextItem(past);
      expect(next.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
      expect(next.every((p) => p >= 0)).toBe(true);
    }
    expect(oracle.nextItem(all)[59]).toBeCloseTo(0.9, 9);
  });

  it('predicts as well as it says: the expected metrics of its ranking are those observed', () => {
    const big = simulateTruth('Pantry', { sizeOverrides: { users: 3000 } });
    const scores = oracleScores(big);
    const V = big.dataset.items;
    const observed = Array.from(big.dataset.evaluationUsers, (row, k) => {
      const own = scores.subarray(k * V, (k + 1) * V);
      const goal = own[target(big.dataset, row, 'test') - 1];
      const rank = own.reduce((count, score) => count + (score > goal ? 1 : 0), 0);
      return rank < 10 ? 1 / Math.log2(rank + 2) : 0;
    });
    const expected = mean(reachablePerUser(big, { negatives: 'all' }).map(({ ndcg }) => ndcg));
    // A user's NDCG has standard deviation below 0.4, so the mean of about 2,900 users one below 0.0075.
    expect(Math.abs(mean(observed) - expected)).toBeLessThan(0.03);
    expect(expected).toBeGreaterThan(0.1);
  });

  it('is the best ranking: no other scores expect more', () => {
    const { dataset, catalogue } = truth;
    const options = { negatives: 20 };
    const best = mean(reachablePerUser(truth, options).map(({ ndcg }) => ndcg));
    const own = oracleScores(truth);
    const popularity = own.map((_, k) => catalogue.popularity[k % dataset.items]);
    const bent = own.map((score, k) => score * (1 + 0.5 * Math.sin(k)));
    for (const scores of [popularity, bent]) {
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
    expect(two[truth.dataset.items + 2]).toBeCloseTo(oracleScores(truth, 'validation')[4 * truth.dataset.items], 6);
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

  it('refuses scores that are no numbers, and too few candidates', () => {
    expect(() => expectedMetrics(p, [1, NaN, 0, 0, 0], { cutoff: 2, negatives: 'all', history: [] })).toThrow(/finite.*item 2/);
    expect(() => expectedMetrics(p, [1, 2], { cutoff: 2, negatives: 'all', history: [] })).toThrow(/expected 5 scores, got 2/);
    expect(() => expectedMetrics(p, [1, 2, 3, 4, 5], { cutoff: 2, negatives: 5, history: [] })).toThrow(/at least 5 items/);
    expect(() => expectedPerUser(truth, new Float64Array(3))).toThrow(/got 3/);
  });
});
