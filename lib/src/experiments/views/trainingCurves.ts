/**
 * Loss and validation NDCG@10 by epoch, of the first seed's run with the chosen learning rate, one curve a
 * variant. Called by Session.
 */
import { InputError, unknownName } from '../../errors';
import { cellNodes } from '../cells';
import type { Profile } from '../profiles';
import type { StageNode } from '../../pipeline/stage';
import type { RecommenderJson } from '../stages/recommender';
import { table3Columns } from '../tables';
import type { View } from './view';

/** A training curve: loss and validation value by epoch. */
export interface Curve {
  readonly label: string;
  readonly domain: string;
  readonly epochs: RecommenderJson['log'];
}

/** Columns of Table 3 where none are named. */
export const CURVES: readonly string[] = ['SAS', 'freeze.FT', 'trainable.FT', 'trainable.lexical'];

/** `columns` of Table 3 (SASRec). */
export function trainingCurves(profile: Profile, domain: string, columns: readonly string[]): View<Curve[]> {
  const firsts = columns.map((column) => ({
    column,
    node: recommenderRuns('trainingCurves', profile, domain, column)[0],
  }));
  return {
    nodes: firsts.map(({ node }) => node),
    make: (read) =>
      firsts.map(({ column, node }) => ({
        label: column,
        domain,
        epochs: (read(node).json as unknown as RecommenderJson).log,
      })),
  };
}

/** The same of a column that is a recommender's: RECFORMER has no search for a rate, and two trainings. */
export function recommenderRuns(
  where: string,
  profile: Profile,
  domain: string,
  column: string,
): StageNode[] {
  const nodes = table3Nodes(where, profile, domain, column);
  if (nodes.some(({ kind }) => kind.name !== 'recommender'))
    throw new InputError(
      where,
      `expected a recommender's column, got ${column}`,
      'languageLearning() has the training of RECFORMER',
    );
  return nodes;
}

/**
 * The runs of a column of Table 3 (SASRec), one a seed; `where` names the caller if there is no such column.
 */
export function table3Nodes(where: string, profile: Profile, domain: string, column: string): StageNode[] {
  const nodes = cellNodes(profile, { table: 'table3', domain, column });
  if (nodes === undefined)
    throw unknownName(
      where,
      'column',
      column,
      table3Columns('SASRec').map(({ id }) => id),
    );
  return nodes;
}
