/**
 * One user as three models see them: the history, the five items that each model ranks first, the rank of the
 * real next item, and what `<s>` attends to in RECFORMER. Computed on demand from the models in the store.
 * Nothing is trained: if a model is missing, the message names the command that makes it.
 */
import { history, target, type Dataset, type ItemText } from '../../data';
import { unknownName } from '../../errors';
import type { Experiment } from '../experiment';
import type { Profile } from '../profiles';
import { loadDataset } from '../stages/storedDataset';
import { evaluatedRow } from './evaluatedUser';
import { shownDomain } from './itemRows';
import { recformerAnswers, sasrecScores } from './userModels';
import { view, type Reader } from './view';

/** An item, by the id that it has in the dataset. */
export interface UserItem extends ItemText {
  readonly id: number;
}

/** A model that is not in the store, and the command that makes it. */
export interface NotMade {
  readonly name: string;
  readonly missing: string;
}

/** What a model recommends to the user. */
export interface UserRanking {
  readonly name: string;
  /** Best first; items of the history compete, as in the paper's full ranking. */
  readonly top: readonly UserItem[];
  /** Of the item that really came next, among all items, from 1; of items with equal scores the best. */
  readonly rank: number;
}

/** A word of RECFORMER's input. */
export interface AttendedWord {
  readonly word: string;
  /** 0 for `<s>`, 1 for the newest item, 2 for the one before it, ... */
  readonly item: number;
  /** True for the name of an attribute: "title". */
  readonly named: boolean;
  /** Of the attention of `<s>`. All words together have 1. */
  readonly share: number;
}

/** What `<s>` attends to in one layer. */
export interface UserAttention {
  /** Both from 0. */
  readonly layer: number;
  readonly head: number | 'mean';
  readonly layers: number;
  readonly heads: number;
  readonly words: readonly AttendedWord[];
}

/** One evaluated user, for `show.user`. */
export interface UserExample {
  readonly domain: string;
  /** Number of the evaluated user, from 0, and how many there are. */
  readonly user: number;
  readonly users: number;
  /** How many items are ranked. */
  readonly items: number;
  /** All but the last item, the newest first. */
  readonly history: readonly UserItem[];
  /** The last item, which the models are to find. */
  readonly next: UserItem;
  readonly models: readonly (UserRanking | NotMade)[];
  readonly attention: UserAttention | NotMade;
}

/** The user that a results file keeps, and the report shows. */
export const KEPT_USER = 17;
const TOP = 5;

/**
 * `user`: number of the evaluated user, from 0. `layer`: from 0, the last by default. `head`: from 0, or the
 * mean of all.
 */
export const user = view('user', {
  args: (
    { language }: Profile,
    domain: string,
    user: number = 0,
    layer: number = language.layers - 1,
    head: number | 'mean' = 'mean',
  ) => [domain, user, layer, head] as const,
  kept: (profile, ask) =>
    profile.tables.includes('table3') ? shownDomain(profile).map((domain) => ask(domain, KEPT_USER)) : [],
  of: (experiment, domain, user, layer, head) => {
    const { domains } = experiment.profile;
    if (!domains.includes(domain)) throw unknownName('user', 'domain', domain, domains);
    const node = experiment.dataset(domain);
    return {
      nodes: [node],
      make: (read) => example(experiment, loadDataset(read(node)), user, { layer, head }, read),
    };
  },
});

async function example(
  experiment: Experiment,
  dataset: Dataset,
  user: number,
  attended: Pick<UserAttention, 'layer' | 'head'>,
  read: Reader,
): Promise<UserExample> {
  const row = evaluatedRow(dataset, user, 'user');
  const seen = Array.from(history(dataset, row, 'test'));
  const next = target(dataset, row, 'test');
  const item = (id: number): UserItem => ({ id, ...dataset.itemTexts[id - 1] });
  const sasrecs = await sasrecScores(experiment, read, dataset, seen);
  const [recformer, attention] = await recformerAnswers(experiment, read, dataset, seen, attended);
  return {
    domain: dataset.name,
    user,
    users: dataset.evaluationUsers.length,
    items: dataset.items,
    history: [...seen].reverse().map(item),
    next: item(next),
    models: [...sasrecs, recformer].map((model) =>
      'missing' in model
        ? model
        : { name: model.name, top: best(model.scores).map(item), rank: rankIn(model.scores, next) },
    ),
    attention,
  };
}

/** Ids of the items with the highest scores; of equal ones the smaller id first. */
function best(scores: Float32Array): number[] {
  return Array.from(scores, (_, id) => id)
    .slice(1)
    .sort((a, b) => scores[b] - scores[a] || a - b)
    .slice(0, TOP);
}

function rankIn(scores: Float32Array, id: number): number {
  return 1 + scores.subarray(1).reduce((above, score) => above + Number(score > scores[id]), 0);
}
