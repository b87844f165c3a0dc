/** How many users `elephant train` validates and tests, and why it leaves out the others. Pure. */
import type { Dataset, Exclusions } from '../../data';

export interface EvaluatedUsers {
  users: number;
  /** Why the others are left out. */
  leftOut: Exclusions;
}

type Evaluated = Pick<Dataset, 'users' | 'evaluationUsers' | 'exclusions'>;

export function evaluatedUsers({ evaluationUsers, exclusions }: Evaluated): EvaluatedUsers {
  return { users: evaluationUsers.length, leftOut: { ...exclusions } };
}

export function evaluatedLine({ users, evaluationUsers, exclusions }: Evaluated): string {
  const { tooShort, untrainedTarget } = exclusions;
  const why = [
    ...(tooShort > 0 ? [`${tooShort} with fewer than 3 interactions`] : []),
    ...(untrainedTarget > 0
      ? [`${untrainedTarget} whose validation or test item is in no training history`]
      : []),
  ];
  const all = why.length === 0 ? 'all ' : `${evaluationUsers.length} of `;
  return `evaluated: ${all}${users} users${why.length === 0 ? '' : `; left out: ${why.join(', ')}`}`;
}
