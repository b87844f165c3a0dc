/**
 * Ranks by counting over a Scorer's scores: how many items score strictly higher than the target, and how
 * many the same. Nothing is sorted. Turns any Scorer into a RankCounter.
 */
import type { Dataset } from '../data';
import type { RankAnswer, RankCounter, RankQuestion, Scorer } from './scorer';

export function countScores(dataset: Dataset, scorer: Scorer): RankCounter {
  const width = dataset.items + 1;
  return {
    name: scorer.name,
    ties: scorer.ties,
    async count({ split, first, targets, items, offsets }: RankQuestion): Promise<RankAnswer> {
      const users = targets.length;
      const all = await scorer.scores(split, first, users);
      if (all.length < users * width)
        throw new Error(`${scorer.name}: expected ${users} x ${width} scores, got ${all.length}`);
      const answer = {
        above: new Int32Array(users),
        ties: new Int32Array(users),
        targetScores: new Float32Array(users),
        scores: new Float32Array(items.length),
      };
      for (let k = 0; k < users; k++) {
        const base = k * width;
        const own = all[base + targets[k]];
        let [above, notBelow, poison] = [0, 0, 0];
        for (let i = base + 1; i < base + width; i++) {
          const score = all[i];
          // Number(...) takes no branch; "? 1 : 0" would take one that is guessed wrong as often as not, and
          // nearly twice as long.
          above += Number(score > own);
          notBelow += Number(score >= own);
          // 0 for a finite score, NaN for any other: cheaper than a test per score.
          poison += score - score;
        }
        if (Number.isNaN(poison))
          throw notFinite(scorer, dataset, first + k, all.subarray(base, base + width));
        answer.above[k] = above;
        // The target itself is not below itself.
        answer.ties[k] = notBelow - above - 1;
        answer.targetScores[k] = own;
        for (let i = offsets[k]; i < offsets[k + 1]; i++) answer.scores[i] = all[base + items[i]];
      }
      return answer;
    },
  };
}

function notFinite(scorer: Scorer, dataset: Dataset, user: number, scores: Float32Array): Error {
  const item = scores.findIndex((score, id) => id > 0 && !Number.isFinite(score));
  const key = dataset.userKeys[dataset.evaluationUsers[user]];
  return new Error(
    `${scorer.name}: expected finite scores, got ${scores[item]} for item ${item} and user ${key} of ` +
      `${dataset.name}`,
  );
}
