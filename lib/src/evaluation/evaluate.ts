/**
 * Evaluation under all protocols in one pass over the scores (method 10): 1 + 100 sampled candidates, all
 * items, all items but the user's history. It takes any Scorer and returns ranks per user and metrics; it
 * knows no model and no training.
 */
import * as v from 'valibot';
import { evaluationNegatives, type NegativeDistribution, trainingCounts } from '../data/negatives';
import { type EvaluationSplit, history, target, trainedItems } from '../data/splits';
import type { Dataset } from '../data/types';
import { InputError } from '../errors';
import { oneOf, parse } from '../schema';
import { countScores } from './countScores';
import { type Metrics, type Ranks, rankingMetrics, TIE_RULES, type TieRule } from './metrics';
import type { RankCounter, Scorer } from './scorer';

/** The three candidate sets that every evaluation ranks in at once. */
export const PROTOCOLS = ['sampled', 'full', 'fullMasked'] as const;
/**
 * "sampled": the target among the user's 100 negatives. "full": among all items, nothing masked, as the
 * authors rank. "fullMasked": all items but those of the user's history, as most of the field ranks; a target
 * that is in the history stays.
 */
export type Protocol = (typeof PROTOCOLS)[number];

/** Options that are one of several names; those of a training take the same. */
export const EVALUATION_NAMES = {
  split: oneOf('split', ['validation', 'test']),
  negativeDistribution: oneOf('distribution', ['uniform', 'popularity']),
  ties: oneOf('tie rule', TIE_RULES),
  candidates: oneOf('value', ['all', 'trained']),
};
const names = v.partial(v.object(EVALUATION_NAMES));

/** What is ranked, and how ranks are counted. */
export interface EvaluateOptions {
  split?: EvaluationSplit;
  /**
   * Negatives per user of the sampled protocol, 100 by default; fewer if the catalogue is too small for some
   * user.
   */
  negatives?: number;
  /** D44: how those negatives are drawn, "uniform" by default. */
  negativeDistribution?: NegativeDistribution;
  /** By default the ranker's own: "mean" for baselines, "optimistic" for everything else. */
  ties?: TieRule;
  /** D13: the padding class 0 competes in the full protocols, as coded; by default it does not. */
  paddingClass?: boolean;
  /** D32: "trained": items without any training interaction do not compete; by default all items do. */
  candidates?: 'all' | 'trained';
  /** Users scored at once. No effect on results. */
  batch?: number;
  /** Indices into dataset.evaluationUsers are 0..limit-1: a quick look at the first users only. */
  limit?: number;
  signal?: AbortSignal;
}

/** Ranks per user and metrics, under every protocol. */
export interface Evaluation {
  scorer: string;
  split: EvaluationSplit;
  ties: TieRule;
  /** Negatives per user that the sampled protocol really had. */
  negatives: number;
  /**
   * Dataset rows of the users, in the order of all arrays below: all evaluation users (or the first `limit`),
   * without those whose target of this split is untrained. Such users exist only if targets are judged
   * separately (D31).
   */
  users: Int32Array;
  /** Item id ranked for each user. */
  targets: Int32Array;
  ranks: Record<Protocol, Ranks>;
  metrics: Record<Protocol, Metrics>;
  /** Users whose target shares its score with another candidate. */
  tiedUsers: Record<Protocol, number>;
}

/**
 * Ranks each evaluation user's target under all protocols, from one pass over the scores. Metrics are shares
 * of 1.
 * @throws InputError for an unknown name, and if nobody can be evaluated; Error if a score is not finite
 * (user and scorer are named).
 * @example
 * ```ts
 * import { readOwn } from 'elephant';
 * import { evaluate, popularity } from 'elephant/evaluation';
 * const dataset = await readOwn('examples/shop');
 * const { metrics } = await evaluate(dataset, popularity(dataset), { split: 'test' });
 * console.log(metrics.sampled['HR@10'], metrics.full['NDCG@10']);
 * ```
 */
export async function evaluate(
  dataset: Dataset,
  ranker: Scorer | RankCounter,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { split = 'test', ties = ranker.ties ?? 'optimistic' } = parse(names, options, 'evaluation');
  const { batch = 128, signal } = options;
  requireEvaluationUsers(dataset);
  const users = dataset.evaluationUsers.slice(0, options.limit);
  if (!(Number.isInteger(batch) && batch > 0))
    throw new InputError('evaluation batch', `expected a whole number of at least 1, got ${batch}`);
  const counter = 'count' in ranker ? ranker : countScores(dataset, ranker);
  const targets = Int32Array.from(users, (row) => target(dataset, row, split));
  const ranks = each((): Ranks => ({
    above: new Int32Array(users.length),
    ties: new Int32Array(users.length),
  }));
  const trained = trainedItems(dataset);
  const judged = Array.from(users, (_, k) => k).filter((k) => trained[targets[k]] === 1);
  if (judged.length === 0) {
    throw new InputError(
      `evaluation of ${dataset.name}`,
      `expected users whose ${split} item occurs in training, got none of ${users.length}`,
      'Evaluate the other split, or more users',
    );
  }
  const negatives = Math.min(
    options.negatives ?? 100,
    fewestUntouched(dataset, options.negativeDistribution),
  );
  const listsOf = candidateLists(dataset, negatives, options);

  for (let first = 0; first < users.length; first += batch) {
    signal?.throwIfAborted();
    const size = Math.min(batch, users.length - first);
    const lists = Array.from({ length: size }, (_, k) => listsOf(first + k, users[first + k], split));
    const { items, offsets } = joined(lists);
    const answer = await counter.count({
      split,
      first,
      targets: targets.subarray(first, first + size),
      items,
      offsets,
    });
    lists.forEach((list, k) => {
      const user = first + k;
      const scores = answer.scores.subarray(offsets[k], offsets[k + 1]);
      const own = { score: answer.targetScores[k], above: answer.above[k], ties: answer.ties[k] };
      const counts = countsOf(list, scores, targets[user], own);
      for (const protocol of PROTOCOLS) put(ranks[protocol], user, counts[protocol]);
    });
  }
  if (judged.length < users.length)
    for (const protocol of PROTOCOLS)
      ranks[protocol] = {
        above: only(ranks[protocol].above, judged),
        ties: only(ranks[protocol].ties, judged),
      };
  return {
    scorer: counter.name,
    split,
    ties,
    negatives,
    users: only(users, judged),
    targets: only(targets, judged),
    ranks,
    metrics: each((protocol) => rankingMetrics(ranks[protocol], { ties })),
    tiedUsers: each((protocol) => ranks[protocol].ties.reduce((sum, tied) => sum + Number(tied > 0), 0)),
  };
}

/**
 * Refuses a dataset in which nobody can be evaluated; ask before a long training.
 * @throws InputError if there are no evaluation users.
 */
export function requireEvaluationUsers({ name, evaluationUsers, exclusions }: Dataset): void {
  if (evaluationUsers.length > 0) return;
  throw new InputError(
    `evaluation of ${name}`,
    `expected users to evaluate, got none (${exclusions.tooShort} too short, ` +
      `${exclusions.untrainedTarget} with an untrained target)`,
    'Every user needs at least 3 interactions, and targets that others are trained on',
  );
}

/** The values at `places`. */
function only(values: Int32Array, places: readonly number[]): Int32Array {
  return places.length === values.length ? values : Int32Array.from(places, (k) => values[k]);
}

interface Counts {
  above: number;
  ties: number;
}

/**
 * How a user's target compares with the candidates of each protocol. `scores` are those of the lists in the
 * order of `joined`; `own`: the target's score, and how it compares with all items.
 */
function countsOf(
  { sampled, left, seen }: CandidateLists,
  scores: Float32Array,
  target: number,
  own: Counts & { score: number },
): Record<Protocol, Counts> {
  let at = 0;
  const [drawn, out, also, known] = [sampled, left.taken, left.added, seen].map((items) =>
    compared(items, scores.subarray(at, (at += items.length)), own.score, target),
  );
  const full = { above: own.above - out.above + also.above, ties: own.ties - out.ties + also.ties };
  const fullMasked = { above: full.above - known.above, ties: full.ties - known.ties };
  return { sampled: drawn, full, fullMasked };
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

/** Items whose scores are looked at one by one, for one user. */
interface CandidateLists {
  sampled: Int32Array;
  /** Taken out of the full protocols (untrained items, D32) and added to them (padding class, D13). */
  left: { taken: Int32Array; added: Int32Array };
  /** Distinct items of the history that are among the full protocol's candidates. */
  seen: Int32Array;
}

function candidateLists(
  dataset: Dataset,
  count: number,
  options: EvaluateOptions,
): (user: number, row: number, split: EvaluationSplit) => CandidateLists {
  const negatives = evaluationNegatives(dataset, { count, distribution: options.negativeDistribution });
  const trained = options.candidates === 'trained' ? trainedItems(dataset) : undefined;
  const taken =
    trained === undefined
      ? new Int32Array(0)
      : Int32Array.from(trained, (_, item) => item).filter((item) => item > 0 && trained[item] === 0);
  const left = { taken, added: options.paddingClass ? Int32Array.of(0) : new Int32Array(0) };
  const distinct = distinctItems(dataset.items + 1);
  return (user, row, split) => {
    const seen = distinct(history(dataset, row, split));
    return {
      sampled: negatives.subarray(user * count, (user + 1) * count),
      left,
      seen: trained === undefined ? seen : seen.filter((item) => trained[item] === 1),
    };
  };
}

/** The lists of all users one after another, in the order in which `countsOf` reads them. */
function joined(lists: CandidateLists[]): { items: Int32Array; offsets: Int32Array } {
  const parts = lists.map(({ sampled, left, seen }) => [sampled, left.taken, left.added, seen]);
  const offsets = new Int32Array(lists.length + 1);
  parts.forEach(
    (list, k) => (offsets[k + 1] = offsets[k] + list.reduce((sum, part) => sum + part.length, 0)),
  );
  const items = new Int32Array(offsets[lists.length]);
  parts.forEach((list, k) => {
    let at = offsets[k];
    for (const part of list) {
      items.set(part, at);
      at += part.length;
    }
  });
  return { items, offsets };
}

function each<T>(make: (protocol: Protocol) => T): Record<Protocol, T> {
  return { sampled: make('sampled'), full: make('full'), fullMasked: make('fullMasked') };
}

function put(ranks: Ranks, user: number, { above, ties }: Counts): void {
  ranks.above[user] = above;
  ranks.ties[user] = ties;
}

/**
 * How many items can be drawn as negatives for the user with the most distinct items, or a few fewer.
 */
function fewestUntouched(dataset: Dataset, distribution: NegativeDistribution = 'uniform'): number {
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
