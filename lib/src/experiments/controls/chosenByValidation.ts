/**
 * Which of several settings validation prefers, seed by seed; test results are not looked at. Used by
 * columnsTable and controlTables.
 */
import type { Metrics, Protocol } from '../../evaluation';
import type { StageNode } from '../../pipeline/stage';
import type { Reader } from '../views/view';

/**
 * For each seed the index of the candidate with the highest validation NDCG@10, of equal ones the first.
 * @param candidates Runs by setting, then by seed; each setting has the same seeds.
 */
export function chosenByValidation(
  read: Reader,
  candidates: readonly (readonly StageNode[])[],
  protocol: Protocol,
): number[] {
  const value = (node: StageNode): number =>
    (read(node).json as unknown as { validation: Record<Protocol, Metrics> }).validation[protocol]['NDCG@10'];
  return candidates[0].map((_, seed) => {
    const values = candidates.map((runs) => value(runs[seed]));
    return values.indexOf(Math.max(...values));
  });
}
