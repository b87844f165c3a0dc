/** What is wrong with one of our folders, such as the store, if the system refuses to write. */
import { InputError } from '../errors';
import { systemCode, writeProblem } from '../writeProblem';

/**
 * True if no other stage of the run could be stored either: the disk is full, or the folder cannot be
 * written.
 */
export function concernsAll(error: unknown): boolean {
  return error instanceof InputError && systemCode(error) !== undefined;
}

/**
 * An InputError for a system error about the folder; any other error is returned unchanged. `what`: what was
 * to be written; `variable`: the environment variable that names another folder.
 */
export function storeProblem(
  folder: string,
  what: string,
  cause: unknown,
  variable = 'ELEPHANT_STORE',
): unknown {
  const full =
    variable === 'ELEPHANT_STORE' ? 'Free some space and run again; finished stages are kept' : undefined;
  return writeProblem(folder, what, cause, { full, another: `set another folder with ${variable}` });
}
