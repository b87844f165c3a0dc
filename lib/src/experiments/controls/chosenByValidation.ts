/** Which of several settings validation prefers, seed by seed; test results are not used. */
import type { Protocol } from '../../evaluation';
import type { Reader, StageNode } from '../../pipeline/stage';
import type { RecommenderFacts } from '../stages/recommender';

/**
 * For each seed the index of the candidate with the highest validation NDCG@10, of equal ones the first.
 * @param candidates Runs by setting, then by seed; each setting has the same seeds.
 */
export function chosenByValidation(
  read: Reader,
  candidates: readonly (readonly StageNode<RecommenderFacts>[])[],
  protocol: Protocol,
): number[] {
  return candidates[0].map((_, seed) => {
    const values = candidates.map((runs) => read(runs[seed]).json.validation[protocol]['NDCG@10']);
    return values.indexOf(Math.max(...values));
  });
}
