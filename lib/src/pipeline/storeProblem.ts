/** What is wrong with a folder of ours, such as the store, where the system refuses to write. */
import { InputError } from '../errors';
import { systemCode, writeProblem } from '../writeProblem';

/** True where no stage of a run could be stored either: the disk is full, the folder cannot be written. */
export function concernsAll(error: unknown): boolean {
  return error instanceof InputError && systemCode(error) !== undefined;
}

/**
 * An InputError for what the system said; anything that is no matter of the folder comes back as it was.
 * `what`: what was to be written; `variable`: the environment variable that names another folder.
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
