/** The number of an evaluated user, as views take it: from 0, in the order of the dataset's rows. */
import type { Dataset } from '../../data/types';
import { InputError } from '../../errors';

/** The dataset's row. @throws InputError for a number that no evaluated user has; names the nearest. */
export function evaluatedRow(
  { name, evaluationUsers }: Pick<Dataset, 'name' | 'evaluationUsers'>,
  user: number,
  where: string,
): number {
  const last = evaluationUsers.length - 1;
  if (Number.isInteger(user) && user >= 0 && user <= last) return evaluationUsers[user];
  const near = Math.min(last, Math.max(0, Math.round(user) || 0));
  throw new InputError(
    where,
    `expected a user from 0 to ${last}, got ${user}`,
    `${name} has ${last + 1} evaluated users; the nearest number is ${near}`,
  );
}
