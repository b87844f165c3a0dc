/**
 * Evaluation under all protocols in one pass over the scores (method 10): 1 + 100 sampled candidates, all
 * items, all items but the user's history. It takes any Scorer and returns ranks per user and metrics; it
 * knows no model and no training. candidates.ts has what each protocol ranks among.
 */
import * as v from 'valibot';
import { type EvaluationSplit, target, trainedItems } from '../data/splits';
import type { Dataset } from '../data/types';
import { InputError } from '../errors';
import { parse } from '../schema';
import { candidateLists, type Candidates, countCandidates, mostNegatives, joined } from './candidates';
import { countScores } from './countScores';
import { type Metrics, type Ranks, rankingMetrics, type TieRule } from './metrics';
import { EVALUATION_NAMES, type EvaluateOptions, type Protocol, PROTOCOLS } from './options';
import type { RankCounter, Scorer } from './scorer';

const names = v.partial(v.object(EVALUATION_NAMES));

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
  const trained = trainedItems(dataset);
  const judged = Array.from(users, (_, k) => k).filter((k) => trained[targets[k]] === 1);
  if (judged.length === 0) {
    throw new InputError(
      `evaluation of ${dataset.name}`,
      `expected users whose ${split} item occurs in training, got none of ${users.length}`,
      'Evaluate the other split, or more users',
    );
  }
  const negatives = Math.min(options.negatives ?? 100, mostNegatives(dataset, options.negativeDistribution));
  const candidatesOf = candidateLists(dataset, negatives, options);
  const listsOf = (user: number): Candidates => candidatesOf(user, users[user], split);
  const ofAll = await ranksOf(counter, { split, targets, listsOf, batch, signal });
  const ranks = byProtocol((protocol): Ranks => ({
    above: valuesAt(ofAll[protocol].above, judged),
    ties: valuesAt(ofAll[protocol].ties, judged),
  }));
  return {
    scorer: counter.name,
    split,
    ties,
    negatives,
    users: valuesAt(users, judged),
    targets: valuesAt(targets, judged),
    ranks,
    metrics: byProtocol((protocol) => rankingMetrics(ranks[protocol], { ties })),
    tiedUsers: byProtocol((protocol) =>
      ranks[protocol].ties.reduce((sum, tied) => sum + Number(tied > 0), 0),
    ),
  };
}

interface Question {
  split: EvaluationSplit;
  /** Of each user. */
  targets: Int32Array;
  listsOf: (user: number) => Candidates;
  /** Users at once. */
  batch: number;
  signal?: AbortSignal;
}

async function ranksOf(
  counter: RankCounter,
  { split, targets, listsOf, batch, signal }: Question,
): Promise<Record<Protocol, Ranks>> {
  const ranks = byProtocol((): Ranks => ({
    above: new Int32Array(targets.length),
    ties: new Int32Array(targets.length),
  }));
  for (let first = 0; first < targets.length; first += batch) {
    signal?.throwIfAborted();
    const size = Math.min(batch, targets.length - first);
    const lists = Array.from({ length: size }, (_, k) => listsOf(first + k));
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
      const counts = countCandidates(list, scores, targets[user], own);
      for (const protocol of PROTOCOLS) {
        ranks[protocol].above[user] = counts[protocol].above;
        ranks[protocol].ties[user] = counts[protocol].ties;
      }
    });
  }
  return ranks;
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
function valuesAt(values: Int32Array, places: readonly number[]): Int32Array {
  return places.length === values.length ? values : Int32Array.from(places, (k) => values[k]);
}

function byProtocol<T>(make: (protocol: Protocol) => T): Record<Protocol, T> {
  return { sampled: make('sampled'), full: make('full'), fullMasked: make('fullMasked') };
}
