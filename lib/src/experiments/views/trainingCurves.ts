/**
 * Loss and validation NDCG@10 by epoch, for the first seed's run with the chosen learning rate, one curve per
 * variant.
 */
import type { RecommenderFacts } from '../stages/recommender';
import { sasrecCells, table3Recommenders } from '../tables/table3Runs';
import { userCount } from '../userValues';
import { view } from './view';

/** A training curve: loss and validation value by epoch. */
export interface Curve {
  readonly label: string;
  readonly domain: string;
  readonly epochs: RecommenderFacts['log'];
  /** How many users validation ranks; absent in results that were written before it was kept. */
  readonly users?: number;
}

/** The columns of Table 3 shown if none are named. */
export const CURVES: readonly string[] = ['SAS', 'freeze.FT', 'trainable.FT', 'trainable.lexical'];

/** `columns` of Table 3 (SASRec). */
export const trainingCurves = view('trainingCurves', {
  args: (profile, domain: string = profile.domains[0], columns: readonly string[] = CURVES) =>
    [domain, columns] as const,
  kept: (profile, ask) =>
    sasrecCells(profile)
      .filter(({ column }) => column !== 'REC')
      .map(({ domain, column }) => ask(domain, [column])),
  byColumn: true,
  of: (experiment, domain, columns) => {
    const firsts = columns.map((column) => ({
      column,
      node: table3Recommenders('trainingCurves', experiment, domain, column)[0],
    }));
    return {
      nodes: firsts.map(({ node }) => node),
      make: (read) =>
        firsts.map(({ column, node }): Curve => ({
          label: column,
          domain,
          epochs: read(node).json.log,
          users: userCount(node, read),
        })),
    };
  },
});
