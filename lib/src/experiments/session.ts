/**
 * What a notebook and `elephant report` hold: an experiment, and a way to have its views answered. Each view
 * (views/index.ts) is a method too: `session.table3()` is `session.get(table3())`.
 */
import type { Experiment } from './experiment';
import type { Profile } from './profiles';
import * as views from './views';
import type { Query, View } from './views/view';

/** Answers views: from stored results (storeAnswers.ts), or from a results file (results/fileAnswers.ts). */
export interface Answers {
  readonly profile: Profile;
  /** The graph of stages behind the views. */
  readonly experiment: Experiment;
  get<T>(query: Query<T>): Promise<T>;
}

type Method<V> = V extends View<infer T, infer Given> ? (...given: Given) => Promise<T> : never;

/** A method for each view. */
export type ViewMethods = { readonly [Name in keyof typeof views]: Method<(typeof views)[Name]> };

/**
 * A profile's results: a method for each table, figure and list, which computes what is missing.
 * `session.table3('BERT4Rec')` gives a ComparisonTable, `session.figure2()` a list of FractionPoint,
 * `session.scoreboard()` one of ScoreboardRow; lib/src/experiments/views/index.ts names them all.
 * `session.profile` has the settings.
 */
export type Session = Answers & ViewMethods;

/** The same answers with a method for each view. */
export function withViews<A extends Answers>(answers: A): A & ViewMethods {
  const methods = Object.entries(views).map(([name, view]) => [
    name,
    (...given: Parameters<typeof view>) => answers.get((view as View<unknown, typeof given>)(...given)),
  ]);
  return Object.assign(answers, Object.fromEntries(methods) as ViewMethods);
}
