/**
 * What a view is: a question about an experiment, with its name and arguments. A session answers it
 * (session.ts): from stored results, computing what is missing, or from a results file.
 */
import type { Reader, StageNode } from '../../pipeline/stage';
import type { Experiment } from '../experiment';
import type { Profile } from '../profiles';

export type { Reader };

/** How an answer is made: the stages it needs, and a pure function of their stored results. */
export interface Recipe<T> {
  readonly nodes: readonly StageNode[];
  make(read: Reader): T | Promise<T>;
}

/** A view with its arguments. */
export interface Query<T> {
  /** As a cell writes it, in full: `table3("SASRec")`. Names the answer in a results file. */
  readonly text: (profile: Profile) => string;
  /** Texts of the queries that its answer is the list of, a column each; undefined if it is one answer. */
  readonly columns: (profile: Profile) => readonly string[] | undefined;
  readonly recipe: (experiment: Experiment) => Recipe<T>;
}

/** A view: gives a query for its arguments. */
export interface View<T, Given extends readonly unknown[] = []> {
  (...given: Given): Query<T>;
  /** The queries whose answers a results file of the profile keeps. */
  readonly kept: (profile: Profile) => readonly Query<unknown>[];
  /** The queries whose stages `elephant run` computes. */
  readonly computed: (profile: Profile) => readonly Query<unknown>[];
}

type Choice<Given extends readonly unknown[]> = (
  profile: Profile,
  ask: (...given: Given) => Query<unknown>,
) => boolean | readonly Query<unknown>[];

interface Definition<T, Given extends readonly unknown[]> {
  /** The arguments in full, from those that are given; absent if the view takes none. */
  readonly args?: (profile: Profile, ...given: Given) => Readonly<Required<Given>>;
  /**
   * The queries whose answers a results file keeps, made with `ask`; or whether it keeps the one without
   * arguments. Only what may be passed on: no item or user of given data. Default: none.
   */
  readonly kept?: Choice<Given>;
  /** The queries whose stages a run computes. Default: those that are kept. */
  readonly computed?: Choice<Given>;
  /** The last argument is a list of columns and the answer a list made column by column, and kept so. */
  readonly byColumn?: true;
  readonly of: (experiment: Experiment, ...full: Required<Given>) => Recipe<T>;
}

/** @param name That of the session's method, and of the export in views/index.ts. */
export function view<T, Given extends readonly unknown[] = []>(
  name: string,
  { args, kept = () => false, computed = kept, byColumn, of }: Definition<T, Given>,
): View<T, Given> {
  const ask = (...given: Given): Query<T> => {
    const full = (profile: Profile) => (args?.(profile, ...given) ?? []) as Required<Given>;
    return {
      text: (profile) => textOf(name, full(profile)),
      columns: (profile) => {
        if (byColumn === undefined) return undefined;
        const all = full(profile);
        const columns = all[all.length - 1] as readonly string[];
        return columns.map((column) => textOf(name, [...all.slice(0, -1), [column]]));
      },
      recipe: (experiment) => of(experiment, ...full(experiment.profile)),
    };
  };
  const queries = (choose: Choice<Given>) => (profile: Profile) => {
    const chosen = choose(profile, ask);
    if (typeof chosen !== 'boolean') return chosen;
    return chosen ? [(ask as () => Query<T>)()] : [];
  };
  return Object.assign(ask, { kept: queries(kept), computed: queries(computed) });
}

function textOf(name: string, args: readonly unknown[]): string {
  return `${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`;
}
