/**
 * The items whose scores are looked at one by one, for each user, and how their counts make the counts of
 * every protocol. The full protocols start from counts over all items (RankAnswer); these lists correct them.
 */
import { evaluationNegatives, type NegativeDistribution, trainingCounts } from '../data/negatives';
import { type EvaluationSplit, history, trainedItems } from '../data/splits';
import type { Dataset } from '../data/types';
import type { EvaluateOptions, Protocol } from './options';

/** Items of one user, in the order in which their scores are asked for. */
export interface Candidates {
  /** The negatives of the sampled protocol. */
  sampled: Int32Array;
  /** Items that do not compete in the full protocols (D32). */
  untrained: Int32Array;
  /** The class that does (D13). */
  padding: Int32Array;
  /** Distinct items of the history that compete in the full protocol, and not in the masked one. */
  history: Int32Array;
}

const LISTS = ['sampled', 'untrained', 'padding', 'history'] as const satisfies readonly (keyof Candidates)[];

/** How many other items score higher than a target, and how many the same. */
export interface Counts {
  above: number;
  ties: number;
}

/** The candidates of any evaluation user; `negatives` of them are sampled. */
export function candidateLists(
  dataset: Dataset,
  negatives: number,
  { negativeDistribution, candidates, paddingClass }: EvaluateOptions,
): (user: number, row: number, split: EvaluationSplit) => Candidates {
  const drawn = evaluationNegatives(dataset, { count: negatives, distribution: negativeDistribution });
  const trained = candidates === 'trained' ? trainedItems(dataset) : undefined;
  const untrained =
    trained === undefined
      ? new Int32Array(0)
      : Int32Array.from(trained, (_, item) => item).filter((item) => item > 0 && trained[item] === 0);
  const padding = paddingClass ? Int32Array.of(0) : new Int32Array(0);
  const distinct = distinctItems(dataset.items + 1);
  return (user, row, split) => {
    const seen = distinct(history(dataset, row, split));
    return {
      sampled: drawn.subarray(user * negatives, (user + 1) * negatives),
      untrained,
      padding,
      history: trained === undefined ? seen : seen.filter((item) => trained[item] === 1),
    };
  };
}

/** The lists of all users one after another; those of user k are offsets[k]..offsets[k + 1] - 1. */
export function joined(users: readonly Candidates[]): { items: Int32Array; offsets: Int32Array } {
  const offsets = new Int32Array(users.length + 1);
  users.forEach(
    (lists, k) => (offsets[k + 1] = offsets[k] + LISTS.reduce((sum, name) => sum + lists[name].length, 0)),
  );
  const items = new Int32Array(offsets[users.length]);
  users.forEach((lists, k) => {
    let at = offsets[k];
    for (const name of LISTS) {
      items.set(lists[name], at);
      at += lists[name].length;
    }
  });
  return { items, offsets };
}

/**
 * How a user's target compares with the candidates of each protocol. `scores` are those of the lists, in the
 * order of `joined`. `own`: the target's score, and how it compares with all items.
 */
export function countCandidates(
  lists: Candidates,
  scores: Float32Array,
  target: number,
  own: Counts & { score: number },
): Record<Protocol, Counts> {
  let at = 0;
  const [sampled, untrained, padding, history] = LISTS.map((name) =>
    compared(lists[name], scores.subarray(at, (at += lists[name].length)), own.score, target),
  );
  const full = {
    above: own.above - untrained.above + padding.above,
    ties: own.ties - untrained.ties + padding.ties,
  };
  const fullMasked = { above: full.above - history.above, ties: full.ties - history.ties };
  return { sampled, full, fullMasked };
}

/** How the scores of `items` compare with `own`, the score of the item `target`. */
function compared(items: Int32Array, scores: Float32Array, own: number, target: number): Counts {
  let [above, ties] = [0, 0];
  for (let i = 0; i < items.length; i++) {
    // Without a branch, which the processor would often predict wrongly.
    above += Number(scores[i] > own);
    if (scores[i] === own && items[i] !== target) ties++;
  }
  return { above, ties };
}

/**
 * How many negatives every user can have: items that can be drawn, less the most distinct items of a user. A
 * few fewer if they include some that cannot be drawn.
 */
export function mostNegatives(dataset: Dataset, distribution: NegativeDistribution = 'uniform'): number {
  const distinct = distinctItems(dataset.items + 1);
  let most = 0;
  for (const row of dataset.evaluationUsers) {
    // Histories shorter than the widest so far cannot be wider: most users cost a comparison.
    const [start, end] = [dataset.offsets[row], dataset.offsets[row + 1]];
    if (end - start > most) most = Math.max(most, distinct(dataset.sequence.subarray(start, end)).length);
  }
  const drawable =
    distribution === 'uniform'
      ? dataset.items
      : trainingCounts(dataset).reduce((sum, n) => sum + Number(n > 0), 0);
  return Math.max(0, drawable - most);
}

/** Items without their repetitions; one array of marks serves all users. */
function distinctItems(width: number): (items: Int32Array) => Int32Array {
  const seenBy = new Int32Array(width);
  let turn = 0;
  return (items) => {
    turn++;
    return items.filter((item) => (seenBy[item] === turn ? false : ((seenBy[item] = turn), true)));
  };
}
