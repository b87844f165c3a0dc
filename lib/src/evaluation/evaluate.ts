/**
 * Evaluation under all protocols from one pass over the scores (reference.md 10): 1 + 100 sampled candidates, all items, all
 * items but the user's history. Any Scorer in, ranks per user and metrics out; knows no model and no training.
 */
import { type Dataset, evaluationNegatives, type EvaluationSplit, history, target, trainedItems } from '../data';
import { InputError } from '../errors';
import { type Counts, countAll, countSome } from './countRanks';
import { type Metrics, type Ranks, rankingMetrics, type TieRule } from './metrics';
import type { Scorer } from './scorer';

export const PROTOCOLS = ['sampled', 'full', 'fullMasked'] as const;
/**
 * "sampled": the target among the user's 100 negatives. "full": among all items, nothing masked, as the authors rank.
 * "fullMasked": all items but those of the user's history, as most of the field ranks; a target that is in the history stays.
 */
export type Protocol = (typeof PROTOCOLS)[number];

export interface EvaluateOptions {
  split?: EvaluationSplit;
  /** Negatives per user of the sampled protocol. */
  negatives?: number;
  ties?: TieRule;
  /** D13: the padding class 0 competes in the full protocols, as coded; by default it does not. */
  paddingClass?: boolean;
  /** D32: "trained": items without any training interaction do not compete; by default all items do. */
  candidates?: 'all' | 'trained';
  /** Users asked for at once. No effect on results. */
  batch?: number;
  /** Indices into dataset.evaluationUsers are 0..limit-1: a quick look at the first users only. */
  limit?: number;
  signal?: AbortSignal;
}

export interface Evaluation {
  scorer: string;
  split: EvaluationSplit;
  ties: TieRule;
  /** Dataset rows of the users, in the order of all arrays below. */
  users: Int32Array;
  /** Item id ranked for each user. */
  targets: Int32Array;
  ranks: Record<Protocol, Ranks>;
  metrics: Record<Protocol, Metrics>;
  /** Users whose target shares its score with another candidate. */
  tiedUsers: Record<Protocol, number>;
}

/** @throws InputError where nobody can be evaluated; Error where a score is not finite (user and scorer are named). */
export async function evaluate(dataset: Dataset, scorer: Scorer, options: EvaluateOptions = {}): Promise<Evaluation> {
  const { split = 'test', ties = 'optimistic', paddingClass = false, batch = 128, signal } = options;
  const users = dataset.evaluationUsers.slice(0, options.limit);
  if (users.length === 0) {
    throw new InputError(
      `evaluation of ${dataset.name}`,
      `expected users to evaluate, got none (${dataset.exclusions.tooShort} too short, ${dataset.exclusions.untrainedTarget} with an untrained target)`,
      'Every user needs at least 3 interactions, and targets that others are trained on',
    );
  }
  if (!(Number.isInteger(batch) && batch > 0)) throw new InputError('evaluation batch', `expected a whole number of at least 1, got ${batch}`);
  const count = Math.min(options.negatives ?? 100, dataset.items - 1);
  const negatives = evaluationNegatives(dataset, { count });
  const trained = options.candidates === 'trained' ? trainedItems(dataset) : undefined;
  const untrained = trained === undefined ? undefined : untrainedItems(trained);
  const targets = Int32Array.from(users, (row) => target(dataset, row, split));
  const ranks = { sampled: emptyRanks(users.length), full: emptyRanks(users.length), fullMasked: emptyRanks(users.length) };

  const width = dataset.items + 1;
  const distinct = distinctItems(width);
  const counts: Counts = { above: 0, ties: 0 };
  const inHistory: Counts = { above: 0, ties: 0 };
  for (let first = 0; first < users.length; first += batch) {
    signal?.throwIfAborted();
    const size = Math.min(batch, users.length - first);
    const scores = await scorer.scores(split, first, size);
    if (scores.length < size * width) {
      throw new Error(`${scorer.name}: expected ${size} x ${width} scores, got ${scores.length}`);
    }
    for (let k = 0; k < size; k++) {
      const user = first + k;
      const base = k * width;
      const item = targets[user];
      countSome(scores, base, negatives, user * count, (user + 1) * count, item, counts);
      put(ranks.sampled, user, counts);

      countAll(scores, base + (paddingClass ? 0 : 1), base + width, base + item, counts);
      if (Number.isNaN(counts.above)) throw notFinite(scorer, dataset, users[user], scores.subarray(base, base + width));
      if (untrained !== undefined) {
        countSome(scores, base, untrained, 0, untrained.length, item, inHistory);
        subtract(counts, inHistory);
      }
      put(ranks.full, user, counts);

      const seen = distinct(history(dataset, users[user], split));
      const left = trained === undefined ? seen : seen.filter((id) => trained[id] === 1);
      countSome(scores, base, left, 0, left.length, item, inHistory);
      subtract(counts, inHistory);
      put(ranks.fullMasked, user, counts);
    }
  }
  return {
    scorer: scorer.name,
    split,
    ties,
    users,
    targets,
    ranks,
    metrics: each((protocol) => rankingMetrics(ranks[protocol], { ties })),
    tiedUsers: each((protocol) => ranks[protocol].ties.reduce((sum, tied) => sum + Number(tied > 0), 0)),
  };
}

function each<T>(make: (protocol: Protocol) => T): Record<Protocol, T> {
  return { sampled: make('sampled'), full: make('full'), fullMasked: make('fullMasked') };
}

function emptyRanks(users: number): Ranks {
  return { above: new Int32Array(users), ties: new Int32Array(users) };
}

function put(ranks: Ranks, user: number, { above, ties }: Counts): void {
  ranks.above[user] = above;
  ranks.ties[user] = ties;
}

function subtract(counts: Counts, less: Counts): void {
  counts.above -= less.above;
  counts.ties -= less.ties;
}

function untrainedItems(trained: Uint8Array): Int32Array {
  return Int32Array.from(trained, (_, item) => item).filter((item) => item > 0 && trained[item] === 0);
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

function notFinite(scorer: Scorer, dataset: Dataset, row: number, scores: Float32Array): Error {
  const item = scores.findIndex((score) => !Number.isFinite(score));
  return new Error(`${scorer.name}: expected finite scores, got ${scores[item]} for item ${item} and user ${dataset.userKeys[row]} of ${dataset.name}`);
}
