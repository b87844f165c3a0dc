/**
 * Ranks of all protocols against a sort, whatever the batch; ties, padding class, untrained items, scores
 * that are not finite.
 */
import { describe, expect, it } from 'vitest';
import { evaluationNegatives, history, makeDataset, target, trainedItems } from '../../lib/src/data';
import { evaluate, type Protocol, randomScores, rankingMetrics, type Scorer } from '../../lib/src/evaluation';
import { smallDataset } from './smallDataset';

const dataset = smallDataset();
const width = dataset.items + 1;

/** Random scores of 20 different values, so that ties are frequent. */
const tied: Scorer = {
  name: 'tied',
  scores: (split, first, count) =>
    (randomScores(dataset, 3).scores(split, first, count) as Float32Array).map((score) =>
      Math.floor(20 * score),
    ),
};

/** Candidates by protocol, spelled out. */
function candidates(protocol: Protocol, user: number): number[] {
  const row = dataset.evaluationUsers[user];
  const all = Array.from({ length: dataset.items }, (_, i) => i + 1);
  const wanted = target(dataset, row, 'test');
  if (protocol === 'sampled')
    return [wanted, ...evaluationNegatives(dataset).subarray(user * 100, user * 100 + 100)];
  if (protocol === 'full') return all;
  const seen = new Set(history(dataset, row, 'test'));
  return all.filter((item) => item === wanted || !seen.has(item));
}

describe('evaluate', () => {
  it.each(['sampled', 'full', 'fullMasked'] as const)(
    'counts ranks and ties of protocol %s as a sort does',
    async (protocol) => {
      const { ranks, users, targets } = await evaluate(dataset, tied);
      expect(users).toEqual(dataset.evaluationUsers);
      for (let user = 0; user < users.length; user++) {
        const scores = await tied.scores('test', user, 1);
        const others = candidates(protocol, user).filter((item) => item !== targets[user]);
        const own = scores[targets[user]];
        expect(ranks[protocol].above[user]).toBe(others.filter((item) => scores[item] > own).length);
        expect(ranks[protocol].ties[user]).toBe(others.filter((item) => scores[item] === own).length);
      }
    },
  );

  it.each([
    [{ ties: 'worst' }, /evaluation ties: unknown tie rule "worst"\. Known: optimistic, mean, pessimistic/],
    [{ split: 'tset' }, /evaluation split: unknown split "tset"\. Did you mean "test"/],
    [{ candidates: 'train' }, /evaluation candidates: unknown value "train"\. Did you mean "trained"/],
    [{ negativeDistribution: 'popular' }, /unknown distribution "popular"\. Did you mean "popularity"/],
  ])('refuses %j before it asks for a score', async (options, message) => {
    const unasked: Scorer = {
      name: 'unasked',
      scores: () => {
        throw new Error('asked for scores');
      },
    };
    await expect(evaluate(dataset, unasked, options as never)).rejects.toThrow(message);
  });

  it('leaves out, per split, users whose target is untrained if targets are judged apart (D31)', async () => {
    const apart = makeDataset({ ...dataset, exclusion: 'target' });
    expect(apart.evaluationUsers.length).toBeGreaterThan(dataset.evaluationUsers.length);
    const trained = trainedItems(apart);
    const scorer = randomScores(apart, 5);
    const sizes = new Set<number>();
    for (const split of ['validation', 'test'] as const) {
      const { users, targets, ranks, metrics } = await evaluate(apart, scorer, { split, batch: 7 });
      expect([...users]).toEqual(
        [...apart.evaluationUsers].filter((row) => trained[target(apart, row, split)] === 1),
      );
      expect([...targets]).toEqual(Array.from(users, (row) => target(apart, row, split)));
      for (const row of users) {
        const k = apart.evaluationUsers.indexOf(row);
        const scores = await scorer.scores(split, k, 1);
        const own = scores[target(apart, row, split)];
        const above = scores.subarray(1, width).reduce((sum, score) => sum + Number(score > own), 0);
        expect(ranks.full.above[users.indexOf(row)]).toBe(above);
      }
      expect(metrics.full).toEqual(rankingMetrics(ranks.full));
      sizes.add(users.length);
    }
    expect(Math.max(...sizes)).toBeLessThan(apart.evaluationUsers.length);
    expect(Math.min(...sizes)).toBeGreaterThan(dataset.evaluationUsers.length);
  });

  it('draws the sampled candidates by popularity on request (D44)', async () => {
    const [uniform, popular] = [
      await evaluate(dataset, tied),
      await evaluate(dataset, tied, { negativeDistribution: 'popularity' }),
    ];
    expect(popular.ranks.full).toEqual(uniform.ranks.full);
    const { ranks, negatives, users, targets } = popular;
    const drawn = evaluationNegatives(dataset, { count: negatives, distribution: 'popularity' });
    for (let user = 0; user < users.length; user++) {
      const scores = await tied.scores('test', user, 1);
      const above = drawn
        .subarray(user * negatives, (user + 1) * negatives)
        .filter((item) => scores[item] > scores[targets[user]]).length;
      expect(ranks.sampled.above[user]).toBe(above);
    }
  });

  it('does not depend on the batch', async () => {
    const [one, seven, many] = await Promise.all(
      [1, 7, 512].map((batch) => evaluate(dataset, tied, { batch })),
    );
    expect(seven.ranks).toEqual(one.ranks);
    expect(many.ranks).toEqual(one.ranks);
    expect(many.metrics).toEqual(one.metrics);
  });

  it('applies the given tie rule', async () => {
    const [optimistic, mean, pessimistic] = await Promise.all(
      (['optimistic', 'mean', 'pessimistic'] as const).map(
        async (ties) => (await evaluate(dataset, tied, { ties })).metrics.full['NDCG@10'],
      ),
    );
    expect(optimistic).toBeGreaterThan(mean);
    expect(mean).toBeGreaterThan(pessimistic);
  });

  it("lets constant scores look perfect under the authors' rule and says so", async () => {
    const constant: Scorer = { name: 'constant', scores: (_, __, count) => new Float32Array(count * width) };
    const { metrics, tiedUsers } = await evaluate(dataset, constant);
    expect(metrics.full['HR@1']).toBe(1);
    expect(tiedUsers.full).toBe(dataset.evaluationUsers.length);
  });

  it('ranks among trained items only, or with the padding class, on request', async () => {
    const trained = trainedItems(dataset);
    expect(trained.subarray(1).some((flag) => flag === 0)).toBe(true);
    const untrainedFirst: Scorer = {
      name: 'untrained first',
      scores: (_, __, count) =>
        Float32Array.from({ length: count * width }, (___, i) =>
          i % width === 0 ? 3 : trained[i % width] ? 1 : 2,
        ),
    };
    const untrained = trained.subarray(1).filter((flag) => flag === 0).length;
    const all = await evaluate(dataset, untrainedFirst);
    expect(all.ranks.full.above[0]).toBe(untrained);
    const some = await evaluate(dataset, untrainedFirst, { candidates: 'trained' });
    expect(some.ranks.full.above[0]).toBe(0);
    const padded = await evaluate(dataset, untrainedFirst, { paddingClass: true });
    expect(padded.ranks.full.above[0]).toBe(untrained + 1);
  });

  it.each([NaN, Infinity, -Infinity])('refuses a score of %s and names scorer and item', async (bad) => {
    const broken: Scorer = {
      name: 'broken',
      scores(_, first, count) {
        const scores = new Float32Array(count * width);
        if (first === 0) scores[2 * width + 5] = bad;
        return scores;
      },
    };
    await expect(evaluate(dataset, broken)).rejects.toThrow(
      /broken: expected finite scores, got .* for item 5/,
    );
  });

  it('refuses a dataset in which nobody can be evaluated', async () => {
    const short = smallDataset({ longest: 2 });
    await expect(evaluate(short, randomScores(short))).rejects.toThrow(
      /expected users to evaluate, got none/,
    );
  });
});
