/** Runs behind the columns of Table 3 (SASRec), for views that show them in another form. */
import { InputError, unknownName } from '../../errors';
import { isOf, type StageNode } from '../../pipeline/stage';
import { allCells } from '../cells';
import { experiment, type Experiment } from '../experiment';
import type { Profile } from '../profiles';
import { kinds } from '../stages/kinds';
import type { RecommenderFacts } from '../stages/recommender';
import type { TestFacts } from '../stages/storedEvaluation';
import { table3Columns } from './table3';

/** Domain and column of every cell of Table 3 (SASRec). */
export function sasrecCells(profile: Profile): { domain: string; column: string }[] {
  return allCells(experiment(profile)).filter(
    ({ table, backbone }) => table === 'table3' && backbone === 'SASRec',
  );
}

/**
 * The runs of a column of Table 3 (SASRec), one per seed; `where` names the caller if there is no such
 * column.
 */
export function table3Runs(
  where: string,
  experiment: Experiment,
  domain: string,
  column: string,
): StageNode<TestFacts>[] {
  const nodes = experiment.cell({ table: 'table3', domain, column });
  if (nodes === undefined)
    throw unknownName(
      where,
      'column',
      column,
      table3Columns('SASRec').map(({ id }) => id),
    );
  return nodes;
}

/** The same of a column that is a recommender's: RECFORMER has no search for a rate, and two trainings. */
export function table3Recommenders(
  where: string,
  experiment: Experiment,
  domain: string,
  column: string,
): StageNode<RecommenderFacts>[] {
  return table3Runs(where, experiment, domain, column).map((node) => {
    if (isOf(node, kinds.recommender)) return node;
    throw new InputError(
      where,
      `expected a recommender's column, got ${column}`,
      'languageLearning() has the training of RECFORMER',
    );
  });
}
