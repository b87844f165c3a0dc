/**
 * What is wrong with a store's folder, in words with what to do. Called by store.ts and lock.ts where the
 * system refuses.
 */
import { InputError } from '../errors';

/** True where no stage of a run could be stored either: the disk is full, the folder cannot be written. */
export function concernsAll(error: unknown): boolean {
  return (
    error instanceof InputError &&
    typeof (error.cause as NodeJS.ErrnoException | undefined)?.code === 'string'
  );
}

/**
 * An InputError for what the system said; anything that is no matter of the folder comes back as it was.
 * `what`: what was to be written.
 */
export function storeProblem(folder: string, what: string, cause: unknown): unknown {
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new InputError(
        folder,
        `no space left on the disk for ${what}`,
        'Free some space and run again; finished stages are kept',
        { cause },
      );
    case 'EACCES':
    case 'EROFS':
    case 'EPERM':
      return new InputError(
        folder,
        `expected a folder that can be written (${what}), got a refusal`,
        'Make it writable or set another with ELEPHANT_STORE',
        { cause },
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new InputError(
        folder,
        'expected a folder, got a file on the way to it',
        'Move the file or set another folder with ELEPHANT_STORE',
        { cause },
      );
    default:
      return cause;
  }
}
